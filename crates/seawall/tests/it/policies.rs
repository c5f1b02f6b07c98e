//! Policies with mistakes in them.

use crate::home::Home;
use crate::server::{Server, vulnerable};

pub(crate) const GOOD: &str = "\
apiVersion: seawall.dev/v1alpha1
kind: Policy
metadata: {name: quality}
spec:
  deny:
    - vulnerability: {severity: critical}
";

fn gate(home: &Home, policy: &str) -> String {
    home.write("policy.yaml", policy);
    home.refused(&["gate", "registry.example.com/shop:1.0", "--policy", "policy.yaml"])
}

#[test]
fn a_misspelt_key_is_named_with_the_nearest_known_one() {
    let home = Home::new();
    insta::assert_snapshot!(gate(&home, &GOOD.replace("severity:", "severty:")), @r"
    error: policy.yaml:6:23: unknown key `severty` in `vulnerability`: did you mean `severity`? Keys here are: severity, fixable, graceDays, exploited
    exit code 2
    ");
    insta::assert_snapshot!(gate(&home, &GOOD.replace("deny:", "denny:")), @r"
    error: policy.yaml:5:3: unknown key `denny` in `spec`: did you mean `deny`? Keys here are: match, require, deny, warn, exceptions
    exit code 2
    ");
}

#[test]
fn a_policy_that_is_none() {
    let home = Home::new();
    insta::assert_snapshot!(gate(&home, &GOOD.replace("critical", "dire")), @r"
    error: policy.yaml:6:33: `severity`: `dire` is no severity; they are: unknown, negligible, low, medium, high, critical
    exit code 2
    ");
    insta::assert_snapshot!(gate(&home, "deny: [\n"), @r"
    error: policy.yaml:2:1: not valid YAML: while parsing a node, did not find expected node content
    exit code 2
    ");
    insta::assert_snapshot!(gate(&home, ""), @r"
    error: policy.yaml: no policy in this file; it needs `apiVersion: seawall.dev/v1alpha1` and `kind: Policy`
    exit code 2
    ");
    insta::assert_snapshot!(home.refused(&["gate", "registry.example.com/shop:1.0", "--policy", "gone.yaml"]), @r"
    error: gone.yaml: No such file or directory (os error 2)
    exit code 2
    ");
    let keys = format!("{GOOD}  require:\n    - signature: {{keys: [team.pub]}}\n");
    insta::assert_snapshot!(gate(&home, &keys), @r"
    error: team.pub: No such file or directory (os error 2)
    hint: policy `quality` of policy.yaml names it
    exit code 2
    ");
}

#[test]
fn an_expired_exception_excepts_nothing() {
    let home = Home::new();
    let shop = vulnerable();
    let server = Server::of(&shop, |_| None);
    let pinned = format!("{}/shop@{}", server.host, shop.digest);
    let gate = |until: &str| {
        let deny = GOOD.replace("critical", "high");
        let ids = ["CVE-2020-8203", "CVE-2021-23337"];
        let exceptions = ids.map(|id| {
            format!("    - {{id: {id}, reason: the vendor is asked, owner: shop, until: {until}}}\n")
        });
        home.write("policy.yaml", &format!("{deny}  exceptions:\n{}", exceptions.concat()));
        let ran = home.run(&["gate", &pinned, "--policy", "policy.yaml"]);
        let lines = ran.stderr.lines().filter(|line| !line.starts_with("advisory database:"));
        let told = format!("{}{}", ran.stdout, lines.collect::<Vec<_>>().join("\n"));
        let told = server.anonymous(&told).replace(&shop.digest.to_string(), "sha256:…");
        (ran.code, told)
    };
    let (code, told) = gate("2999-12-31");
    assert_eq!(code, Some(0), "{told}");
    let (code, told) = gate("2020-01-31");
    assert_eq!(code, Some(1), "{told}");
    insta::assert_snapshot!(told, @r"
    DENIED

    deny: policy `quality`, deny[0].vulnerability
      REGISTRY/shop@sha256:…
        - CVE-2020-8203 (high) in lodash 4.17.15, fixed in 4.17.19; exception by shop expired on 2020-01-31
        - CVE-2021-23337 (high) in lodash 4.17.15, fixed in 4.17.21; exception by shop expired on 2020-01-31
        remedy: upgrade lodash to 4.17.19
        remedy: upgrade lodash to 4.17.21
    warning: policy.yaml:8: the exception for CVE-2020-8203 by shop expired on 2020-01-31 and no longer applies; remove it, or renew it with a new date
    warning: policy.yaml:9: the exception for CVE-2021-23337 by shop expired on 2020-01-31 and no longer applies; remove it, or renew it with a new date
    error: REGISTRY/shop@sha256:… is refused: deny by policy `quality`: REGISTRY/shop@sha256:…: CVE-2020-8203 (high) in lodash 4.17.15, fixed in 4.17.19; exception by shop expired on 2020-01-31 (and 1 more)
    ");
}
