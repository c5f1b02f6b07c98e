//! Processes of the host.

use std::process::Command;
use std::time::{Duration, SystemTime};

use seawall_events::{EventKind, Protocol};
use seawall_sensor::Options;

use crate::watch::{Watch, everything, is_exec};

#[tokio::test]
async fn an_execution_has_arguments_lineage_and_an_end() {
    let Some(mut watch) = Watch::start(everything()) else { return };
    let mark = format!("mark-{}-exec", std::process::id());
    let before = SystemTime::now();
    // The shell stays the parent, in a folder of its own.
    let script = format!("cd /usr; /bin/busybox echo '{mark}' '' 'two words'; exit 3");
    let status = Command::new("/bin/sh").args(["-c", &script]).status().unwrap();
    assert_eq!(status.code(), Some(3));

    let event = watch.find(|event| is_exec(event, &mark) && event.process.name == "busybox").await;
    let process = &event.process;
    assert_eq!(process.args, ["/bin/busybox", "echo", mark.as_str(), "", "two words"]);
    assert!(process.exe_path.ends_with("/bin/busybox"), "{}", process.exe_path);
    assert_eq!(process.cwd.as_deref(), Some("/usr"));
    assert_eq!((process.uid, process.user.as_deref()), (0, Some("root")));
    assert_eq!(process.pid, process.vpid);
    assert!(event.container.is_none());
    let line: Vec<u32> = process.ancestors().map(|ancestor| ancestor.pid).collect();
    assert_eq!(line[0], process.ppid);
    // The test itself is excluded from events but not from lineage.
    assert!(line.contains(&std::process::id()), "{line:?}");
    let since = before.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    assert!(event.time >= since.saturating_sub(20_000_000) && event.time < since + 10_000_000_000);

    let shell = process.ppid;
    let end =
        watch.find(|event| matches!(event.kind, EventKind::Exit { .. }) && event.process.pid == shell).await;
    assert_eq!(end.kind, EventKind::Exit { status: 3 << 8 });
}

#[tokio::test]
async fn opens_are_absolute_with_their_results() {
    let Some(mut watch) = Watch::start(everything()) else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("there"), "x").unwrap();
    let script = "/bin/busybox cat ./there sub/../absent 2>/dev/null";
    Command::new("/bin/sh").args(["-c", script]).current_dir(folder.path()).status().unwrap();
    let open = |path: std::path::PathBuf| {
        let path = path.to_str().unwrap().to_owned();
        move |event: &seawall_events::Event| matches!(&event.kind, EventKind::Open { path: seen, .. } if *seen == path)
    };
    let event = watch.find(open(folder.path().join("there"))).await;
    assert!(matches!(&event.kind, EventKind::Open { result: 0.., .. }), "{event:?}");
    let event = watch.find(open(folder.path().join("absent"))).await;
    let absent = -i64::from(libc_enoent());
    assert!(matches!(&event.kind, EventKind::Open { result, .. } if *result == absent), "{event:?}");
}

fn libc_enoent() -> i32 {
    std::fs::File::open("/nowhere/at/all").unwrap_err().raw_os_error().unwrap()
}

#[tokio::test]
async fn connections_of_both_families() {
    let Some(mut watch) = Watch::start(everything()) else { return };
    for host in ["127.0.0.1", "::1"] {
        let Ok(listener) = std::net::TcpListener::bind((host, 0)) else {
            eprintln!("skipped: no {host} here");
            continue;
        };
        let port = listener.local_addr().unwrap().port();
        let script = format!("exec 3<>/dev/tcp/{host}/{port}");
        assert!(Command::new("/bin/bash").args(["-c", &script]).status().unwrap().success());
        let event = watch
            .find(|event| matches!(&event.kind, EventKind::Connect { port: seen, .. } if *seen == port))
            .await;
        let expected =
            EventKind::Connect { protocol: Protocol::Tcp, address: host.parse().unwrap(), port, result: 0 };
        assert_eq!(event.kind, expected);
        assert_eq!(event.process.name, "bash");
    }
    // Refused, and UDP.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{free}; exec 3<>/dev/udp/127.0.0.1/{free}");
    Command::new("/bin/bash").args(["-c", &script]).stderr(std::process::Stdio::null()).status().unwrap();
    let is = |protocol: Protocol| move |event: &seawall_events::Event| matches!(&event.kind, EventKind::Connect { port, protocol: seen, .. } if *port == free && *seen == protocol);
    let event = watch.find(is(Protocol::Tcp)).await;
    assert!(matches!(event.kind, EventKind::Connect { result: -111, .. }), "{event:?}");
    watch.find(is(Protocol::Udp)).await;
}

#[tokio::test]
async fn a_burst_loses_nothing_or_says_so() {
    const COUNT: usize = 2000;
    let options = Options { open: false, connect: false, exit: false, ..everything() };
    let Some(mut watch) = Watch::start(options) else { return };
    let mark = format!("burst-{}", std::process::id());
    let script = format!("i=0; while [ $i -lt {COUNT} ]; do /bin/busybox true {mark}; i=$((i+1)); done");
    let mut child = Command::new("/bin/bash").args(["-c", &script]).spawn().unwrap();
    let mut seen = 0;
    let mut complete = 0;
    let mut delays = Vec::new();
    while seen < COUNT {
        let Ok(event) = tokio::time::timeout(Duration::from_secs(5), watch.sensor.next()).await else {
            break;
        };
        let event = event.unwrap();
        if is_exec(&event, &mark) && event.process.name == "busybox" {
            seen += 1;
            complete +=
                usize::from(event.process.exe_path.ends_with("/busybox") && event.process.parent.is_some());
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
            delays.push(now.saturating_sub(event.time));
        }
    }
    child.wait().unwrap();
    delays.sort_unstable();
    let stats = watch.sensor.stats();
    eprintln!(
        "{seen} of {COUNT} seen; exec to event: median {} µs, 99th percentile {} µs; {stats:?}",
        delays[delays.len() / 2] / 1000,
        delays[delays.len() * 99 / 100] / 1000
    );
    assert_eq!(complete, seen, "every event is whole, though its process is long gone");
    let lost = stats.dropped_in_kernel.exec + stats.dropped_in_queue;
    assert!(seen as u64 + lost >= COUNT as u64, "{seen} seen, {lost} counted as lost");
    assert_eq!(lost, 0);
    assert_eq!(stats.unreadable, 0);
}
