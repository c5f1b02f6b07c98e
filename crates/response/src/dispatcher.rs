//! Alerts to actions, in order.

use futures_util::future::join_all;
use seawall_rules::Alert;

use crate::text::did_you_mean;
use crate::{Action, Bindings, Notification, Outcome, Responder, ResponseError, Sender, Status};

/// Runs what the bindings ask for.
pub struct Dispatcher {
    bindings: Bindings,
    responders: Vec<Box<dyn Responder>>,
    sender: Sender,
    link: Option<String>,
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher")
            .field("bindings", &self.bindings)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

impl Dispatcher {
    /// A dispatcher. A binding that names a notifier which is not there is an error; an action without a responder is
    /// told as refused each time it is asked for, because it may be off for a reason (no cluster, no root).
    pub fn new(
        bindings: Bindings,
        responders: Vec<Box<dyn Responder>>,
        sender: Sender,
    ) -> Result<Self, ResponseError> {
        let names = sender.names();
        for (index, binding) in bindings.0.iter().enumerate() {
            if let Some(unknown) = binding.notify.iter().find(|name| !names.contains(&name.as_str())) {
                let hint = did_you_mean(unknown, names.iter().copied())
                    .unwrap_or_else(|| format!("the notifiers are: {}", names.join(", ")));
                let message = format!("binding {}: there is no notifier `{unknown}`; {hint}", index + 1);
                return Err(ResponseError::Binding(message));
            }
        }
        Ok(Self { bindings, responders, sender, link: None })
    }

    /// Notifications about an image link to `template` with `{digest}` filled in: the trail's page.
    #[must_use]
    pub fn with_link(mut self, template: &str) -> Self {
        self.link = Some(template.to_owned());
        self
    }

    /// How many notifications were suppressed so far.
    pub fn suppressed(&self) -> u64 {
        self.sender.suppressed()
    }

    /// Does what the bindings ask for: the process first, then the container, then the pod, then the notifications, which
    /// tell what was done, in parallel. One failure stops nothing that comes after it.
    pub async fn handle(&self, alert: &Alert) -> Vec<Outcome> {
        let (actions, notify) = self.bindings.of(alert);
        let mut outcomes = Vec::with_capacity(actions.len() + notify.len());
        for action in actions {
            outcomes.push(self.act(action, alert).await);
        }
        if notify.is_empty() {
            return outcomes;
        }
        let mut notification = Notification::of_alert(alert, &outcomes);
        if let (Some(template), Some(digest)) = (&self.link, &notification.digest) {
            notification.link = Some(template.replace("{digest}", digest.as_str()));
        }
        let sent = join_all(notify.into_iter().map(|name| self.sender.send(name, &notification))).await;
        outcomes.extend(sent);
        outcomes
    }

    async fn act(&self, action: Action, alert: &Alert) -> Outcome {
        let Some(responder) = self.responders.iter().find(|responder| responder.action() == action) else {
            return Outcome::new(action.as_str(), Status::Refused, "this response is not available here");
        };
        match responder.respond(alert).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(action = action.as_str(), rule = alert.rule, %error, "response failed");
                Outcome::new(action.as_str(), Status::Failed, error.to_string())
            }
        }
    }
}
