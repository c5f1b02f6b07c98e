//! Sending to a real receiver on loopback.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use seawall_response::{
    Endpoint, Limits, Notification, Notifier, Outcome, Sender, SenderOptions, Slack, Status, Webhook,
};
use seawall_rules::Priority;

/// Answers with the statuses in turn, then 200; keeps what it got.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    answers: Arc<Mutex<Vec<u16>>>,
    pub(crate) got: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    pub(crate) async fn start(answers: &[u16]) -> (Self, String) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let receiver = Self::default();
        receiver.answers.lock().unwrap().extend(answers.iter().rev());
        let app = Router::new().fallback(answer).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        (receiver, format!("http://{address}/hooks/s3cr3t"))
    }

    pub(crate) fn count(&self) -> usize {
        self.got.lock().unwrap().len()
    }
}

async fn answer(State(receiver): State<Receiver>, body: String) -> (StatusCode, HeaderMap) {
    receiver.got.lock().unwrap().push(body);
    let status = receiver.answers.lock().unwrap().pop().unwrap_or(200);
    let mut headers = HeaderMap::new();
    if status == 429 {
        headers.insert("retry-after", "0".parse().unwrap());
    }
    if status == 302 {
        headers.insert("location", "/elsewhere".parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), headers)
}

pub(crate) fn sender(address: &str, limits: Limits) -> Sender {
    let url = Endpoint::new("chat", address).unwrap();
    let notifiers: Vec<Box<dyn Notifier>> =
        vec![Box::new(Slack::new("chat", url.clone())), Box::new(Webhook::new("hook", url, None))];
    let options = SenderOptions {
        limits,
        timeout: Duration::from_secs(2),
        attempts: 3,
        backoff: Duration::from_millis(5),
    };
    Sender::new(notifiers, options).unwrap()
}

fn note(text: &str) -> Notification {
    Notification::new("Rule", Priority::Warning, text, "2026-01-02T03:04:05Z".parse().unwrap())
}

fn checked(outcome: &Outcome, status: Status, text: &str) {
    assert_eq!(outcome.status, status, "{outcome}");
    assert!(outcome.text.contains(text), "{outcome}");
    assert!(!outcome.text.contains("s3cr3t"), "{outcome}");
}

#[tokio::test]
async fn busy_then_fine() {
    let (receiver, address) = Receiver::start(&[429, 503]).await;
    let outcome = sender(&address, Limits::default()).send("chat", &note("x")).await;
    checked(&outcome, Status::Done, "sent to 127.0.0.1 at attempt 3");
    assert_eq!(receiver.count(), 3);
}

#[tokio::test]
async fn what_cannot_be_mended_is_not_tried_again() {
    for (answer, attempts, said) in
        [(404, 1, "answered 404"), (302, 1, "answered 302"), (500, 3, "answered 500, after 3 attempts")]
    {
        let (receiver, address) = Receiver::start(&[answer; 9]).await;
        let outcome = sender(&address, Limits::default()).send("chat", &note("x")).await;
        checked(&outcome, Status::Failed, said);
        assert_eq!(receiver.count(), attempts);
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outcome = sender(&format!("http://{free}/s3cr3t"), Limits::default()).send("chat", &note("x")).await;
    checked(&outcome, Status::Failed, "cannot connect");
    let outcome = sender(&format!("http://{free}/s3cr3t"), Limits::default()).send("chaat", &note("x")).await;
    checked(&outcome, Status::Failed, "no such notifier");
}

#[tokio::test]
async fn a_receiver_that_never_answers() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/s3cr3t", listener.local_addr().unwrap());
    let options =
        SenderOptions { timeout: Duration::from_millis(50), attempts: 1, ..SenderOptions::default() };
    let url = Endpoint::new("chat", &address).unwrap();
    let sender = Sender::new(vec![Box::new(Slack::new("chat", url))], options).unwrap();
    checked(&sender.send("chat", &note("x")).await, Status::Failed, "no answer in time");
}

#[tokio::test]
async fn floods_are_counted_and_told() {
    let (receiver, address) = Receiver::start(&[]).await;
    let limits = Limits { per_rule: 2, window_seconds: 1, repeat_seconds: 1, queue: 256 };
    let sender = sender(&address, limits);
    checked(&sender.send("hook", &note("a")).await, Status::Done, "sent");
    checked(&sender.send("hook", &note("a")).await, Status::Suppressed, "the same");
    checked(&sender.send("hook", &note("b")).await, Status::Done, "sent");
    for n in 0..50 {
        checked(&sender.send("hook", &note(&format!("n{n}"))).await, Status::Suppressed, "too many");
    }
    assert_eq!((receiver.count(), sender.suppressed()), (2, 51));
    // Each notifier has limits of its own.
    checked(&sender.send("chat", &note("a")).await, Status::Done, "sent");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    checked(&sender.send("hook", &note("c")).await, Status::Done, "sent");
    let last = receiver.got.lock().unwrap().last().unwrap().clone();
    assert!(last.contains("50 more of this rule"), "{last}");
}

#[tokio::test]
async fn a_full_queue_drops() {
    let (_, address) = Receiver::start(&[]).await;
    let sender = sender(&address, Limits { queue: 0, ..Limits::default() });
    checked(&sender.send("chat", &note("a")).await, Status::Failed, "dropped");
}
