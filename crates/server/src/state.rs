//! What every handler sees.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seawall_ledger::{Ledger, LedgerError, Verification};
use tokio::sync::{Mutex, Semaphore, watch};

use crate::{Access, Gauges};

/// A walk over the whole chain is not made again within this time, however many pages ask.
const VERIFIED_FOR: Duration = Duration::from_secs(30);
/// Most live streams at once.
const MAX_STREAMS: usize = 64;

/// What every handler sees; clones share it.
#[derive(Clone)]
pub struct State(Arc<Shared>);

struct Shared {
    ledger: Arc<dyn Ledger>,
    access: Access,
    gauges: Gauges,
    verified: Mutex<Option<Verified>>,
    streams: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

/// The last walk, and when it was made.
#[derive(Clone)]
pub(crate) struct Verified {
    pub(crate) found: Verification,
    pub(crate) time: jiff::Timestamp,
    at: Instant,
}

impl State {
    /// A server of `ledger`, by the rules of `access`.
    pub fn new(ledger: Arc<dyn Ledger>, access: Access) -> Self {
        Self(Arc::new(Shared {
            ledger,
            access,
            gauges: Gauges::default(),
            verified: Mutex::new(None),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            closing: watch::Sender::new(false),
        }))
    }

    /// Where to register what `/metrics` shows besides the ledger.
    pub fn gauges(&self) -> &Gauges {
        &self.0.gauges
    }

    /// The ledger that is served.
    pub fn ledger(&self) -> &dyn Ledger {
        &*self.0.ledger
    }

    pub(crate) fn access(&self) -> &Access {
        &self.0.access
    }

    pub(crate) fn streams(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.streams)
    }

    /// Turns true when the server stops: streams end then.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    pub(crate) fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// The last walk, or a new one where that is old or `fresh` is asked for. One walk at a time.
    pub(crate) async fn verify(&self, fresh: bool) -> Result<Verified, LedgerError> {
        let asked = Instant::now();
        let mut verified = self.0.verified.lock().await;
        if let Some(last) = &*verified {
            let good = if fresh { last.at >= asked } else { last.at.elapsed() < VERIFIED_FOR };
            if good {
                return Ok(last.clone());
            }
        }
        let at = Instant::now();
        let found = self.ledger().verify().await?;
        if !found.is_whole() {
            tracing::error!(problems = ?found.problems, "the ledger's chain is broken");
        }
        let walk = Verified { found, time: jiff::Timestamp::now(), at };
        *verified = Some(walk.clone());
        Ok(walk)
    }

    /// The last walk, where there was one.
    pub(crate) async fn last_verified(&self) -> Option<Verified> {
        self.0.verified.lock().await.clone()
    }
}
