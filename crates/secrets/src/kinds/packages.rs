//! Package registries and image registries.

use seawall_findings::Severity::{Critical, High, Medium};

use crate::check::{base62_crc, basic_auth, docker_config, macaroon};
use crate::kind::{Kind, token};

pub(super) const KINDS: &[Kind] = &[
    token("npm-access-token", "npm token", Critical, &["npm_"], r"npm_[a-zA-Z0-9]{36}").check(base62_crc),
    token(
        "npmrc-auth-token",
        "Registry token of an .npmrc",
        High,
        &["_authToken"],
        r#"_authToken\s{0,2}=\s{0,2}["']?(?P<secret>[A-Za-z0-9+/=_.-]{16,400})"#,
    )
    .open_left()
    .open_right()
    .longest(450)
    .entropy(300),
    token(
        "npmrc-auth",
        "Registry password of an .npmrc",
        High,
        &["_auth", "_password"],
        r#"_(?:auth|password)\s{0,2}=\s{0,2}["']?(?P<secret>[A-Za-z0-9+/=]{8,400})"#,
    )
    .open_left()
    .open_right()
    .longest(450)
    .entropy(250)
    .files(&["npmrc"]),
    token(
        "pypi-upload-token",
        "PyPI upload token",
        High,
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        r"pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,}",
    )
    .open_right()
    .longest(1100)
    .check(macaroon),
    token("rubygems-api-token", "RubyGems API key", Medium, &["rubygems_"], r"rubygems_[a-f0-9]{48}"),
    token("crates-io-token", "crates.io token", High, &["cio"], r"cio[a-zA-Z0-9]{32}").entropy(350),
    token("nuget-api-key", "NuGet API key", High, &["oy2"], r"oy2[a-z0-9]{43}").entropy(350),
    token("hex-api-key", "Hex.pm key", Medium, &["hex_api_key", "HEX_API_KEY"], r#"(?i)hex_api_key["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{32})"#)
        .any_case()
        .open_left(),
    token("clojars-api-token", "Clojars token", Medium, &["CLOJARS_"], r"CLOJARS_[a-zA-Z0-9]{60}"),
    token(
        "private-packagist-token",
        "Private Packagist token",
        High,
        &["packagist_"],
        r"packagist_[ou][ru]t_[a-fA-F0-9]{68}",
    ),
    token("docker-hub-token", "Docker Hub token", Critical, &["dckr_pat_", "dckr_oat_"], r"dckr_(?:pat_[A-Za-z0-9_-]{27}|oat_[A-Za-z0-9_-]{32})"),
    token(
        "docker-registry-auth",
        "Registry credentials of a Docker configuration",
        High,
        &["\"auth\""],
        r#""auth"\s{0,4}:\s{0,4}"(?P<secret>[A-Za-z0-9+/=_-]{8,})""#,
    )
    .longest(2100)
    .open_left()
    .open_right()
    .check(basic_auth),
    token(
        "dockerconfig-secret",
        "Docker configuration in a Kubernetes Secret",
        High,
        &[".dockerc"],
        r#"(?i)\.docker(?:configjson|cfg)["']?:\s{0,40}(?:\|[+-]?|>[+-]?)?\s{0,40}["']?(?P<secret>e[yw][A-Za-z0-9/+=]{4,})"#,
    )
    .any_case()
    .open_left()
    .open_right()
    .longest(16400)
    .check(docker_config),
    token("jfrog-api-key", "JFrog API key", High, &["AKCp"], r"AKCp[A-Za-z0-9]{69}"),
    token("jfrog-reference-token", "JFrog reference token", High, &["cmVmdGtu"], r"cmVmdGtu[A-Za-z0-9]{56}"),
    token("cloudsmith-token", "Cloudsmith API key", Medium, &["csa_"], r"csa_[a-f0-9]{36}"),
    token("quay-robot-token", "Quay robot token", High, &["quay"], r#"(?i)quay[\w .-]{0,25}(?:token|password|robot)["']?\s{0,4}[:=]\s{0,4}["'](?P<secret>[A-Z0-9]{64})["']"#)
        .any_case()
        .open_left(),
    token(
        "maven-settings-password",
        "Password in Maven's settings.xml",
        High,
        &["password>", "password >"],
        r"(?i)password\s{0,4}>\s{0,16}(?P<secret>[^<\s{][^<{]{1,200}?)\s{0,16}<\s{0,4}/\s{0,4}password\s{0,4}>",
    )
    .any_case()
    .open_left()
    .open_right()
    .entropy(0)
    .files(&["settings.xml"]),
    token(
        "maven-settings-passphrase",
        "Passphrase in Maven's settings.xml",
        High,
        &["passphrase>", "passphrase >"],
        r"(?i)passphrase\s{0,4}>\s{0,16}(?P<secret>[^<\s{][^<{]{1,200}?)\s{0,16}<\s{0,4}/\s{0,4}passphrase\s{0,4}>",
    )
    .any_case()
    .open_left()
    .open_right()
    .entropy(0)
    .files(&["settings.xml"]),
    token(
        "maven-settings-security-master",
        "Master password in Maven's settings-security.xml",
        High,
        &["master>", "master >"],
        r"(?i)master\s{0,4}>\s{0,16}(?P<secret>[^<\s][^<]{1,200}?)\s{0,16}<\s{0,4}/\s{0,4}master\s{0,4}>",
    )
    .any_case()
    .open_left()
    .open_right()
    .entropy(0)
    .files(&["settings-security.xml"]),
];
