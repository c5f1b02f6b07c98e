//! The reports that are written.

use seawall_findings::Report;
use seawall_findings::forms::form;

/// With every field, and with text that would be mark-up, a command or a link if a form let it.
pub(crate) fn nasty() -> Report {
    Report::read(include_bytes!("nasty.json")).unwrap()
}

/// Nothing found in a folder without packages.
pub(crate) fn empty() -> Report {
    let text = r#"{"schema":1,"subject":{"type":"directory","path":"./services/shop/"},
        "scanned_at":"2026-11-24T10:00:00Z","findings":[],"packages":[]}"#;
    Report::read(text.as_bytes()).unwrap()
}

/// In the form of that name, without this version's number.
pub(crate) fn written(name: &str, report: &Report) -> String {
    let text = (form(name).unwrap().write)(report).unwrap();
    text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"VERSION\"")
        .replace(&format!("Seawall {}", env!("CARGO_PKG_VERSION")), "Seawall VERSION")
}
