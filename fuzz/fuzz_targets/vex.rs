//! VEX documents of the three forms.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(mut document) = seawall_vex::read(data, "fuzz") else { return };
    document.attached = true;
    let report = br#"{"schema":1,"subject":{"type":"directory","path":"x"},"scanned_at":"2026-01-01T00:00:00Z","packages":[],
        "findings":[{"id":"CVE-2021-23337","kind":"vulnerability","severity":"high","title":"","location":{"path":"x"},"remedy":"",
        "package":{"kind":"npm","name":"lodash","version":"4.17.15","purl":"pkg:npm/lodash@4.17.15"}}]}"#;
    let mut report = seawall_findings::Report::read(report).unwrap();
    seawall_vex::apply(&mut report, &[document]);
});
