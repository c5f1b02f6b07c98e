//! Tokens that decode to something.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::{Outcome, Seen};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Base64 in either alphabet, with or without padding.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// A JSON Web Token (RFC 7519): a header with `alg`, and a JSON object of claims.
pub(crate) fn jwt(seen: &Seen<'_>) -> Outcome {
    let mut parts = seen.secret().split(|byte| *byte == b'.');
    let mut object = || {
        let value: Value = serde_json::from_slice(&decode(parts.next()?)?).ok()?;
        value.is_object().then_some(value)
    };
    let (Some(header), Some(claims)) = (object(), object()) else { return Outcome::No };
    if header.get("alg").is_none_or(|alg| !alg.is_string()) {
        return Outcome::No;
    }
    let issuer: String =
        claims.get("iss").and_then(Value::as_str).unwrap_or_default().chars().take(60).collect();
    Outcome::Verified(if issuer.is_empty() { "it decodes".into() } else { format!("issued by {issuer}") })
}

/// PyPI's tokens are macaroons whose location is `pypi.org` or `test.pypi.org`.
pub(crate) fn macaroon(seen: &Seen<'_>) -> Outcome {
    let Some(body) = seen.secret().strip_prefix(b"pypi-") else { return Outcome::No };
    match decode(body) {
        // Version 2, then the location: field 1, its length, its text.
        Some(bytes) => match bytes.get(..3) {
            Some([2, 1, length]) => match bytes.get(3..3 + usize::from(*length)) {
                Some(b"pypi.org" | b"test.pypi.org") => Outcome::Verified("its macaroon decodes".into()),
                _ => Outcome::No,
            },
            _ => Outcome::No,
        },
        // Cut off or with more behind it: the prefix alone is telling.
        None => Outcome::Plausible,
    }
}

/// `user:password` in base64, as `docker login` writes it and HTTP's Basic scheme sends it.
pub(crate) fn basic_auth(seen: &Seen<'_>) -> Outcome {
    let Some(pair) = decode(seen.secret()) else { return Outcome::No };
    let Ok(pair) = String::from_utf8(pair) else { return Outcome::No };
    match pair.split_once(':') {
        Some((user, password))
            if !user.is_empty()
                && password.len() >= 3
                && pair.bytes().all(|byte| (0x20..0x7f).contains(&byte))
                && !crate::placeholder::certainly(password.as_bytes())
                && !crate::placeholder::usual(password.as_bytes()) =>
        {
            Outcome::Verified("it decodes to a user and a password".into())
        }
        _ => Outcome::No,
    }
}

/// A Docker configuration in base64. One that decodes and holds no credential is none.
pub(crate) fn docker_config(seen: &Seen<'_>) -> Outcome {
    let decoded = decode(seen.secret()).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    match decoded {
        Some(value) if holds_auth(&value, 0) => {
            Outcome::Verified("it decodes to registry credentials".into())
        }
        Some(_) => Outcome::No,
        None => Outcome::Doubtful("it does not decode: an example, or damaged"),
    }
}

fn holds_auth(value: &Value, depth: usize) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| match key.as_str() {
            "auth" | "password" | "identitytoken" | "registrytoken" => {
                value.as_str().is_some_and(|text| !text.is_empty())
            }
            _ => depth < 4 && holds_auth(value, depth + 1),
        }),
        _ => false,
    }
}

/// A private key in base64, as a kubeconfig holds it.
pub(crate) fn nested(seen: &Seen<'_>) -> Outcome {
    match decode(seen.secret()) {
        Some(bytes) if memchr::memmem::find(&bytes, b"PRIVATE KEY").is_some() => {
            Outcome::Verified("it decodes to a private key".into())
        }
        _ => Outcome::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::on;

    fn encode(text: &str) -> String {
        STANDARD.encode(text)
    }

    #[test]
    fn decodes() {
        let token = |header: &str| format!("{}.{}.c2lnbmF0dXJl", encode(header), encode(r#"{"iss":"ci"}"#));
        assert_eq!(on(jwt, &token(r#"{"alg":"RS256"}"#)), Outcome::Verified("issued by ci".into()));
        assert_eq!(on(jwt, &token(r#"{"typ":"JWT"}"#)), Outcome::No);
        assert_eq!(on(jwt, "eyJhbc.eyJhbc.x"), Outcome::No);
        assert!(matches!(on(basic_auth, &encode("robot:s3cr3t")), Outcome::Verified(_)));
        assert_eq!(on(basic_auth, &encode("no colon")), Outcome::No);
        assert!(matches!(
            on(docker_config, &encode(r#"{"auths":{"registry.example.com":{"auth":"cm9ib3Q6cw=="}}}"#)),
            Outcome::Verified(_)
        ));
        assert_eq!(on(docker_config, &encode(r#"{"credsStore":"desktop"}"#)), Outcome::No);
        let body = encode("\u{2}\u{1}\u{8}pypi.org and the rest of a macaroon");
        assert!(matches!(on(macaroon, &format!("pypi-{body}")), Outcome::Verified(_)));
    }
}
