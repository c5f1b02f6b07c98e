//! Any bytes, and much of them.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use seawall_secrets::{Options, Scanner};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
        let scanner = Scanner::new(Options::default()).unwrap();
        let _ = scanner.scan("a.yaml", &bytes);
    }

    #[test]
    fn keywords_and_punctuation(parts in proptest::collection::vec(prop_oneof![
        Just("password"), Just("token"), Just(": "), Just("= \""), Just("\""), Just("\n"), Just("kind: Secret"), Just("data:"),
        Just("  "), Just("-----BEGIN PRIVATE KEY-----"), Just("-----END PRIVATE KEY-----"), Just(".eyJ"), Just("://"), Just("@"),
        Just("T3BlbkFJ"), Just("sig="), Just("x7Kq2mZ9vB4tLw8RnC3y"), Just("ghp_"), Just("ü"), Just("|"), Just("- "), Just("{{"),
    ], 0..200)) {
        let scanner = Scanner::new(Options::default()).unwrap();
        let text = parts.concat();
        for finding in scanner.scan("a.yaml", text.as_bytes()) {
            let shown = format!("{finding:?}");
            prop_assert!(!shown.contains("x7Kq2mZ9vB4tLw8RnC3y"), "{}", shown);
        }
    }
}

#[test]
fn texts_made_of_keywords_end_in_time() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let started = Instant::now();
    for part in [
        "T3BlbkFJ",
        ".eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "sig=",
        "sv=2020-01-01&a=",
        "password=\"",
        "://a:",
        "aws_",
        "kind: Secret\ndata:\n",
        "AKIA",
        "SK",
        "\"kty\":\"RSA\"",
        "client-key-data: aaaa",
        ".dockercfg: ey",
        "azconfig.io",
    ] {
        let text = part.repeat((1 << 18) / part.len());
        let each = Instant::now();
        let _ = scanner.scan("a.yaml", text.as_bytes());
        println!("{part:?}: {:?}", each.elapsed());
        let _ = scanner.scan("a.yaml", text.replace('\n', " ").as_bytes());
    }
    assert!(started.elapsed() < Duration::from_secs(50), "{:?}", started.elapsed());
}
