//! `seawall db diff` and `seawall db apply`.

use std::path::{Path, PathBuf};

use seawall_advisories::Database;

use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::files::{read, write_whole};

/// No delta of real databases comes near it.
const MAX_DELTA: u64 = 1 << 30;

fn open(path: &Path) -> Result<Database> {
    if !path.is_file() {
        return Err(Failure::usage(format!("there is no advisory database at {}", path.display())));
    }
    let database = Database::open(path).or_unfinished()?;
    database.verify().or_unfinished()?;
    Ok(database)
}

pub(super) fn diff(context: &Context, old: &Path, new: &Path, out: &Path) -> Result<()> {
    let delta = seawall_advisories::diff(&open(old)?, &open(new)?).or_unfinished()?;
    write_whole(out, 0o644, &delta)?;
    context.printer.result(&format!("{}: {:.1} kB", out.display(), delta.len() as f64 / 1e3));
    Ok(())
}

pub(super) fn apply(context: &Context, delta: &Path, out: Option<PathBuf>) -> Result<()> {
    let path = context.database_path()?;
    let delta = read(delta, MAX_DELTA)?;
    let bytes = seawall_advisories::apply(&open(&path)?, &delta).or_unfinished()?;
    let out = out.unwrap_or(path);
    write_whole(&out, 0o644, &bytes)?;
    let info = Database::from_bytes(bytes, "the result").or_unfinished()?.info();
    context.printer.result(&format!(
        "{}: {} advisories, compiled {}",
        out.display(),
        info.advisories,
        info.built_at
    ));
    Ok(())
}
