//! One file a command: each turns flags into calls of the crates, and their results into output and evidence.

pub(crate) mod admit;
pub(crate) mod attest;
pub(crate) mod convert;
pub(crate) mod db;
pub(crate) mod gate;
pub(crate) mod key;
pub(crate) mod promote;
pub(crate) mod replay;
pub(crate) mod scan;
pub(crate) mod sign;
pub(crate) mod trail;
pub(crate) mod up;
pub(crate) mod verify;
pub(crate) mod watch;
