//! The order of responses, and what is told about them.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use seawall_response::{
    Config, DeletePod, Dispatcher, KillProcess, Limits, Outcome, Pods, Responder, Status,
};

use crate::alerts::{alert, container, shell};
use crate::sending::{Receiver, sender};

#[derive(Default)]
struct Cluster(Mutex<Vec<String>>);

#[async_trait]
impl Pods for Cluster {
    async fn delete(
        &self,
        namespace: &str,
        name: &str,
        uid: &str,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.lock().unwrap().push(format!("{namespace}/{name}/{uid}"));
        if name == "stuck" { Err("the API server answered 409".into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn kill_then_delete_then_tell() {
    let (receiver, address) = Receiver::start(&[]).await;
    let text = "bindings: [{tags: [shell], actions: [delete-pod, stop-container, kill-process], notify: [hook, chat]}]";
    let config = Config::parse("c", text).unwrap();
    let cluster = Arc::new(Cluster::default());
    let responders: Vec<Box<dyn Responder>> =
        vec![Box::new(DeletePod::new(cluster.clone(), [])), Box::new(KillProcess::default())];
    let dispatcher = Dispatcher::new(config.bindings, responders, sender(&address, Limits::default()))
        .unwrap()
        .with_link("https://seawall.example.com/digests/{digest}");
    let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let mut process = shell(&["sleep", "600"]);
    process.pid = child.id();
    process.name = "sleep".to_owned();
    process.started =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let outcomes = dispatcher.handle(&alert(process, Some(container()))).await;
    child.wait().unwrap();
    let said: Vec<String> = outcomes.iter().map(Outcome::to_string).collect();
    assert_eq!(
        said,
        [
            format!("kill-process done: killed process {} (sleep 600)", child.id()),
            "stop-container refused: this response is not available here".to_owned(),
            "delete-pod done: deleted pod prod/shop-0".to_owned(),
            "notify hook done: sent to 127.0.0.1".to_owned(),
            "notify chat done: sent to 127.0.0.1".to_owned(),
        ]
    );
    assert_eq!(*cluster.0.lock().unwrap(), ["prod/shop-0/9c0f"]);
    let got = receiver.got.lock().unwrap();
    assert_eq!(got.len(), 2);
    for body in got.iter() {
        assert!(body.contains("deleted pod prod/shop-0"), "{body}");
        assert!(body.contains("https://seawall.example.com/digests/sha256:1c1c"), "{body}");
    }
}

#[tokio::test]
async fn some_pods_are_spared() {
    let cluster = Arc::new(Cluster::default());
    let delete = DeletePod::new(cluster.clone(), ["seawall".to_owned()]);
    let with = |namespace: &str, name: &str, uid: &str| {
        let mut container = (*container()).clone();
        let mut pod = (**container.pod.as_ref().unwrap()).clone();
        (pod.namespace, pod.name, pod.uid) = (namespace.to_owned(), name.to_owned(), uid.to_owned());
        container.pod = Some(Arc::new(pod));
        alert(shell(&["sh"]), Some(Arc::new(container)))
    };
    for spared in [
        with("kube-system", "a", "1"),
        with("seawall", "a", "1"),
        with("prod", "a", ""),
        alert(shell(&["sh"]), None),
    ] {
        let outcome = delete.respond(&spared).await.unwrap();
        assert_eq!(outcome.status, Status::Refused, "{outcome}");
    }
    assert!(cluster.0.lock().unwrap().is_empty());
    let error = delete.respond(&with("prod", "stuck", "1")).await.unwrap_err();
    assert_eq!(error.to_string(), "pod prod/stuck: the API server answered 409");
}
