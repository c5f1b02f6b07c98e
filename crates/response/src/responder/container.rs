//! Stops the container of an alert with a configured command.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use seawall_rules::Alert;

use super::Responder;
use crate::{Action, Outcome, ResponseError, Status};

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(15);

/// Runs a command like `runc --root /run/runc kill {id} KILL`. No shell is involved.
#[derive(Clone, Debug)]
pub struct StopContainer {
    program: String,
    arguments: Vec<String>,
}

impl StopContainer {
    /// The program and its arguments, one of which holds `{id}`.
    pub fn new(command: &[String]) -> Result<Self, ResponseError> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(ResponseError::Binding("the command that stops a container is empty".to_owned()));
        };
        if !arguments.iter().any(|argument| argument.contains("{id}")) {
            let message = "the command that stops a container has no `{id}` among its arguments";
            return Err(ResponseError::Binding(message.to_owned()));
        }
        Ok(Self { program: program.clone(), arguments: arguments.to_vec() })
    }
}

/// What runtimes allow in an id; above all it does not begin with a dash, and is no path.
fn is_id(id: &str) -> bool {
    id.len() <= 1024
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !id.contains("..")
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "_-.+".contains(c))
}

#[async_trait]
impl Responder for StopContainer {
    fn action(&self) -> Action {
        Action::StopContainer
    }

    async fn respond(&self, alert: &Alert) -> Result<Outcome, ResponseError> {
        let action = Action::StopContainer.as_str();
        let Some(container) = &alert.container else {
            return Ok(Outcome::new(action, Status::Refused, "the process runs outside of containers"));
        };
        let id = &container.id;
        if !is_id(id) {
            return Ok(Outcome::new(
                action,
                Status::Refused,
                "the container's id holds what no runtime allows",
            ));
        }
        let fail = |message: String| ResponseError::Command { command: self.program.clone(), message };
        let output = tokio::process::Command::new(&self.program)
            .args(self.arguments.iter().map(|argument| argument.replace("{id}", id)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .output();
        let output = match tokio::time::timeout(LIMIT, output).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(fail(format!("cannot be started: {error}"))),
            Err(_) => return Err(fail(format!("did not end within {} s", LIMIT.as_secs()))),
        };
        if output.status.success() {
            return Ok(Outcome::new(action, Status::Done, format!("stopped container {id}")));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(fail(format!("{}: {}", output.status, crate::text::plain(said.trim(), 300))))
    }
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn ids() {
        assert!(is_id("shop-1.0_x+y"));
        for bad in ["", "-x", "--root=/", "a/b", "../x", "a..b", "a b", "a;b"] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
