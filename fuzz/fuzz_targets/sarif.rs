//! SARIF logs of other tools.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_findings::{Report, Subject, forms};

fuzz_target!(|data: &[u8]| {
    let subject = Subject::Directory { path: ".".into() };
    let Ok(mut report) = Report::read_sarif(data, subject, "2026-11-24T10:00:00Z") else { return };
    for form in forms::FORMS {
        let _ = (form.write)(&report);
    }
    let baseline = report.clone();
    let counting = report.findings.iter().filter(|finding| finding.suppressed.is_none()).count();
    assert_eq!(report.set_against(&baseline), counting);
});
