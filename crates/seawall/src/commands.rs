//! One file a command: each turns flags into calls of the crates, and their results into output and evidence.

pub(crate) mod admit;
pub(crate) mod affected;
pub(crate) mod attach;
pub(crate) mod attest;
pub(crate) mod blob;
pub(crate) mod checks;
pub(crate) mod convert;
pub(crate) mod copy;
pub(crate) mod db;
pub(crate) mod download;
pub(crate) mod gate;
pub(crate) mod import;
pub(crate) mod key;
mod notation;
pub(crate) mod promote;
pub(crate) mod replay;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod scan_config;
pub(crate) mod scan_repo;
pub(crate) mod sign;
pub(crate) mod trail;
pub(crate) mod tree;
pub(crate) mod trusting;
pub(crate) mod up;
pub(crate) mod verify;
pub(crate) mod watch;
