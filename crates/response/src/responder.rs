//! What is done to processes, containers and pods.

pub(crate) mod container;
pub(crate) mod kill;
pub(crate) mod pod;
mod process;
mod tree;

use async_trait::async_trait;
use seawall_rules::Alert;

use crate::{Action, Outcome, ResponseError};

/// Does one thing about an alert.
#[async_trait]
pub trait Responder: Send + Sync {
    /// Which action it is.
    fn action(&self) -> Action;

    /// Does it. What is refused on purpose is an outcome; what could not be done is an error.
    async fn respond(&self, alert: &Alert) -> Result<Outcome, ResponseError>;
}
