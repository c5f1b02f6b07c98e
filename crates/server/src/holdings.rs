//! Which digests hold which packages: what `seawall affected` asks.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Extracted};
use axum::http::StatusCode;
use seawall_ledger::{HeldPackage, Holder, MAX_PACKAGES};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{Problem, State};

/// Packages that one question may name.
const MAX_ASKED: usize = 500;

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct PackageQuery {
    /// `next` of the page before.
    after: Option<u64>,
    /// Rows, at most 10,000.
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct HolderQuery {
    /// Numbers of packages, separated by commas, at most 500.
    packages: String,
}

/// Distinct packages of the newest scans.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackagePage {
    /// In the order of their numbers.
    #[schema(value_type = Vec<Object>)]
    items: Vec<HeldPackage>,
    /// `after` of the next page; absent where this is the last.
    next: Option<u64>,
}

/// Digests that hold packages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HolderPage {
    /// By package and digest.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Holder>,
}

/// Distinct packages of the newest scan of every digest.
#[utoipa::path(get, path = "/packages", tag = "ledger", params(PackageQuery),
    responses((status = 200, body = PackagePage), (status = 401, body = Problem)))]
pub(crate) async fn packages(
    Extracted(state): Extracted<State>,
    query: Result<Query<PackageQuery>, QueryRejection>,
) -> Result<Json<PackagePage>, Problem> {
    let Query(query) = query?;
    let limit = query.limit.filter(|limit| *limit > 0).unwrap_or(1_000).min(MAX_PACKAGES);
    let items = state.ledger().packages(query.after.unwrap_or(0), limit).await?;
    let next = (items.len() == limit as usize).then(|| items.last().map(|last| last.id)).flatten();
    Ok(Json(PackagePage { items, next }))
}

/// The digests whose newest scan holds one of the packages.
#[utoipa::path(get, path = "/holders", tag = "ledger", params(HolderQuery),
    responses((status = 200, body = HolderPage), (status = 400, body = Problem)))]
pub(crate) async fn holders(
    Extracted(state): Extracted<State>,
    query: Result<Query<HolderQuery>, QueryRejection>,
) -> Result<Json<HolderPage>, Problem> {
    let Query(query) = query?;
    let refused = |what: String| Problem::new(StatusCode::BAD_REQUEST, what);
    let mut asked = Vec::new();
    for word in query.packages.split(',').filter(|word| !word.is_empty()) {
        if asked.len() == MAX_ASKED {
            return Err(refused(format!("more than {MAX_ASKED} packages are asked for at once")));
        }
        asked.push(word.parse().map_err(|_| refused("packages are numbers, separated by commas".into()))?);
    }
    Ok(Json(HolderPage { items: state.ledger().holders(&asked).await? }))
}
