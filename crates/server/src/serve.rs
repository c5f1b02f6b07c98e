//! The routes together, and the server on a listener.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router, middleware};
use seawall_ledger::MAX_BODY;
use tokio::net::TcpListener;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{State, access, api, headers, holdings, metrics, stream, ui};

/// Requests under way get so long when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Connections could not be accepted.
    #[error("the server stopped: {0}")]
    Accept(#[source] std::io::Error),
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Seawall",
    description = "The evidence about every digest: read it, add to it, prove it.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Description;

/// All routes. Reading from loopback without a token needs the peer's address: see [`serve`].
pub fn router(state: State) -> Router {
    let reads = OpenApiRouter::new()
        .routes(routes!(api::digests))
        .routes(routes!(api::trail))
        .routes(routes!(api::entries))
        .routes(routes!(api::entry))
        .routes(routes!(api::resolve))
        .routes(routes!(api::head))
        .routes(routes!(api::counts))
        .routes(routes!(holdings::packages))
        .routes(routes!(holdings::holders))
        .routes(routes!(api::verify))
        .routes(routes!(stream::stream))
        .route_layer(middleware::from_fn_with_state(state.clone(), access::reading));
    // A body of the largest size, and the entry around it.
    let writes = OpenApiRouter::new()
        .routes(routes!(api::evidence))
        .layer(DefaultBodyLimit::max(MAX_BODY + (1 << 20)))
        .route_layer(middleware::from_fn_with_state(state.clone(), access::writing));
    let (api, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .nest("/api/v1", reads.merge(writes))
        .split_for_parts();
    if let Some(components) = description.components.as_mut() {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
    let measured = Router::new()
        .route("/metrics", get(metrics::metrics))
        .route_layer(middleware::from_fn_with_state(state.clone(), access::reading));
    api.merge(measured)
        .route("/api/v1/openapi.json", get(move || async move { Json(description) }))
        .route("/healthz", get(metrics::healthz))
        .route("/readyz", get(metrics::readyz))
        .fallback(ui::page)
        .layer(middleware::map_response(headers::secure))
        .with_state(state)
}

/// Answers on `listener` until `shutdown` resolves; then no request is accepted any more, streams end, and what is
/// under way is finished, for ten seconds at most.
pub async fn serve(
    listener: TcpListener,
    state: State,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let app = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut closing = state.closing();
    let stop = async move {
        shutdown.await;
        state.close();
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(stop);
    let limit = async move {
        let _ = closing.wait_for(|closing| *closing).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = async { server.await } => ended.map_err(ServeError::Accept),
        () = limit => Ok(()),
    }
}
