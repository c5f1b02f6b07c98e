//! What only a name or a place gives away. Every other kind comes before these.

use seawall_findings::Severity::{High, Medium};

use crate::check::basic_auth;
use crate::find;
use crate::kind::{Kind, own, token};

pub(super) const KINDS: &[Kind] = &[
    token(
        "basic-auth-header",
        "Credentials of HTTP basic authentication",
        High,
        &["basic "],
        r"(?i)basic (?P<secret>[A-Za-z0-9+/]{12,400}={0,2})",
    )
    .any_case()
    .open_right()
    .check(basic_auth)
    .generic(),
    token(
        "password-hash-crypt",
        "Password hash of a system account",
        Medium,
        &[":$6$", ":$y$", ":$5$", ":$2y$", ":$2b$", ":$apr1$", ":$1$"],
        r":(?P<secret>\$(?:6|5|y|1|apr1|2[aby])\$[A-Za-z0-9./$,=]{20,140})",
    )
    .open_left()
    .open_right()
    .generic(),
    own("url-credentials", "Password in an address", High, &["://"], find::credentials).generic(),
    own(
        "generic-password",
        "Password",
        Medium,
        &["password", "passwd", "passphrase", "_pwd", "_pass", "pgpassword"],
        find::password,
    )
    .generic(),
    own(
        "generic-secret",
        "Secret, token or key",
        Medium,
        &[
            "secret",
            "token",
            "api_key",
            "apikey",
            "api-key",
            "access_key",
            "accesskey",
            "access-key",
            "private_key",
            "privatekey",
            "auth_key",
            "authkey",
            "encryption_key",
            "signing_key",
            "credential",
            "client_key",
            "master_key",
            "account_key",
            "storage_key",
        ],
        find::token,
    )
    .generic(),
];
