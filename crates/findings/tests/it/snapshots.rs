//! What each form looks like.

use seawall_findings::forms::FORMS;
use seawall_findings::table;

use crate::sample::{empty, nasty, written};

#[test]
fn every_form() {
    let report = nasty();
    for form in FORMS {
        let mut text = written(form.name, &report);
        if let (Some(start), Some(end)) = (text.find("<style>"), text.find("</style>")) {
            text.replace_range(start + 7..end, "…");
            let start = text.find("sha256-").unwrap();
            let end = start + text[start..].find('\'').unwrap();
            text.replace_range(start..end, "sha256-…");
            text = text.replace("><", ">\n<");
        }
        insta::assert_snapshot!(form.name, text);
    }
    let options = table::Options {
        show_suppressed: true,
        order: Some(|_, a, b| a.cmp(b)),
        licences: true,
        ..table::Options::default()
    };
    let text = table::write(&report, options);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("table", lines.join("\n"));
}

#[test]
fn nothing_found() {
    insta::assert_snapshot!("junit-empty", written("junit", &empty()));
    insta::assert_snapshot!("markdown-empty", written("markdown", &empty()));
    insta::assert_snapshot!("github-empty", written("github", &empty()));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for form in FORMS {
        assert_eq!(written(form.name, &nasty()), written(form.name, &nasty()));
    }
}

#[test]
fn no_annotation_begins_another() {
    for line in written("github", &nasty()).lines() {
        assert!(
            line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice ")
        );
        assert!(
            !line.contains("::error::injected") || line.contains("%0A") || !line.starts_with("::error::")
        );
        assert!(!line.contains('\u{1b}') && !line.contains('\u{202e}'));
    }
}

#[test]
fn a_comment_fits() {
    let mut report = nasty();
    let one = report.findings[0].clone();
    for number in 0..2000 {
        let mut finding = one.clone();
        finding.package.as_mut().unwrap().name = format!("package-{number}");
        report.findings.push(finding);
    }
    let text = written("markdown", &report);
    assert!(text.chars().count() < 65_536, "{}", text.len());
    assert!(text.contains(" more are in the whole report."));
}
