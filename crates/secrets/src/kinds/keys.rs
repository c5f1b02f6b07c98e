//! Private keys and what stands for one.

use seawall_findings::Severity::{Critical, High, Medium};

use crate::check::{jwt, nested};
use crate::find;
use crate::kind::{Kind, own, token};

pub(super) const KINDS: &[Kind] = &[
    own("private-key", "Asymmetric private key", High, &["-----BEGIN "], find::pem).entropy(200),
    token(
        "age-secret-key",
        "age secret key",
        High,
        &["AGE-SECRET-KEY-1"],
        r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    ),
    token(
        "putty-private-key",
        "PuTTY private key",
        High,
        &["PuTTY-User-Key-File-"],
        r"PuTTY-User-Key-File-[23]: [a-z0-9-]+\r?\nEncryption: none\r?\n",
    )
    .open_right()
    .entropy(0),
    token(
        "wireguard-private-key",
        "WireGuard private key",
        High,
        &["PrivateKey ="],
        r"PrivateKey = (?P<secret>[A-Za-z0-9+/]{43}=)",
    )
    .open_right(),
    token(
        "kubeconfig-client-key",
        "Private key of a kubeconfig",
        Critical,
        &["client-key-data"],
        r#"client-key-data["']?:\s*["']?(?P<secret>[A-Za-z0-9+/=]{64,})"#,
    )
    .longest(8400)
    .check(nested),
    token(
        "kubeconfig-token",
        "Bearer token of a kubeconfig",
        Critical,
        &["token: k8s-aws-v1."],
        r"token: (?P<secret>k8s-aws-v1\.[A-Za-z0-9_-]{50,})",
    )
    .longest(2100),
    token(
        "jwk-private-key",
        "JSON Web Key with its private part",
        High,
        &["\"kty\""],
        r#""kty"\s*:\s*"(?:RSA|EC|OKP)"[^{}]*?"d"\s*:\s*"(?P<secret>[A-Za-z0-9_-]{20,})""#,
    )
    .open_left()
    .open_right()
    .longest(6000),
    own("jwt-token", "JSON Web Token", Medium, &[".eyJ"], find::jwt).check(jwt),
];
