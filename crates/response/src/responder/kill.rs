//! Kills the process of an alert, and never another.

use std::io;
use std::os::fd::AsFd as _;
use std::time::Duration;

use async_trait::async_trait;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use seawall_rules::{Actor, Alert};

use super::{Responder, process, tree};
use crate::{Action, Outcome, ResponseError, Status};

/// Start times that differ by no more are the same: /proc counts in hundredths of a second.
const SAME: Duration = Duration::from_millis(50);
/// Start times that differ by no more are the same if the executable or the name is: the clock may have been set since.
const NEAR: Duration = Duration::from_secs(2);

/// What may be killed.
#[derive(Clone, Debug, Default)]
pub struct KillOptions {
    /// Processes outside of containers as well.
    pub host: bool,
}

/// Sends SIGKILL to the process of an alert, and to everything that it started and that is still under it.
#[derive(Clone, Debug, Default)]
pub struct KillProcess {
    options: KillOptions,
}

impl KillProcess {
    /// A responder.
    pub fn new(options: KillOptions) -> Self {
        Self { options }
    }

    /// Why a process must not be killed, whatever the alert says.
    fn forbidden(&self, alert: &Alert) -> Option<String> {
        let pid = alert.process.pid;
        if pid <= 2 {
            return Some(format!("process {pid} is the system's own"));
        }
        if pid == std::process::id() {
            return Some("the process is Seawall itself".to_owned());
        }
        if alert.container.is_none() && !self.options.host {
            return Some(
                "the process runs outside of containers, and killing there is not enabled".to_owned(),
            );
        }
        if alert.process.started == 0 {
            return Some(
                "the start time of the process is not known, so that it cannot be told from another"
                    .to_owned(),
            );
        }
        None
    }
}

#[async_trait]
impl Responder for KillProcess {
    fn action(&self) -> Action {
        Action::KillProcess
    }

    async fn respond(&self, alert: &Alert) -> Result<Outcome, ResponseError> {
        if let Some(why) = self.forbidden(alert) {
            return Ok(outcome(Status::Refused, why));
        }
        let actor = alert.process.clone();
        // A few system calls, and up to two seconds of waiting for the end.
        let pid = actor.pid;
        tokio::task::spawn_blocking(move || kill(&actor)).await.unwrap_or_else(|_| {
            Err(ResponseError::Process {
                pid,
                what: "killing",
                source: io::Error::other("the task was stopped"),
            })
        })
    }
}

fn outcome(status: Status, text: impl Into<String>) -> Outcome {
    Outcome::new(Action::KillProcess.as_str(), status, text)
}

/// The descriptor is opened first and examined after: if the pid had changed hands before, the start time differs; if it
/// changes hands later, the descriptor still means the old process and the signal reaches nobody.
fn kill(actor: &Actor) -> Result<Outcome, ResponseError> {
    let pid = actor.pid;
    let fail = |what| move |source: io::Error| ResponseError::Process { pid, what, source };
    let gone = || Ok(outcome(Status::Done, format!("process {pid} ({}) had ended already", actor.name)));
    let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let Some(raw) = raw else { return Ok(outcome(Status::Refused, format!("{pid} is no process id"))) };
    let descriptor = match pidfd_open(raw, PidfdFlags::empty()) {
        Ok(descriptor) => descriptor,
        Err(rustix::io::Errno::SRCH) => return gone(),
        // The id is a thread's, or has become one's.
        Err(rustix::io::Errno::INVAL) => {
            return Ok(outcome(Status::Refused, format!("{pid} is a thread, not a process")));
        }
        Err(error) => return Err(fail("opening")(error.into())),
    };
    let running = match process::read(pid) {
        Ok(running) => running,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return gone(),
        Err(error) => return Err(fail("reading /proc")(error)),
    };
    if running.dead {
        return gone();
    }
    if running.kernel_thread {
        return Ok(outcome(Status::Refused, format!("process {pid} is a thread of the kernel")));
    }
    let apart = Duration::from_nanos(running.started.abs_diff(actor.started));
    let alike = running.name == actor.name || running.exe.as_deref() == Some(actor.exe_path.as_str());
    if apart > SAME && !(apart <= NEAR && alike) {
        return Ok(outcome(
            Status::Refused,
            format!(
                "process {pid} is another one now ({}): it started {:.2} s apart from the one of the alert ({})",
                running.name,
                apart.as_secs_f64(),
                actor.name
            ),
        ));
    }
    let below = tree::stop(pid, &descriptor);
    let killed = pidfd_send_signal(&descriptor, Signal::KILL);
    let below = tree::kill(&below);
    match killed {
        Ok(()) => {}
        Err(rustix::io::Errno::SRCH) => return gone(),
        Err(error) => return Err(fail("sending SIGKILL")(error.into())),
    }
    // Readable when the process has ended (pidfd_open(2)).
    let descriptor = descriptor.as_fd();
    let mut waits = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    let limit = Timespec { tv_sec: 2, tv_nsec: 0 };
    let ended = matches!(poll(&mut waits, Some(&limit)), Ok(1..));
    let end = if ended { "killed" } else { "SIGKILL sent, but not ended yet:" };
    let with = match below {
        0 => String::new(),
        1 => " and one process that it had started".to_owned(),
        many => format!(" and {many} processes that it had started"),
    };
    Ok(outcome(Status::Done, format!("{end} process {pid} ({}){with}", short(&actor.command_line))))
}

/// A command line is as long as a process likes.
fn short(command: &str) -> String {
    crate::text::limited(command, 200, |c, out| out.push(crate::text::visible(c, false)))
}
