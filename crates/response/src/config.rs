//! The configuration: notifiers and bindings.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::bindings::Bindings;
use crate::notifier::rocketchat::RocketChat;
use crate::notifier::slack::Slack;
use crate::notifier::teams::Teams;
use crate::notifier::webhook::Webhook;
use crate::notifier::{Endpoint, Notifier};
use crate::text::did_you_mean;
use crate::{Limits, ResponseError};

/// Longest configuration, and longest file with an address or a secret.
const MAX_CONFIG: usize = 1 << 20;
const MAX_SECRET: u64 = 16 << 10;

/// The configuration of responses:
///
/// ```yaml
/// notifiers:
///   - {name: security, type: slack, urlFile: /run/secrets/slack}
/// bindings:
///   - tags: [shell]
///     minPriority: warning
///     actions: [kill-process, delete-pod]
///     notify: [security]
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Where notifications go.
    #[serde(default)]
    pub notifiers: Vec<NotifierConfig>,
    /// Which response for which rule.
    #[serde(default)]
    pub bindings: Bindings,
    /// How many notifications are let through.
    #[serde(default)]
    pub limits: Limits,
}

/// The kinds of notifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotifierType {
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// Rocket.Chat.
    RocketChat,
    /// Any receiver of JSON.
    Webhook,
}

/// One notifier.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotifierConfig {
    /// The name that bindings use.
    pub name: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: NotifierType,
    /// The address.
    #[serde(default)]
    url: Option<String>,
    /// A file that holds it.
    #[serde(default)]
    url_file: Option<PathBuf>,
    /// An environment variable that holds it.
    #[serde(default)]
    url_env: Option<String>,
    /// For `webhook`: a file with the key that signs.
    #[serde(default)]
    secret_file: Option<PathBuf>,
}

impl fmt::Debug for NotifierConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotifierConfig")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Parses a configuration; `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, ResponseError> {
        let error = |message: String| ResponseError::Config { file: file.to_owned(), message };
        if text.len() > MAX_CONFIG {
            return Err(error("the file is longer than 1 MiB".to_owned()));
        }
        let config: Self = serde_saphyr::from_str(text).map_err(|problem| {
            // The parser shows the lines around the place; one of them may hold an address.
            let whole = problem.to_string();
            error(explained(whole.lines().next().unwrap_or_default()))
        })?;
        for (index, notifier) in config.notifiers.iter().enumerate() {
            if notifier.name.trim().is_empty() {
                return Err(error(format!("notifier {}: `name` is empty", index + 1)));
            }
            if config.notifiers[..index].iter().any(|other| other.name == notifier.name) {
                return Err(error(format!("two notifiers are named `{}`", notifier.name)));
            }
            if notifier.secret_file.is_some() && notifier.kind != NotifierType::Webhook {
                return Err(error(format!(
                    "notifier `{}`: only `type: webhook` takes `secretFile`",
                    notifier.name
                )));
            }
        }
        Ok(config)
    }

    /// Makes the notifiers: reads the files, and the environment through `variable`.
    pub fn notifiers(
        &self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<Box<dyn Notifier>>, ResponseError> {
        self.notifiers.iter().map(|config| config.build(&variable)).collect()
    }
}

impl NotifierConfig {
    fn build(&self, variable: &impl Fn(&str) -> Option<String>) -> Result<Box<dyn Notifier>, ResponseError> {
        let name = self.name.clone();
        let address = match (&self.url, &self.url_file, &self.url_env) {
            (Some(url), None, None) => url.clone(),
            (None, Some(path), None) => self.read(path)?,
            (None, None, Some(wanted)) => variable(wanted)
                .ok_or_else(|| ResponseError::Variable { name: name.clone(), variable: wanted.clone() })?,
            _ => return Err(ResponseError::Address { name }),
        };
        let url = Endpoint::new(&name, &address)?;
        Ok(match self.kind {
            NotifierType::Slack => Box::new(Slack::new(name, url)),
            NotifierType::Teams => Box::new(Teams::new(name, url)),
            NotifierType::RocketChat => Box::new(RocketChat::new(name, url)),
            NotifierType::Webhook => {
                let secret = self.secret_file.as_ref().map(|path| self.read(path)).transpose()?;
                Box::new(Webhook::new(name, url, secret.map(String::into_bytes)))
            }
        })
    }

    fn read(&self, path: &Path) -> Result<String, ResponseError> {
        use std::io::Read as _;
        let mut text = String::new();
        std::fs::File::open(path).and_then(|file| file.take(MAX_SECRET).read_to_string(&mut text)).map_err(
            |source| ResponseError::File { name: self.name.clone(), path: path.to_owned(), source },
        )?;
        Ok(text.trim().to_owned())
    }
}

/// serde's "unknown field `x`, expected one of a, b", with the nearest of them named.
fn explained(message: &str) -> String {
    let message = message.trim().trim_start_matches("error: ");
    let unknown = message.split_once("unknown ").and_then(|(_, rest)| rest.split('`').nth(1));
    let known = message.split_once("expected ").map_or("", |(_, rest)| rest);
    let known = known.trim_start_matches("one of ").split([',', ' ']).map(|word| word.trim_matches('`'));
    match unknown.and_then(|unknown| did_you_mean(unknown, known.filter(|word| !word.is_empty()))) {
        Some(hint) => format!("{message}; {hint}"),
        None => message.to_owned(),
    }
}
