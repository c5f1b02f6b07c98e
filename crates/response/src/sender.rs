//! Sends what notifiers make.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::RETRY_AFTER;

use crate::limiter::Limiter;
use crate::notifier::{HttpRequest, Notifier};
use crate::{Limits, Notification, Outcome, ResponseError, Status};

/// How sending goes.
#[derive(Clone, Debug)]
pub struct SenderOptions {
    /// How many are let through.
    pub limits: Limits,
    /// Of one attempt.
    pub timeout: Duration,
    /// Attempts in all.
    pub attempts: u32,
    /// Before the second attempt; it doubles from there. A server's `Retry-After` goes first, up to 30 s.
    pub backoff: Duration,
}

impl Default for SenderOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            timeout: Duration::from_secs(10),
            attempts: 4,
            backoff: Duration::from_millis(500),
        }
    }
}

/// Longest wait that a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Sends notifications through notifiers, by name.
pub struct Sender {
    client: reqwest::Client,
    notifiers: Vec<Box<dyn Notifier>>,
    limiters: HashMap<String, Mutex<Limiter>>,
    waiting: AtomicUsize,
    options: SenderOptions,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("notifiers", &self.names()).finish_non_exhaustive()
    }
}

/// Counts a notification as on its way until it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Sender {
    /// A sender. The binary has installed rustls' provider before.
    pub fn new(notifiers: Vec<Box<dyn Notifier>>, options: SenderOptions) -> Result<Self, ResponseError> {
        let client = reqwest::Client::builder()
            .timeout(options.timeout)
            .connect_timeout(options.timeout.min(Duration::from_secs(5)))
            // A redirect would carry the alert, and for some the address, to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("seawall/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ResponseError::Client(error.without_url()))?;
        let limiters = notifiers
            .iter()
            .map(|notifier| (notifier.name().to_owned(), Mutex::new(Limiter::new(options.limits.clone()))))
            .collect();
        Ok(Self { client, notifiers, limiters, waiting: AtomicUsize::new(0), options })
    }

    /// The notifiers' names.
    pub fn names(&self) -> Vec<&str> {
        self.notifiers.iter().map(|notifier| notifier.name()).collect()
    }

    /// How many notifications were suppressed so far, over all notifiers.
    pub fn suppressed(&self) -> u64 {
        let total = |limiter: &Mutex<Limiter>| limiter.lock().unwrap_or_else(PoisonError::into_inner).total();
        self.limiters.values().map(total).sum()
    }

    /// Sends a notification through the notifier `name`. Never an error: what went wrong is in the outcome, without the
    /// address.
    pub async fn send(&self, name: &str, notification: &Notification) -> Outcome {
        let action = format!("notify {name}");
        let Some(notifier) = self.notifiers.iter().find(|notifier| notifier.name() == name) else {
            return Outcome::new(action, Status::Failed, "there is no such notifier");
        };
        let place = Place(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= self.options.limits.queue {
            tracing::warn!(notifier = name, "notification dropped: too many are waiting");
            return Outcome::new(action, Status::Failed, "dropped: too many notifications are waiting");
        }
        let admitted = self.limiters.get(name).map_or(Ok(0), |limiter| {
            let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
            limiter.admit(&notification.group, &notification.identity, Instant::now())
        });
        let request = match admitted {
            Err(why) => return Outcome::new(action, Status::Suppressed, why),
            Ok(0) => notifier.request(notification),
            Ok(count) => {
                let mut notification = notification.clone();
                notification
                    .push("Suppressed", &format!("{count} more of this rule since the last notification"));
                notifier.request(&notification)
            }
        };
        let host = request.url.host().to_owned();
        let result = self.deliver(&request).await;
        drop(place);
        match result {
            Ok(1) => Outcome::new(action, Status::Done, format!("sent to {host}")),
            Ok(attempts) => {
                Outcome::new(action, Status::Done, format!("sent to {host} at attempt {attempts}"))
            }
            Err(why) => {
                tracing::warn!(notifier = name, host, why, "notification failed");
                Outcome::new(action, Status::Failed, format!("{host}: {why}"))
            }
        }
    }

    /// Sends with retries on 429, 5xx and broken connections; how many attempts it took, or why it failed.
    async fn deliver(&self, request: &HttpRequest) -> Result<u32, String> {
        let mut wait = self.options.backoff;
        let mut attempt = 1;
        loop {
            let (why, asked) = match self.attempt(request).await {
                Ok(()) => return Ok(attempt),
                Err(Failure { why, retry: false, .. }) => return Err(why),
                Err(Failure { why, asked, .. }) => (why, asked),
            };
            if attempt >= self.options.attempts {
                return Err(format!("{why}, after {attempt} attempts"));
            }
            tokio::time::sleep(asked.unwrap_or(wait).min(MAX_WAIT)).await;
            wait = wait.saturating_mul(2);
            attempt += 1;
        }
    }

    async fn attempt(&self, request: &HttpRequest) -> Result<(), Failure> {
        let mut builder = self.client.post(request.url.expose()).body(request.body.clone());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let response = match builder.send().await {
            Ok(response) => response,
            Err(error) => {
                let why = if error.is_timeout() {
                    "no answer in time".to_owned()
                } else if error.is_connect() {
                    "cannot connect".to_owned()
                } else {
                    error.without_url().to_string()
                };
                return Err(Failure { why, retry: true, asked: None });
            }
        };
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let asked = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let retry = status.as_u16() == 429 || status.is_server_error();
        Err(Failure { why: format!("the server answered {}", status.as_u16()), retry, asked })
    }
}

struct Failure {
    why: String,
    retry: bool,
    asked: Option<Duration>,
}
