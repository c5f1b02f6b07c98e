//! Numbers that other parts of the program show on `/metrics`.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

type Read = Box<dyn Fn() -> f64 + Send + Sync>;

struct Gauge {
    name: String,
    help: String,
    read: Read,
}

/// A registry of gauges. Clones are the same registry.
#[derive(Clone, Default)]
pub struct Gauges(Arc<Mutex<Vec<Gauge>>>);

impl Gauges {
    /// Adds a gauge: `name` as Prometheus allows it, with labels in braces where it has some
    /// (`seawall_sensor_dropped{ring="main"}`). `read` is called at every scrape, and must not block.
    pub fn register(
        &self,
        name: impl Into<String>,
        help: impl Into<String>,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        let gauge = Gauge { name: name.into(), help: help.into(), read: Box::new(read) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(gauge);
    }

    pub(crate) fn write(&self, text: &mut String) {
        for gauge in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let bare = gauge.name.split('{').next().unwrap_or_default();
            if !text.contains(&format!("# TYPE {bare} gauge\n")) {
                let _ =
                    writeln!(text, "# HELP {bare} {}\n# TYPE {bare} gauge", gauge.help.replace('\n', " "));
            }
            let _ = writeln!(text, "{} {}", gauge.name, (gauge.read)());
        }
    }
}
