//! `seawall db`.

mod artifact;
mod build;
mod delta;
mod download;
mod sources;

use std::path::PathBuf;

use seawall_advisories::Database;

use crate::cli::{Db, Format};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// Does what the command says.
pub(crate) async fn run(context: &Context, command: Db) -> Result<()> {
    match command {
        Db::Build(arguments) => build::run(context, arguments).await,
        Db::Status { format } => status(context, format),
        Db::Pull(arguments) => artifact::pull(context, arguments).await,
        Db::Push(arguments) => artifact::push(context, arguments).await,
        Db::Diff { old, new, out } => delta::diff(context, &old, &new, &out),
        Db::Apply { delta, out } => delta::apply(context, &delta, out),
    }
}

/// `seawall db status`.
fn status(context: &Context, format: Format) -> Result<()> {
    let path: PathBuf = context.database_path()?;
    if !path.is_file() {
        return Err(Failure::unfinished(format!("there is no advisory database at {}", path.display()))
            .hint("make one with `seawall db build`"));
    }
    let database = Database::open(&path).or_unfinished()?;
    database.verify().or_unfinished()?;
    let info = database.info();
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&info).or_unfinished()?,
        Format::Text => format!(
            "{}\n  {} advisories from {}\n  compiled {}, newest advisory {}\n  its checksum is right",
            path.display(),
            info.advisories,
            info.source,
            info.built_at,
            info.newest_advisory
        ),
    };
    context.printer.result(&text);
    Ok(())
}
