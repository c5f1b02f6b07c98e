//! JUnit XML, as CI servers show it: a suite for each file that findings are in, a test case for each finding. What
//! counts has failed, what is excepted was skipped (<https://github.com/testmoapp/junitxml> describes the common form).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::FormError;
use crate::text::{one_line, visible};
use crate::{Finding, Report};

type Xml = Writer<Vec<u8>>;

/// Writes it.
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    document(&mut xml, report).map_err(FormError::Xml)?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|error| FormError::Xml(std::io::Error::other(error)))
}

fn document(xml: &mut Xml, report: &Report) -> std::io::Result<()> {
    let mut suites: Vec<(&str, Vec<&Finding>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for finding in &report.findings {
        let path = finding.location.path.as_str();
        let place = *places.entry(path).or_insert_with(|| {
            suites.push((path, Vec::new()));
            suites.len() - 1
        });
        suites[place].1.push(finding);
    }
    let summary = report.summary();
    let subject = report.subject.to_string();
    // A file without any test case counts as broken for many servers.
    let own = usize::from(suites.is_empty() || !report.problems.is_empty());
    let tests = report.findings.len() + own;
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attributes([
            ("name", one_line(&subject).as_ref()),
            ("tests", tests.to_string().as_str()),
            ("failures", summary.total().to_string().as_str()),
            ("errors", "0"),
            ("skipped", summary.suppressed.to_string().as_str()),
        ])
        .write_inner_content(|xml| {
            // What could not be read belongs to no finding's file: it is a suite of its own.
            if own > 0 {
                suite(xml, report, &subject, &[])?;
            }
            suites.iter().try_for_each(|(path, findings)| suite(xml, report, path, findings))
        })?;
    Ok(())
}

fn suite(xml: &mut Xml, report: &Report, name: &str, findings: &[&Finding]) -> std::io::Result<()> {
    let skipped = findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    xml.create_element("testsuite")
        .with_attributes([
            ("name", one_line(name).as_ref()),
            ("timestamp", one_line(&report.scanned_at).as_ref()),
            ("tests", findings.len().max(1).to_string().as_str()),
            ("failures", (findings.len() - skipped).to_string().as_str()),
            ("errors", "0"),
            ("skipped", skipped.to_string().as_str()),
        ])
        .write_inner_content(|xml| {
            if findings.is_empty() {
                let attributes = [("classname", "seawall"), ("name", "scan"), ("time", "0")];
                xml.create_element("testcase").with_attributes(attributes).write_empty()?;
            }
            findings.iter().try_for_each(|finding| case(xml, finding))?;
            if findings.is_empty() && !report.problems.is_empty() {
                let problems = visible(&report.problems.join("\n")).into_owned();
                xml.create_element("system-err").write_text_content(BytesText::new(&problems))?;
            }
            Ok(())
        })?;
    Ok(())
}

fn case(xml: &mut Xml, finding: &Finding) -> std::io::Result<()> {
    let class = match &finding.package {
        Some(package) => format!("{} {}", package.name, package.version),
        None => finding.location.path.clone(),
    };
    let name = format!("[{}] {}", finding.severity, finding.id);
    xml.create_element("testcase")
        .with_attributes([
            ("classname", one_line(&class).as_ref()),
            ("name", one_line(&name).as_ref()),
            ("time", "0"),
        ])
        .write_inner_content(|xml| {
            if let Some(suppression) = &finding.suppressed {
                let message = format!("{} ({}): {}", suppression.by, suppression.owner, suppression.reason);
                xml.create_element("skipped")
                    .with_attribute(("message", one_line(&message).as_ref()))
                    .write_empty()?;
                return Ok(());
            }
            let body = body(finding);
            xml.create_element("failure")
                .with_attributes([
                    ("type", finding.severity.as_str()),
                    ("message", one_line(said(finding)).as_ref()),
                ])
                .write_text_content(BytesText::new(&visible(&body)))?;
            Ok(())
        })?;
    Ok(())
}

/// The title; not every advisory has one.
fn said(finding: &Finding) -> &str {
    if finding.title.is_empty() { &finding.id } else { &finding.title }
}

fn body(finding: &Finding) -> String {
    let mut lines = vec![said(finding).to_owned()];
    if let Some(position) = finding.position {
        lines.push(format!("At: {}:{}:{}", finding.location.path, position.line, position.column));
    }
    if finding.exploited {
        lines.push("Known to be exploited.".into());
    }
    if !finding.fixed.is_empty() {
        lines.push(format!("Fixed in: {}", finding.fixed.join(", ")));
    }
    if !finding.remedy.is_empty() {
        lines.push(format!("Remedy: {}", finding.remedy));
    }
    lines.extend(finding.references.iter().cloned());
    lines.join("\n")
}
