//! The configuration repository: image updates as signed commits.
//!
//! In: a [`Promotion`]: a Git repository (a folder, bare or not, or a URL), a branch, an image repository, its new tag
//! and digest, and the key to sign with. Out: one signed commit that changes the image references of that repository in
//! plain manifests and kustomizations, and not one byte more ([`promote`], [`Promoted`]); and the answer whether a
//! commit was signed by an allowed key ([`verify_commit`]). This crate knows nothing of policies or registries: it is
//! told the verdict as one line.
//!
//! [`History`] reads what a repository holds and ever held: every content once, with the commit that brought it.
//!
//! [`read_tree`] reads the files of one commit.
//!
//! Everything blocks: call it from a thread that may wait.

mod edit;
mod error;
mod files;
mod history;
mod image;
mod keys;
mod local;
mod message;
mod order;
mod promotion;
mod remote;
mod tree;
mod verify;

pub use edit::{Change, Rewritten, rewrite};
pub use error::GitopsError;
pub use history::{Blob, Brought, History, Selection, Walked};
pub use image::{ImageName, Target};
pub use keys::SigningKey;
pub use promotion::{Author, Place, Promoted, Promotion, promote};
pub use tree::{Snapshot, TreeFile, TreeLimits, is_url, read_tree};
pub use verify::{AllowedSigners, VerifiedCommit, verify_commit};
