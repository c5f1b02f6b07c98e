//! A ledger behind a server on a real socket, through the same trait as the file.

use futures_util::StreamExt as _;
use seawall_ledger::{Kind, Ledger, LedgerError, Page, Remote, Sqlite, import};
use seawall_server::{OpenReads, serve};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{TOKEN, digest, entry, state};

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_a_ledger_like_the_file() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (state, file) = state(folder.path(), OpenReads::Loopback).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, state, async move {
        let _ = stopped.await;
    }));

    // The stream starts behind what is there.
    let client = reqwest::Client::builder().timeout(std::time::Duration::from_mins(1)).build().unwrap();
    let response = client.get(format!("{url}/api/v1/stream")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.bytes_stream();

    let remote = Remote::new(&url, Some(TOKEN)).unwrap();
    let new = entry(4, Kind::Running, json!({"z": 1, "a": [0.1, 1e300, "é\u{7f}\u{2028}"], "n": u64::MAX}));
    let kept = remote.append(new.clone()).await.unwrap();
    assert_eq!((kept.seq, &kept.new), (4, &new));
    assert_eq!(kept.hash, kept.compute_hash());
    assert_eq!(remote.trail(&digest(4)).await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(remote.entries(0, 200).await.unwrap(), file.entries(0, 200).await.unwrap());
    let page = Page { before: Some(4), limit: 5, text: Some("shop".to_owned()) };
    assert_eq!(remote.digests(&page).await.unwrap(), file.digests(&page).await.unwrap());
    assert_eq!(remote.resolve("shop:1.0").await.unwrap(), digest(1));
    assert!(matches!(remote.resolve("nothing").await, Err(LedgerError::NotFound(_))));
    assert_eq!(remote.counts().await.unwrap(), file.counts().await.unwrap());
    assert_eq!(remote.head().await.unwrap().hash, kept.hash);
    assert_eq!(remote.verify().await.unwrap(), file.verify().await.unwrap());
    assert_eq!(remote.verify_against(Some(&"00ff".repeat(16))).await.unwrap().problems.len(), 1);

    // A job's file becomes part of the team's ledger, once.
    let job = Sqlite::open(folder.path().join("job.db")).await.unwrap();
    job.append(entry(6, Kind::Built, json!({}))).await.unwrap();
    assert_eq!(import(&remote, &job).await.unwrap().added, 1);
    assert_eq!(import(&remote, &job).await.unwrap().present, 1);

    let mut seen = String::new();
    while !seen.contains("id: 5") {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), events.next()).await.unwrap();
        seen += std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap();
    }
    assert!(seen.contains("event: entry") && seen.contains("id: 4"), "{seen}");

    let stranger = Remote::new(&url, Some("wrong")).unwrap();
    let error = stranger.append(new.clone()).await.unwrap_err();
    assert!(matches!(error, LedgerError::Server { status: 401, .. }), "{error}");
    let nobody = Remote::new(&url, None).unwrap();
    assert_eq!(nobody.head().await.unwrap().seq, 5, "loopback reads without a token");
    assert!(nobody.append(new.clone()).await.is_err());

    stop.send(()).unwrap();
    // The open stream does not keep the server from stopping.
    tokio::time::timeout(std::time::Duration::from_secs(15), server).await.unwrap().unwrap().unwrap();
    assert!(matches!(remote.append(new).await, Err(LedgerError::Transport { .. })));
}
