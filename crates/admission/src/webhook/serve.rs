//! The routes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use seawall_policy::Verdict;
use tokio::sync::Semaphore;

use super::Judge;
use crate::review::{self, MAX_REVIEW};
use crate::{AdmissionError, Decision, Endpoint, Judgement, Request};

/// How many requests are judged at the same time; more wait, within their deadline.
const AT_ONCE: usize = 64;

#[derive(Clone)]
struct Court {
    judge: Arc<dyn Judge>,
    deadline: Duration,
    seats: Arc<Semaphore>,
}

/// The webhook's routes, for tests and for servers that bring their own TLS.
pub fn router(judge: Arc<dyn Judge>, deadline: Duration) -> Router {
    let court = Court { judge, deadline, seats: Arc::new(Semaphore::new(AT_ONCE)) };
    Router::new()
        .route("/validate", post(|state, body| handle(state, body, Endpoint::Validate)))
        .route("/mutate", post(|state, body| handle(state, body, Endpoint::Mutate)))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(MAX_REVIEW))
        .with_state(court)
}

async fn handle(
    State(court): State<Court>,
    body: Result<Bytes, BytesRejection>,
    endpoint: Endpoint,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            return (
                rejection.status(),
                format!("the AdmissionReview cannot be read: {}\n", rejection.body_text()),
            )
                .into_response();
        }
    };
    let request = match review::parse(&body) {
        Ok(request) => Arc::new(Request { endpoint, ..request }),
        Err(error) => {
            let status = match error {
                AdmissionError::TooLarge(..) => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::BAD_REQUEST,
            };
            tracing::warn!(%error, "refused a request that is no AdmissionReview");
            return (status, format!("{error}\n")).into_response();
        }
    };
    let judgement = match request.decision {
        Decision::Judge => Some(court.judge(Arc::clone(&request)).await),
        Decision::Allow(_) | Decision::Deny(_) => None,
    };
    let answer = review::answer(&request, judgement.as_ref(), endpoint);
    tracing::info!(
        object = request.title(),
        user = request.user,
        dry_run = request.dry_run,
        allowed = answer["response"]["allowed"].as_bool(),
        "admission"
    );
    Json(answer).into_response()
}

impl Court {
    /// Asks the judge, in a task of its own so that a panic is a denial and not a broken connection.
    async fn judge(&self, request: Arc<Request>) -> Judgement {
        let title = request.title();
        let judge = Arc::clone(&self.judge);
        let seats = Arc::clone(&self.seats);
        let mut task = tokio::spawn(async move {
            let _seat = seats.acquire_owned().await;
            judge.judge(&request).await
        });
        let denied =
            |message: &str, remedy| Judgement::new(Verdict::denied("admission", &title, message, remedy));
        match tokio::time::timeout(self.deadline, &mut task).await {
            Ok(Ok(judgement)) => judgement,
            Ok(Err(error)) => {
                tracing::error!(%error, object = title, "the judge failed");
                denied("the judgement failed, so it is refused", "see Seawall's log for the error")
            }
            Err(_) => {
                task.abort();
                let message = format!("no judgement within {:?}, so it is refused", self.deadline);
                denied(&message, "ask again; if it stays so, see whether the registry can be reached")
            }
        }
    }
}
