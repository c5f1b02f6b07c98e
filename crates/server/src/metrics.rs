//! `/metrics` in the Prometheus text format, and the two health questions.

use std::fmt::Write as _;

use axum::extract::State as Extracted;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use seawall_ledger::Kind;

use crate::{Problem, State};

pub(crate) async fn metrics(Extracted(state): Extracted<State>) -> Result<impl IntoResponse, Problem> {
    let counts = state.ledger().counts().await?;
    let mut text = String::from(
        "# HELP seawall_ledger_entries_total Entries of the ledger by kind.\n\
         # TYPE seawall_ledger_entries_total counter\n",
    );
    for kind in Kind::ALL {
        let count = counts.kinds.get(&kind).copied().unwrap_or(0);
        let _ = writeln!(text, "seawall_ledger_entries_total{{kind=\"{}\"}} {count}", kind.as_str());
    }
    let _ = writeln!(
        text,
        "# HELP seawall_ledger_digests Digests that the ledger knows.\n\
         # TYPE seawall_ledger_digests gauge\n\
         seawall_ledger_digests {}",
        counts.digests
    );
    // A scrape does not walk the chain: it shows what the last walk found.
    if let Some(last) = state.last_verified().await {
        let _ = writeln!(
            text,
            "# HELP seawall_ledger_whole Whether the last walk over the chain found nothing wrong.\n\
             # TYPE seawall_ledger_whole gauge\n\
             seawall_ledger_whole {}\n\
             # HELP seawall_ledger_verified_timestamp_seconds When the chain was last walked.\n\
             # TYPE seawall_ledger_verified_timestamp_seconds gauge\n\
             seawall_ledger_verified_timestamp_seconds {}",
            u8::from(last.found.is_whole()),
            last.time.as_second()
        );
    }
    state.gauges().write(&mut text);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

/// The process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The ledger answers.
pub(crate) async fn readyz(Extracted(state): Extracted<State>) -> impl IntoResponse {
    match state.ledger().head().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the ledger does not answer\n")
        }
    }
}
