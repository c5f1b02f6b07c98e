//! JUnit, read back by an XML parser.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::sample::{nasty, written};

#[test]
fn what_was_written_is_read() {
    let text = written("junit", &nasty());
    let mut reader = Reader::from_str(&text);
    let (mut cases, mut failures, mut skipped, mut names) = (0, 0, 0, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                match element.name().as_ref() {
                    "testcase" => cases += 1,
                    "failure" => failures += 1,
                    "skipped" => skipped += 1,
                    "testsuites" | "testsuite" | "system-err" => {}
                    other => panic!("{other}"),
                }
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    if attribute.key.as_ref() == "name" {
                        names.push(attribute.value.into_owned());
                    }
                }
            }
            Event::CData(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => panic!("{text}"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((cases, failures, skipped), (8, 6, 1));
    assert!(names.contains(&"[critical] CVE-2024-0001".to_owned()), "{names:?}");
    assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
}
