//! Any text gives documents or an error, never a panic.

use proptest::prelude::*;
use seawall_checks::{check, documents, images};

proptest! {
    #[test]
    fn any_text(text in "[ -~\n\t]{0,200}") {
        if let Ok(found) = documents("t", &text) {
            for document in found {
                let _ = (check(&document), images(&document.value));
            }
        }
    }

    #[test]
    fn yaml_like_text(text in "((kind|spec|a|<<|- |: |&a |\\*a |\\{|\\}|\\[|\\]|,|\n  |\n|Pod|'|\"|!!str |\\? ){1}){0,60}") {
        if let Ok(found) = documents("t", &text) {
            for document in found {
                let _ = (check(&document), images(&document.value), document.position("/spec/containers/0"));
            }
        }
    }
}
