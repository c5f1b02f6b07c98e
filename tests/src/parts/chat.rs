//! Receivers that stand where Slack, Teams and Rocket.Chat stand, and keep what arrives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;

type Received = Arc<Mutex<BTreeMap<String, Vec<serde_json::Value>>>>;

/// One server on loopback; every path is a receiver of its own.
pub struct Chat {
    address: String,
    received: Received,
    _runtime: tokio::runtime::Runtime,
}

impl Chat {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let received = Received::default();
        let router = Router::new().route("/{name}", post(receive)).with_state(received.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?.to_string();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, received, _runtime: runtime })
    }

    /// The address of the receiver `name`.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// What has arrived at `name`, in order.
    pub fn received(&self, name: &str) -> Vec<serde_json::Value> {
        let received = self.received.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        received.get(name).cloned().unwrap_or_default()
    }

    /// Waits until something has arrived at each of `names`.
    pub fn wait(&self, names: &[&str], limit: Duration) -> Result<()> {
        let start = Instant::now();
        while names.iter().any(|name| self.received(name).is_empty()) {
            anyhow::ensure!(start.elapsed() < limit, "nothing arrived at one of {names:?} within {limit:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

async fn receive(Path(name): Path<String>, State(received): State<Received>, body: String) -> StatusCode {
    let Ok(value) = serde_json::from_str(&body) else { return StatusCode::BAD_REQUEST };
    let mut received = received.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    received.entry(name).or_default().push(value);
    StatusCode::OK
}
