//! Checkpoints: a log's signed note of its tree's root (C2SP `signed-note` and `tlog-checkpoint`).

use super::entry::Proof;
use crate::base64;
use crate::trust::LogKey;

/// More signatures of witnesses are not looked at.
const MOST: usize = 64;

/// Whether one of the keys signed the root of the proof's tree. The origin of the checkpoint.
pub(super) fn verify(proof: &Proof, keys: &[&LogKey], v2: bool) -> Result<String, String> {
    if proof.checkpoint.is_empty() {
        return Err("the inclusion proof carries no checkpoint".to_owned());
    }
    let note = Note::parse(&proof.checkpoint)?;
    if note.size != proof.size || note.root != proof.root {
        return Err("it is of another tree than the inclusion proof".to_owned());
    }
    let mut reason = "no signature on it names the log of the entry".to_owned();
    for signature in &note.signatures {
        for log in keys.iter().filter(|log| log.checkpoint_id.starts_with(&signature.hint)) {
            // Rekor v1 writes its tree's id into the origin, and never looked at the name. In v2 all three are one.
            if v2 && (signature.name != note.origin || log.origin != note.origin) {
                reason = format!(
                    "the origin is `{}` and the signer `{}`, where the log is `{}`",
                    note.origin, signature.name, log.origin
                );
                continue;
            }
            if log.key.verify(note.text.as_bytes(), &signature.bytes).is_ok() {
                return Ok(note.origin.to_owned());
            }
            "the log's signature on it does not hold".clone_into(&mut reason);
        }
    }
    Err(reason)
}

struct Note<'a> {
    /// What is signed, with its last newline.
    text: &'a str,
    origin: &'a str,
    size: u64,
    root: Vec<u8>,
    signatures: Vec<Signature<'a>>,
}

struct Signature<'a> {
    name: &'a str,
    hint: [u8; 4],
    bytes: Vec<u8>,
}

impl<'a> Note<'a> {
    fn parse(envelope: &'a str) -> Result<Self, String> {
        let Some(end) = envelope.rfind("\n\n") else {
            return Err("it is no signed note: text and signatures are not apart".to_owned());
        };
        let (text, signatures) = (&envelope[..=end], &envelope[end + 2..]);
        let mut lines = text.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or("it has no origin")?;
        let size = lines.next().ok_or("it has no tree size")?;
        // One way to write a number.
        let size = match size.parse::<u64>() {
            Ok(number) if number.to_string() == size => number,
            _ => return Err(format!("`{size}` is no tree size")),
        };
        let root = lines.next().ok_or("it has no root hash")?;
        let root = base64::decode("the root hash of the checkpoint", root).map_err(|e| e.to_string())?;
        if root.len() != 32 {
            return Err(format!("its root hash has {} bytes", root.len()));
        }
        let signatures =
            signatures.lines().take(MOST).map(Signature::parse).collect::<Result<Vec<_>, _>>()?;
        if signatures.is_empty() {
            return Err("it carries no signature".to_owned());
        }
        Ok(Self { text, origin, size, root, signatures })
    }
}

impl<'a> Signature<'a> {
    fn parse(line: &'a str) -> Result<Self, String> {
        let parts = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
        let Some((name, text)) = parts.filter(|(name, _)| !name.is_empty()) else {
            return Err("a line below its text is no signature".to_owned());
        };
        let bytes = base64::decode("a signature of the checkpoint", text).map_err(|e| e.to_string())?;
        let Some((hint, rest)) = bytes.split_first_chunk::<4>() else {
            return Err("a signature without the id of its key".to_owned());
        };
        Ok(Self { name, hint: *hint, bytes: rest.to_vec() })
    }
}
