//! Who may read and who may write.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State as Extracted};
use axum::http::{Extensions, HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::{Problem, State};

/// Who may read without a token. Writing always takes one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenReads {
    /// Nobody.
    Never,
    /// Programs on the same machine.
    #[default]
    Loopback,
    /// Everybody who reaches the address.
    Always,
}

/// SHA-256 of a token. Tokens are 256 random bits ([`generate_token`]), so there is nothing that a slow password hash
/// would protect from guessing.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Of a token's text.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Of the 64 hex digits that [`TokenHash::to_hex`] wrote; none where they are not that.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// As 64 hex digits, to be kept in a file.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A new token: `sw_` and 64 hex digits. Show it once, keep its [`TokenHash`].
///
/// # Errors
/// Where the system gives no random bytes.
pub fn generate_token() -> Result<String, std::io::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(format!("sw_{}", hex::encode(bytes)))
}

/// The rules of one server.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Any of these tokens may read and write; without one nobody may write.
    pub tokens: Vec<TokenHash>,
    /// Who may read without.
    pub open_reads: OpenReads,
}

impl Access {
    fn knows(&self, headers: &HeaderMap) -> Option<bool> {
        let token = headers.get(header::AUTHORIZATION)?.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(token) = token else { return Some(false) };
        let given = TokenHash::of(token);
        // Every hash is compared to its end, so that time tells nothing about them.
        let found = self.tokens.iter().fold(Choice::from(0), |found, known| found | known.0.ct_eq(&given.0));
        Some(found.into())
    }

    fn open_to(&self, headers: &HeaderMap, extensions: &Extensions) -> bool {
        match self.open_reads {
            OpenReads::Never => false,
            OpenReads::Always => true,
            OpenReads::Loopback => {
                let peer = extensions.get::<ConnectInfo<SocketAddr>>();
                peer.is_some_and(|peer| peer.0.ip().is_loopback())
                    && !was_forwarded(headers)
                    && names_loopback(headers)
            }
        }
    }
}

/// A proxy on this machine speaks for somebody elsewhere.
fn was_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name))
}

/// A page of another origin whose name was pointed at 127.0.0.1 (DNS rebinding) comes from loopback as well, but
/// under its own name.
fn names_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Middleware of what only reads.
pub(crate) async fn reading(
    Extracted(state): Extracted<State>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    match state.access().knows(request.headers()) {
        Some(true) => {}
        Some(false) => return Err(Problem::unauthorised("this token is not known here")),
        None if state.access().open_to(request.headers(), request.extensions()) => {}
        None => {
            return Err(Problem::unauthorised("reading from here takes a token (Authorization: Bearer …)"));
        }
    }
    Ok(next.run(request).await)
}

/// Middleware of what writes.
pub(crate) async fn writing(
    Extracted(state): Extracted<State>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    match state.access().knows(request.headers()) {
        Some(true) => Ok(next.run(request).await),
        Some(false) => Err(Problem::unauthorised("this token is not known here")),
        None => Err(Problem::unauthorised("writing takes a token (Authorization: Bearer …)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_count_as_loopback() {
        let named = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            names_loopback(&headers)
        };
        for host in ["localhost", "localhost:8080", "127.0.0.1:80", "127.0.0.1", "[::1]:8080", "[::1]"] {
            assert!(named(host), "{host}");
        }
        for host in ["evil.example.com", "127.0.0.1.example.com:80", "localhost.example.com", "10.0.0.1"] {
            assert!(!named(host), "{host}");
        }
    }

    #[test]
    fn tokens_are_long_and_never_shown() {
        let (one, two) = (generate_token().unwrap(), generate_token().unwrap());
        assert!(one != two && one.len() == 67);
        assert_eq!(format!("{:?}", TokenHash::of(&one)), "TokenHash(…)");
    }
}
