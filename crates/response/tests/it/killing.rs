//! Killing real processes, and never the wrong ones.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use seawall_events::Process;
use seawall_response::{KillOptions, KillProcess, Outcome, Responder, ResponseError, Status, StopContainer};

use crate::alerts::{alert, container, shell};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64
}

fn sleeper() -> (Child, Process) {
    let child = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
    let process =
        Process { pid: child.id(), name: "sleep".to_owned(), started: now(), ..shell(&["sleep", "600"]) };
    (child, process)
}

async fn kill(process: Process) -> Result<Outcome, ResponseError> {
    KillProcess::default().respond(&alert(process, Some(container()))).await
}

#[tokio::test]
async fn a_real_child_is_killed() {
    let (mut child, process) = sleeper();
    let outcome = kill(process.clone()).await.unwrap();
    assert_eq!(outcome.status, Status::Done, "{outcome}");
    assert_eq!(outcome.text, format!("killed process {} (sleep 600)", child.id()));
    // It waits for its parent, as good as gone.
    let again = kill(process.clone()).await.unwrap();
    assert!(again.text.contains("had ended already"), "{again}");
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    let gone = kill(process).await.unwrap();
    assert!(gone.text.contains("had ended already"), "{gone}");
}

#[tokio::test]
async fn what_it_started_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    // A shell with a child and a grandchild, which write their pids down.
    let script = format!(
        "sleep 600 & echo $! >> {0}; sh -c 'sleep 600 & echo $! >> {0}; wait' & echo $! >> {0}; wait",
        pids.display()
    );
    let mut child = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).spawn().unwrap();
    let started = now();
    let written = loop {
        let text = std::fs::read_to_string(&pids).unwrap_or_default();
        if text.lines().count() == 3 {
            break text;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    let process = Process { pid: child.id(), name: "sh".to_owned(), started, ..shell(&["sh"]) };
    let outcome = kill(process).await.unwrap();
    assert!(outcome.text.ends_with("and 3 processes that it had started"), "{outcome}");
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    for pid in written.lines() {
        let dead = || {
            std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
        };
        for _ in 0..200 {
            if dead() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(dead(), "process {pid} is still there");
    }
}

#[tokio::test]
async fn another_process_under_the_same_pid_is_spared() {
    let (mut child, process) = sleeper();
    for other in [
        // It started a minute ago, says the alert: the pid was used again.
        Process { started: process.started - 60_000_000_000, ..process.clone() },
        // Near, but neither the name nor the executable is the same.
        Process { started: process.started - 1_000_000_000, name: "sh".to_owned(), ..process.clone() },
    ] {
        let outcome = kill(other).await.unwrap();
        assert_eq!(outcome.status, Status::Refused, "{outcome}");
        assert!(outcome.text.contains("is another one now (sleep)"), "{outcome}");
    }
    let unknown = kill(Process { started: 0, ..process.clone() }).await.unwrap();
    assert_eq!(unknown.status, Status::Refused, "{unknown}");
    assert!(child.try_wait().unwrap().is_none());
    // On the host only where that is configured.
    let on_host = alert(process, None);
    let outcome = KillProcess::default().respond(&on_host).await.unwrap();
    assert_eq!(outcome.status, Status::Refused, "{outcome}");
    assert!(child.try_wait().unwrap().is_none());
    let outcome = KillProcess::new(KillOptions { host: true }).respond(&on_host).await.unwrap();
    assert_eq!(outcome.status, Status::Done, "{outcome}");
    child.wait().unwrap();
}

#[tokio::test]
async fn never_the_systems_own() {
    for pid in [0, 1, 2, std::process::id(), u32::MAX] {
        let outcome = kill(Process { pid, started: now(), ..shell(&["sh"]) }).await.unwrap();
        assert_eq!(outcome.status, Status::Refused, "{pid}: {outcome}");
    }
}

#[tokio::test]
async fn containers_are_stopped_without_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("asked");
    let command = ["cp", "/dev/null", &format!("{}-{{id}}", file.display())].map(ToOwned::to_owned);
    let stop = StopContainer::new(&command).unwrap();
    let outcome = stop.respond(&alert(shell(&["sh"]), Some(container()))).await.unwrap();
    assert_eq!(outcome.status, Status::Done, "{outcome}");
    assert!(folder.path().join(format!("asked-{}", "cd".repeat(32))).exists());
    let mut odd = (*container()).clone();
    odd.id = "--root=/;reboot".to_owned();
    let outcome = stop.respond(&alert(shell(&["sh"]), Some(odd.into()))).await.unwrap();
    assert_eq!(outcome.status, Status::Refused, "{outcome}");
    let failing = StopContainer::new(&["ls".to_owned(), "/nonexistent/{id}".to_owned()]).unwrap();
    let error = failing.respond(&alert(shell(&["sh"]), Some(container()))).await.unwrap_err().to_string();
    assert!(error.contains("`ls`: exit status: 2"), "{error}");
    assert!(StopContainer::new(&["runc".to_owned(), "kill".to_owned()]).is_err());
}
