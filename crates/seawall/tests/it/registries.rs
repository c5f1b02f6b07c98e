//! Registries that refuse, cut and lie, and names that do not resolve.

use axum::body::Body;
use axum::response::Response;
use seawall_image::digest_of;

use crate::home::Home;
use crate::server::Item::File;
use crate::server::{Server, cut, image, small, status};

/// The error of a scan, with a report asked for that must not appear.
fn scan(home: &Home, reference: &str) -> String {
    home.refused(&["scan", "image", reference, "--format", "json", "-o", "report.json"])
}

#[test]
fn names_that_are_none_or_do_not_resolve() {
    let home = Home::new();
    insta::assert_snapshot!(scan(&home, "Shop:1.0"), @r"
    error: `Shop:1.0` is not an image reference: `Shop` has capital letters: repositories are lower case
    exit code 2
    ");
    insta::assert_snapshot!(scan(&home, "shop@sha256:abc"), @r"
    error: `shop@sha256:abc` is not an image reference: `sha256:abc` is not a digest: expected `sha256:` and 64 lower-case hex digits
    exit code 2
    ");
    let empty = Server::start(|_| status(404));
    insta::assert_snapshot!(empty.anonymous(&scan(&home, &empty.image())), @r"
    error: REGISTRY/shop:1.0 does not exist in REGISTRY: check the repository and the tag (a private repository may need `docker login REGISTRY`)
    exit code 2
    ");
}

/// Each is tried five times, with pauses: side by side.
#[test]
fn troubles_that_may_pass() {
    std::thread::scope(|scope| {
        scope.spawn(a_host_that_does_not_resolve);
        scope.spawn(a_port_where_nobody_listens);
        scope.spawn(a_registry_that_stops_in_the_middle);
    });
}

fn a_host_that_does_not_resolve() {
    let home = Home::new();
    let unknown = scan(&home, "registry.invalid/shop:1.0");
    assert!(
        unknown.starts_with("error: cannot reach registry.invalid: ") && unknown.ends_with("exit code 3"),
        "{unknown}"
    );
}

fn a_port_where_nobody_listens() {
    let home = Home::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    insta::assert_snapshot!(scan(&home, &format!("{free}/shop:1.0")).replace(&free, "REGISTRY"), @r"
    error: cannot reach REGISTRY: client error (Connect): tcp connect error: Connection refused (os error 111) (nothing listens there; check the host and the port, and that the registry runs)
    exit code 3
    ");
}

#[test]
fn refusals_of_a_registry() {
    let home = Home::new();
    let said = [401, 429, 500].map(|code| {
        let server = Server::start(move |_| status(code));
        let told = server.anonymous(&scan(&home, &server.image()));
        format!("{told} after {} requests", server.requests())
    });
    insta::assert_snapshot!(said.join("\n"), @r"
    error: REGISTRY refuses access to shop (status 401: UNKNOWN, as told): log in with `docker login REGISTRY`, or check that the account may pull it
    exit code 2 after 1 requests
    error: REGISTRY limits the rate of requests (status 429): wait 0 s and try again, or log in with `docker login REGISTRY` for a higher limit
    exit code 3 after 5 requests
    error: REGISTRY answered GET /v2/shop/manifests/1.0 with status 500: UNKNOWN, as told: the registry has a problem; its log says more
    exit code 3 after 5 requests
    ");
}

#[test]
fn every_command_that_asks_a_registry_ends_alike() {
    let home = Home::new();
    home.write("policy.yaml", crate::policies::GOOD);
    let made = home.run_with(&["key", "generate", "--out", "team"], &[("SEAWALL_PASSWORD", "x")]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let server = Server::start(|_| status(500));
    let reference = server.image();
    let commands: [&[&str]; 3] = [
        &["sign", &reference, "--key", "team.key"],
        &["attest", &reference, "--type", "vuln", "--key", "team.key"],
        &["verify", &reference, "--key", "team.pub"],
    ];
    for command in commands {
        let told = home.refused_with(command, &[("SEAWALL_PASSWORD", "x")]);
        assert!(
            told.starts_with("error: ") && told.contains("status 500") && told.ends_with("exit code 3"),
            "{command:?}: {told}"
        );
    }
    // What cannot be looked at is not let through, and the verdict says so.
    let commands: [&[&str]; 2] = [
        &["gate", &reference, "--policy", "policy.yaml"],
        &["promote", &reference, "--repo", "config", "--commit-key", "commit-key", "--policy", "policy.yaml"],
    ];
    for command in commands {
        let ran = home.refused_without_evidence(command);
        assert_eq!(ran.code, Some(3), "{command:?}: {}", ran.stderr);
        assert!(
            ran.stdout.starts_with("DENIED") && ran.stderr.contains("could not be judged"),
            "{command:?}: {}",
            ran.stderr
        );
        assert!(!home.path("commit-key").exists());
    }
}

fn a_registry_that_stops_in_the_middle() {
    let home = Home::new();
    let noise: Vec<u8> =
        (0..20_000_u32).flat_map(|n| digest_of(&n.to_le_bytes()).hex().as_bytes()[..16].to_vec()).collect();
    let shop = image(&[File("noise", &noise)]);
    let layer = shop.layers()[0].packed().clone();
    let end = digest_of(&layer).to_string();
    let server = Server::of(&shop, move |path| path.ends_with(&end).then(|| cut(&layer)));
    let told = server.anonymous(&scan(&home, &server.image()));
    assert!(
        told.contains(" stopped after ") && told.contains("the connection or the copy is cut; try again"),
        "{told}"
    );
    assert!(told.ends_with("exit code 3"), "{told}");
}

#[test]
fn a_digest_that_does_not_match() {
    let home = Home::new();
    let (shop, other) = (small(), image(&[File("other", b"image")]));
    let pinned = |server: &Server| format!("{}/shop@{}", server.host, shop.digest);

    let manifest = other.manifest.clone();
    let server = Server::of(&shop, move |path| {
        path.contains("/manifests/").then(|| Response::new(Body::from(manifest.clone())))
    });
    let told = scan(&home, &pinned(&server));
    assert!(
        told.contains("is not what its digest says") && told.contains("nothing of it was used"),
        "{told}"
    );
    assert!(told.ends_with("exit code 3"), "{told}");

    // As long as the right one, and not it.
    let mut layer = shop.layers()[0].packed().to_vec();
    let end = digest_of(&layer).to_string();
    let last = layer.len() - 1;
    layer[last] ^= 1;
    let server =
        Server::of(&shop, move |path| path.ends_with(&end).then(|| Response::new(Body::from(layer.clone()))));
    let told = scan(&home, &pinned(&server));
    assert!(told.contains("layer 1") && told.ends_with("exit code 3"), "{told}");
}
