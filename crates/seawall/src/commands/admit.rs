//! `seawall admit`.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use seawall_policy::Stage;

use crate::cli::Admit;
use crate::commands::gate;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::judge::PolicyJudge;

/// Answers a review as the webhook would, with the images scanned now. Exit code 1 when it is refused.
pub(crate) async fn run(context: Context, arguments: Admit) -> Result<()> {
    let bytes = read(&arguments.file)?;
    let context = Arc::new(context);
    let assessor = gate::assessor(&context, &arguments.policy, Stage::Admit).await?;
    let judge = PolicyJudge::new(assessor, None);
    let (answer, allowed) = judge.answer(&bytes).await.or_usage()?;
    context.printer.result(&serde_json::to_string_pretty(&answer).or_unfinished()?);
    if allowed { Ok(()) } else { Err(Failure::denied("admission refuses it")) }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let limit = seawall_admission::review::MAX_REVIEW as u64 + 1;
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    result.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok(bytes)
}
