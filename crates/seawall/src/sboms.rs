//! A report's inventory and exceptions in the forms that other tools exchange.

use seawall_findings::Report;
use seawall_inventory::{Inventory, cyclonedx as bom, spdx as package_data};
use seawall_vex::{Claim, Origin};
use serde_json::Value;

use crate::context::now;

fn inventory(report: &Report) -> Inventory {
    Inventory {
        distribution: report.distribution.clone(),
        packages: report.packages.clone(),
        problems: report.problems.clone(),
        damaged: Vec::new(),
    }
}

/// The inventory as a CycloneDX document.
pub(crate) fn cyclonedx_value(report: &Report) -> Value {
    bom::write(&report.subject, &inventory(report), &now())
}

/// The inventory as an SPDX document.
pub(crate) fn spdx_value(report: &Report) -> Value {
    package_data::write(&report.subject, &inventory(report), &now())
}

pub(crate) fn cyclonedx(report: &Report) -> Result<String, String> {
    pretty(&cyclonedx_value(report))
}

pub(crate) fn spdx(report: &Report) -> Result<String, String> {
    pretty(&spdx_value(report))
}

#[allow(clippy::unnecessary_wraps, reason = "the shape of all forms")]
pub(crate) fn spdx_tags(report: &Report) -> Result<String, String> {
    Ok(package_data::write_tag_value(&spdx_value(report)))
}

pub(crate) fn openvex(report: &Report) -> Result<String, String> {
    let time = now();
    let origin = Origin { author: "Seawall", timestamp: &time };
    let document = seawall_vex::openvex(report, Claim::NotAffected, &origin);
    pretty(&document.map_err(|error| error.to_string())?)
}

fn pretty(value: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}
