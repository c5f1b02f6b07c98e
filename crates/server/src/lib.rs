//! HTTP API, metrics and the web interface.
//!
//! In: requests of the web interface, of `--ledger https://…` and of Prometheus; a ledger. Out: pages of the ledger
//! (`/api/v1/…`, described by `/api/v1/openapi.json`), entries added to it, its live stream, `/metrics`, `/healthz`,
//! `/readyz`, and the files of the web interface. [`serve`] runs it on a listener, [`router`] is it without one.

mod access;
mod api;
mod gauges;
mod headers;
mod holdings;
mod metrics;
mod problem;
mod serve;
mod state;
mod stream;
mod ui;
mod views;

pub use access::{Access, OpenReads, TokenHash, generate_token};
pub use gauges::Gauges;
pub use problem::Problem;
pub use serve::{ServeError, router, serve};
pub use state::State;
