//! The files of the web interface, embedded from `ui/dist`.

use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::Problem;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
struct Files;

/// Shown where the program was compiled without the web interface.
const UNBUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Seawall</title>\
    <h1>Seawall</h1><p>The web interface is not part of this build. Make it with <code>make ui</code>, then build \
    the program again.</p><p>The API is here: <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a></p></html>";

/// Every path that no other route answers: a file, or the page for the addresses that it makes itself.
pub(crate) async fn page(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path == "api" {
        return Problem::not_found(format!("there is no {}", uri.path())).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "pages are only read").into_response();
    }
    if let Some(file) = Files::get(path).filter(|_| path != "index.html") {
        // Vite puts the hash of the content into the names of what it bundles.
        let cache =
            if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        return answer(file, cache);
    }
    if path.starts_with("assets/") {
        return Problem::not_found(format!("there is no {}", uri.path())).into_response();
    }
    match Files::get("index.html") {
        Some(file) => answer(file, "no-cache"),
        None => Html(UNBUILT).into_response(),
    }
}

fn answer(file: EmbeddedFile, cache: &'static str) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())], file.data).into_response()
}
