//! Responders and notifiers: what is done about an alert.
//!
//! In: alerts of `seawall-rules`, and a [`Config`] that binds rules to actions and names the chats. Out: each action is an
//! [`Outcome`] with a text for the ledger: done, refused (and why), failed, or suppressed. [`Dispatcher`] runs them:
//! kill the process and stop the container first, then delete the pod, then tell the chats in parallel. A notifier only
//! makes an [`HttpRequest`] (pure); [`Sender`] sends it. Webhook addresses are secrets: they are in no log, error or
//! `Debug` text. What came from the watched process (names, arguments, paths) is never trusted with markup.

mod bindings;
mod config;
mod dispatcher;
mod error;
mod limiter;
mod notification;
mod notifier;
mod outcome;
mod responder;
mod sender;
mod text;

pub use bindings::{Action, Binding, Bindings};
pub use config::{Config, NotifierConfig, NotifierType};
pub use dispatcher::Dispatcher;
pub use error::ResponseError;
pub use limiter::Limits;
pub use notification::Notification;
pub use notifier::rocketchat::RocketChat;
pub use notifier::slack::Slack;
pub use notifier::teams::Teams;
pub use notifier::webhook::{SIGNATURE_HEADER, Webhook};
pub use notifier::{Endpoint, HttpRequest, Notifier};
pub use outcome::{Outcome, Status};
pub use responder::Responder;
pub use responder::container::StopContainer;
pub use responder::kill::{KillOptions, KillProcess};
pub use responder::pod::{DeletePod, Pods};
pub use sender::{Sender, SenderOptions};
