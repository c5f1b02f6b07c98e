//! The handlers of `/api/v1`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State as Extracted};
use axum::http::StatusCode;
use seawall_findings::Digest;
use seawall_ledger::{MAX_PAGE, Page, Verification};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::views::{
    CountsView, DigestPage, EntryPage, EntryView, Evidence, HeadView, ProblemView, Resolved, VerificationView,
};
use crate::{Problem, State};

type Answer<T> = Result<Json<T>, Problem>;
type Asked<T> = Result<Query<T>, QueryRejection>;

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct DigestQuery {
    /// `next` of the page before.
    before: Option<u64>,
    /// Rows, at most 200.
    limit: Option<u32>,
    /// Start of a digest, or part of a name.
    q: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct EntryQuery {
    /// `next` of the page before.
    after: Option<u64>,
    /// Rows, at most 200.
    limit: Option<u32>,
    /// Leave members of the body above 8 KiB out, and name them in `omitted`.
    #[serde(default)]
    brief: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct TextQuery {
    /// A digest, a unique start of one, or a name.
    q: String,
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct VerifyQuery {
    /// Hash that must be in the chain, as an earlier walk showed it.
    head: Option<String>,
    /// Walk now, not at most half a minute ago.
    #[serde(default)]
    fresh: bool,
}

fn bounded(limit: Option<u32>) -> u32 {
    limit.filter(|limit| *limit > 0).unwrap_or(50).min(MAX_PAGE)
}

fn text(text: &str) -> Result<&str, Problem> {
    if text.len() <= 512 {
        Ok(text)
    } else {
        Err(Problem::new(StatusCode::BAD_REQUEST, "q is longer than 512 bytes"))
    }
}

/// Digests, that with the newest entry first.
#[utoipa::path(get, path = "/digests", tag = "ledger", params(DigestQuery),
    responses((status = 200, body = DigestPage), (status = 401, body = Problem)))]
pub(crate) async fn digests(
    Extracted(state): Extracted<State>,
    query: Asked<DigestQuery>,
) -> Answer<DigestPage> {
    let Query(query) = query?;
    let limit = bounded(query.limit);
    text(query.q.as_deref().unwrap_or_default())?;
    let page = Page { before: query.before, limit, text: query.q };
    let found = state.ledger().digests(&page).await?;
    let next = (found.len() == limit as usize).then(|| found.last().map(|last| last.last_seq)).flatten();
    Ok(Json(DigestPage { items: found.into_iter().map(Into::into).collect(), next }))
}

/// Everything about one digest, oldest first.
#[utoipa::path(get, path = "/trail/{digest}", tag = "ledger",
    params(("digest" = String, Path, description = "sha256:…"), EntryQuery),
    responses((status = 200, body = EntryPage), (status = 400, body = Problem)))]
pub(crate) async fn trail(
    Extracted(state): Extracted<State>,
    digest: Result<Path<String>, PathRejection>,
    query: Asked<EntryQuery>,
) -> Answer<EntryPage> {
    let Query(query) = query?;
    let digest: Digest = digest?.0.parse().map_err(|error: seawall_findings::DigestError| {
        Problem::new(StatusCode::BAD_REQUEST, error.to_string())
    })?;
    let found = state.ledger().trail_page(&digest, query.after.unwrap_or(0), bounded(query.limit)).await?;
    Ok(entry_page(found, query.brief))
}

/// All entries in order.
#[utoipa::path(get, path = "/entries", tag = "ledger", params(EntryQuery),
    responses((status = 200, body = EntryPage)))]
pub(crate) async fn entries(
    Extracted(state): Extracted<State>,
    query: Asked<EntryQuery>,
) -> Answer<EntryPage> {
    let Query(query) = query?;
    let found = state.ledger().entries(query.after.unwrap_or(0), bounded(query.limit)).await?;
    Ok(entry_page(found, query.brief))
}

/// A page may be short because its bodies are large, so there is a next page until one is empty.
fn entry_page(found: Vec<seawall_ledger::Entry>, brief: bool) -> Json<EntryPage> {
    let next = found.last().map(|last| last.seq);
    let view = if brief { EntryView::brief } else { EntryView::from };
    Json(EntryPage { items: found.into_iter().map(view).collect(), next })
}

/// One entry, whole.
#[utoipa::path(get, path = "/entries/{seq}", tag = "ledger",
    params(("seq" = u64, Path, description = "Its number")),
    responses((status = 200, body = EntryView), (status = 404, body = Problem)))]
pub(crate) async fn entry(
    Extracted(state): Extracted<State>,
    seq: Result<Path<u64>, PathRejection>,
) -> Answer<EntryView> {
    let Path(seq) = seq?;
    let found = state.ledger().entries(seq.saturating_sub(1), 1).await?;
    match found.into_iter().find(|entry| entry.seq == seq) {
        Some(entry) => Ok(Json(entry.into())),
        None => Err(Problem::not_found(format!("there is no entry {seq}"))),
    }
}

/// The digest that a text means.
#[utoipa::path(get, path = "/resolve", tag = "ledger", params(TextQuery),
    responses((status = 200, body = Resolved), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn resolve(Extracted(state): Extracted<State>, query: Asked<TextQuery>) -> Answer<Resolved> {
    let Query(query) = query?;
    let digest = state.ledger().resolve(text(&query.q)?).await?;
    Ok(Json(Resolved { digest: digest.into() }))
}

/// Where the chain ends.
#[utoipa::path(get, path = "/head", tag = "ledger", responses((status = 200, body = HeadView)))]
pub(crate) async fn head(Extracted(state): Extracted<State>) -> Answer<HeadView> {
    let head = state.ledger().head().await?;
    Ok(Json(HeadView { seq: head.seq, hash: head.hash }))
}

/// How much the ledger holds.
#[utoipa::path(get, path = "/counts", tag = "ledger", responses((status = 200, body = CountsView)))]
pub(crate) async fn counts(Extracted(state): Extracted<State>) -> Answer<CountsView> {
    let counts = state.ledger().counts().await?;
    let kinds = counts.kinds.into_iter().map(|(kind, count)| (kind.as_str(), count)).collect();
    Ok(Json(CountsView { digests: counts.digests, kinds }))
}

/// Proves the chain.
#[utoipa::path(get, path = "/verify", tag = "ledger", params(VerifyQuery),
    responses((status = 200, body = VerificationView)))]
pub(crate) async fn verify(
    Extracted(state): Extracted<State>,
    query: Asked<VerifyQuery>,
) -> Answer<VerificationView> {
    let Query(query) = query?;
    let (found, time) = if let Some(head) = query.head {
        if head.len() != 64 || !head.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "head is not a hash: 64 lower-case hex digits",
            ));
        }
        (state.ledger().verify_against(Some(&head)).await?, jiff::Timestamp::now())
    } else {
        let last = state.verify(query.fresh).await?;
        (last.found, last.time)
    };
    let whole = found.is_whole();
    let Verification { entries, head, problems } = found;
    let problems = problems.into_iter().map(|p| ProblemView { seq: p.seq, what: p.what }).collect();
    Ok(Json(VerificationView { whole, entries, head, time, problems }))
}

/// Adds an entry; the answer comes when it is durable.
#[utoipa::path(post, path = "/evidence", tag = "ledger", request_body = Evidence,
    responses((status = 201, body = EntryView), (status = 401, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem)), security(("token" = [])))]
pub(crate) async fn evidence(
    Extracted(state): Extracted<State>,
    evidence: Result<Json<Evidence>, JsonRejection>,
) -> Result<(StatusCode, Json<EntryView>), Problem> {
    let (new, origin) = evidence?.0.split();
    let entry = state.ledger().append_from(new, origin).await?;
    tracing::info!(seq = entry.seq, kind = entry.new.kind.as_str(), digest = %entry.new.digest, "entry added");
    Ok((StatusCode::CREATED, Json(entry.into())))
}
