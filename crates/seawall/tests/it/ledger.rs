//! Evidence as a file that travels.

use crate::home::Home;
use crate::server::small;

#[test]
fn a_pipelines_ledger_becomes_part_of_the_teams() {
    let home = Home::new();
    small().write_layout(&home.path("layout")).unwrap();
    let scan = ["scan", "image", "--input", "layout", "--ledger", "artifact.db", "--format", "json"];
    let scanned = home.run(&scan);
    assert_eq!(scanned.code, Some(0), "{}", scanned.stderr);
    let report: serde_json::Value = serde_json::from_str(&scanned.stdout).unwrap();
    let digest = report["subject"]["digest"].as_str().unwrap();

    let unknown = home.run(&["trail", digest]);
    assert!(!unknown.stdout.contains("scanned"), "{}", unknown.stdout);
    for expected in ["1 entries added, 0 were here already", "0 entries added, 1 were here already"] {
        let imported = home.run(&["trail", "--import", "artifact.db"]);
        assert_eq!(imported.stdout.trim(), expected, "{}", imported.stderr);
    }
    let trail = home.run(&["trail", &digest[..17]]);
    assert!(trail.stdout.contains("scanned"), "{}{}", trail.stdout, trail.stderr);
    assert_eq!(home.run(&["trail", "--verify"]).code, Some(0));
    assert_eq!(home.run(&["trail", "--import", "nothing.db"]).code, Some(2));
}
