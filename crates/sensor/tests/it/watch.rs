//! A sensor for a test, and waiting for what it should see.

use std::time::Duration;

use seawall_events::{Event, EventKind};
use seawall_sensor::{Options, Sensor};

pub(crate) struct Watch {
    pub(crate) sensor: Sensor,
    seen: Vec<Event>,
}

impl Watch {
    /// None, with the reason printed, where the sensor cannot run.
    pub(crate) fn start(options: Options) -> Option<Self> {
        let lacking: Vec<_> =
            seawall_sensor::probe().into_iter().filter(|found| found.required && !found.available).collect();
        if lacking.is_empty() {
            let begun = std::time::Instant::now();
            let sensor = Sensor::start(options).unwrap();
            assert!(begun.elapsed() < Duration::from_secs(1), "started in {:?}", begun.elapsed());
            return Some(Self { sensor, seen: Vec::new() });
        }
        eprintln!("skipped: {lacking:?}");
        None
    }

    /// The first event that fits.
    pub(crate) async fn find(&mut self, fits: impl Fn(&Event) -> bool) -> Event {
        if let Some(event) = self.seen.iter().find(|event| fits(event)) {
            return event.clone();
        }
        let search = async {
            while let Some(event) = self.sensor.next().await {
                self.seen.push(event.clone());
                if fits(&event) {
                    return Some(event);
                }
            }
            None
        };
        match tokio::time::timeout(Duration::from_secs(10), search).await {
            Ok(Some(event)) => event,
            _ => {
                panic!("not seen; {:?}; {} events: {:#?}", self.sensor.stats(), self.seen.len(), self.told())
            }
        }
    }

    fn told(&self) -> Vec<String> {
        self.seen
            .iter()
            .rev()
            .take(40)
            .map(|event| format!("{} {:?}", event.process.command_line(), event.kind))
            .collect()
    }
}

pub(crate) fn everything() -> Options {
    Options { exit: true, containers_only: false, queue: 1 << 18, ..Options::default() }
}

pub(crate) fn is_exec(event: &Event, argument: &str) -> bool {
    matches!(event.kind, EventKind::Exec) && event.process.args.iter().any(|text| text == argument)
}
