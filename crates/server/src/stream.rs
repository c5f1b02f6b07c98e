//! New entries as they come (server-sent events).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Extracted};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use seawall_ledger::Entry;
use serde::Deserialize;

use crate::views::EntryView;
use crate::{Problem, State};

/// The ledger is asked so often: other processes may write the same file, so there is nobody to wake us.
const POLL: Duration = Duration::from_secs(1);
const BATCH: u32 = 50;

#[derive(Debug, Deserialize)]
pub(crate) struct From {
    after: Option<u64>,
}

/// The live stream: one event per entry, its id the `seq`, its data the entry without large members. It starts
/// behind `after` or the `Last-Event-ID`, else with the next entry.
#[utoipa::path(
    get, path = "/stream", tag = "ledger",
    params(("after" = Option<u64>, Query, description = "Start behind this entry")),
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream"))
)]
pub(crate) async fn stream(
    Extracted(state): Extracted<State>,
    headers: HeaderMap,
    query: Result<Query<From>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let permit = state.streams().try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many live streams; try again later")
    })?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let after = match last.or(query?.0.after) {
        Some(after) => after,
        None => state.ledger().head().await?.seq,
    };
    let closing = state.closing();
    let start = (state, closing, after, Vec::<Entry>::new().into_iter(), permit);
    let events = futures_util::stream::unfold(
        start,
        |(state, mut closing, mut after, mut waiting, permit)| async move {
            loop {
                if let Some(entry) = waiting.next() {
                    after = entry.seq;
                    let event = Event::default().id(after.to_string()).event("entry");
                    let event = event.json_data(EntryView::brief(entry)).unwrap_or_default();
                    return Some((Ok(event), (state, closing, after, waiting, permit)));
                }
                match state.ledger().entries(after, BATCH).await {
                    Ok(found) if !found.is_empty() => {
                        waiting = found.into_iter();
                        continue;
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "a live stream ends");
                        return None;
                    }
                }
                tokio::select! {
                    () = tokio::time::sleep(POLL) => {}
                    _ = closing.wait_for(|closing| *closing) => return None,
                }
            }
        },
    );
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
