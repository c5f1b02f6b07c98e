//! Transparency logs, offline: is this signature in a log that is trusted? (Rekor v1 and v2)

mod checkpoint;
mod content;
mod entry;
mod merkle;
mod promise;

pub(crate) use content::{Logged, Signed, Signer};
pub(crate) use entry::Entry;

use jiff::Timestamp;

use crate::TrustedRoot;
use crate::steps::{Refused, StepName, Steps};
use crate::trust::LogKey;

/// What of an entry is required; what is there besides is verified as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A bundle of v0.1, or a legacy annotation: the log's promise.
    Promise,
    /// A bundle from v0.2 on: the log's proof.
    Proof,
}

/// Whether the entry is in a log of the root, and about what was signed. The time at which the log took it, where the log
/// vouches for it.
pub(crate) fn verify(
    entry: &Entry,
    needs: Needs,
    logged: &Logged<'_>,
    root: &TrustedRoot,
    steps: &mut Steps,
) -> Result<Option<Timestamp>, Refused> {
    let name = entry.name();
    let keys: Vec<&LogKey> = root.log(&entry.log_id).collect();
    if keys.is_empty() {
        return Err(
            steps.fail(StepName::LogKey, format!("{name} is of a log that is not in the trusted root"))
        );
    }
    // What a log integrates, it integrates while its key counts; Rekor v2 says no time, and then timestamps tell.
    // Without a promise over it, a time is anybody's word.
    let time = entry.promised_time().map(Timestamp::from_second).transpose();
    let time = steps.check(StepName::LogKey, time)?;
    let keys: Vec<&LogKey> = keys.into_iter().filter(|key| time.is_none_or(|time| key.at(time))).collect();
    let Some(first) = keys.first() else {
        let at = time.map(|t| t.to_string()).unwrap_or_default();
        return Err(
            steps.fail(StepName::LogKey, format!("the key of the log of {name} did not count at {at}"))
        );
    };
    steps.pass(StepName::LogKey, format!("{name} of {}", first.origin));

    let integrated = match (&entry.promise, time) {
        (Some(promise), Some(time)) => {
            let kept = keys.iter().any(|log| promise::holds(entry, promise, log));
            if !kept {
                let reason = "the signed entry timestamp was not made by the log over this entry";
                return Err(steps.fail(StepName::InclusionPromise, reason));
            }
            steps.pass(StepName::InclusionPromise, format!("integrated at {time}"));
            Some(time)
        }
        (Some(_), None) => {
            return Err(steps.fail(StepName::InclusionPromise, "a promise without the time of integration"));
        }
        (None, _) if needs == Needs::Promise => {
            return Err(steps.fail(StepName::InclusionPromise, "the entry carries no signed entry timestamp"));
        }
        (None, _) => None,
    };

    match &entry.proof {
        Some(proof) => {
            let root_hash = merkle::root(&entry.body, proof);
            let root_hash = steps.check(StepName::InclusionProof, root_hash)?;
            if root_hash != proof.root {
                let reason =
                    "the hashes do not lead from the entry to the root that they are said to lead to";
                return Err(steps.fail(StepName::InclusionProof, reason));
            }
            steps.pass(StepName::InclusionProof, format!("entry {} of {}", proof.index, proof.size));
            let checked = checkpoint::verify(proof, &keys, entry.is_v2());
            let origin = steps.check(StepName::Checkpoint, checked)?;
            steps.pass(StepName::Checkpoint, format!("signed by {origin}"));
        }
        None if needs == Needs::Proof => {
            return Err(steps.fail(StepName::InclusionProof, "the entry carries no inclusion proof"));
        }
        None => steps.skip(StepName::InclusionProof, "the entry carries none; its promise does"),
    }

    let same = content::same(entry, logged);
    let kind = steps.check(StepName::LogContent, same)?;
    steps.pass(StepName::LogContent, kind);
    Ok(integrated)
}
