//! A ledger behind a Seawall server.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use seawall_findings::Digest;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::error::{LedgerError, Result};
use crate::{
    Counts, DigestSummary, Entry, Head, HeldPackage, Holder, Ledger, MAX_BODY, NewEntry, Page, Verification,
};

/// Longer answers are not read.
const MAX_ANSWER: u64 = 3 * MAX_BODY as u64;
/// Verifying a large ledger takes its time.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A ledger that a server keeps, over its HTTP API. `append` is sent once: after a lost answer the caller cannot know
/// whether the entry was kept, and must look before it sends it again.
pub struct Remote {
    client: Client,
    base: Url,
    token: Option<String>,
}

/// A page of the API.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Resolved {
    digest: Digest,
}

/// Whether what is sent stays on this machine.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Remote {
    /// The server at `url` (`https://seawall.example.com`, without `/api/v1`); `token` is sent as bearer token.
    /// A TLS crypto provider must be installed by the program before (`rustls`).
    pub fn new(url: &str, token: Option<&str>) -> Result<Self> {
        let address = |what: String| LedgerError::Address { url: url.to_owned(), what };
        let mut base: Url = url.parse().map_err(|error: url::ParseError| address(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(address("expected http:// or https:// and a host".to_owned()));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(LedgerError::Address {
                url: format!("{}://…", base.scheme()),
                what: "give the token by --token, not in the address".to_owned(),
            });
        }
        if token.is_some() && base.scheme() == "http" && !is_loopback(&base) {
            tracing::warn!(
                "the ledger's token goes to {} unencrypted: use https",
                base.host_str().unwrap_or_default()
            );
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("seawall/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|source| LedgerError::Transport { url: url.to_owned(), source })?;
        Ok(Self { client, base, token: token.map(str::to_owned) })
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder> {
        let url = self
            .base
            .join(&format!("api/v1/{path}"))
            .map_err(|error| LedgerError::Address { url: self.base.to_string(), what: error.to_string() })?;
        let request = self.client.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let transport = |source: reqwest::Error| LedgerError::Transport {
            url: self.base.to_string(),
            source: source.without_url(),
        };
        let mut response = request.send().await.map_err(transport)?;
        let status = response.status();
        let server = |detail: String| LedgerError::Server {
            url: self.base.to_string(),
            status: status.as_u16(),
            detail,
        };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            body.extend_from_slice(&chunk);
            if body.len() as u64 > MAX_ANSWER {
                return Err(server(format!("an answer longer than {MAX_ANSWER} bytes")));
            }
        }
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|error| server(format!("not what a ledger server answers: {error}")));
        }
        let problem: Option<Value> = serde_json::from_slice(&body).ok();
        let detail = problem
            .as_ref()
            .and_then(|problem| problem.get("detail")?.as_str())
            .map_or_else(|| String::from_utf8_lossy(&body).chars().take(200).collect(), str::to_owned);
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                server(format!("{detail}; give a token of that server by --token or SEAWALL_TOKEN"))
            }
            _ => server(detail),
        })
    }
}

#[async_trait]
impl Ledger for Remote {
    async fn append_from(&self, new: NewEntry, origin: Option<String>) -> Result<Entry> {
        let mut body = serde_json::to_value(new).map_err(|error| LedgerError::Refused(error.to_string()))?;
        if let (Some(origin), Some(map)) = (origin, body.as_object_mut()) {
            map.insert("origin".to_owned(), json!(origin));
        }
        self.answer(self.request(Method::POST, "evidence")?.json(&body)).await
    }

    async fn trail_page(&self, digest: &Digest, after: u64, limit: u32) -> Result<Vec<Entry>> {
        let request = self.request(Method::GET, &format!("trail/{digest}"))?;
        let page: Items<Entry> =
            self.answer(request.query(&[("after", after), ("limit", u64::from(limit))])).await?;
        Ok(page.items)
    }

    async fn entries(&self, after: u64, limit: u32) -> Result<Vec<Entry>> {
        let request = self.request(Method::GET, "entries")?;
        let page: Items<Entry> =
            self.answer(request.query(&[("after", after), ("limit", u64::from(limit))])).await?;
        Ok(page.items)
    }

    async fn digests(&self, page: &Page) -> Result<Vec<DigestSummary>> {
        let mut request = self.request(Method::GET, "digests")?.query(&[("limit", page.limit)]);
        if let Some(before) = page.before {
            request = request.query(&[("before", before)]);
        }
        if let Some(text) = &page.text {
            request = request.query(&[("q", text)]);
        }
        let page: Items<DigestSummary> = self.answer(request).await?;
        Ok(page.items)
    }

    async fn resolve(&self, text: &str) -> Result<Digest> {
        let request = self.request(Method::GET, "resolve")?.query(&[("q", text)]);
        match self.answer::<Resolved>(request).await {
            Ok(resolved) => Ok(resolved.digest),
            Err(LedgerError::Server { status: 404, .. }) => Err(LedgerError::NotFound(text.to_owned())),
            Err(error) => Err(error),
        }
    }

    async fn packages(&self, after: u64, limit: u32) -> Result<Vec<HeldPackage>> {
        let request = self.request(Method::GET, "packages")?;
        let page: Items<HeldPackage> =
            self.answer(request.query(&[("after", after), ("limit", u64::from(limit))])).await?;
        Ok(page.items)
    }

    async fn holders(&self, packages: &[u64]) -> Result<Vec<Holder>> {
        let mut holders = Vec::new();
        // Addresses are short everywhere.
        for part in packages.chunks(200) {
            let list: Vec<String> = part.iter().map(ToString::to_string).collect();
            let request = self.request(Method::GET, "holders")?.query(&[("packages", list.join(","))]);
            holders.append(&mut self.answer::<Items<Holder>>(request).await?.items);
        }
        Ok(holders)
    }

    async fn counts(&self) -> Result<Counts> {
        self.answer(self.request(Method::GET, "counts")?).await
    }

    async fn head(&self) -> Result<Head> {
        self.answer(self.request(Method::GET, "head")?).await
    }

    /// The server walks its own chain: this proves that the store was not damaged, not that the server is honest.
    async fn verify_against(&self, known: Option<&str>) -> Result<Verification> {
        let mut request = self.request(Method::GET, "verify")?.query(&[("fresh", "true")]);
        if let Some(known) = known {
            request = request.query(&[("head", known)]);
        }
        self.answer(request).await
    }
}
