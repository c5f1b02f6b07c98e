//! Any text gives documents or an error, never a panic.

use proptest::prelude::*;
use seawall_checks::{Options, check, check_together, dockerfile, documents, images, source};

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

    #[test]
    fn any_dockerfile(text in "((FROM|RUN|COPY|ARG|ENV|a|as|--from=a|<<EOF|EOF|\\[\"a\"\\]|\"|'|\\\\|\\$\\{|\\}|&&|\\||;|#| |\n|é){1}){0,60}") {
        let _ = dockerfile("t", &text);
        if let Some(Ok(found)) = source("Dockerfile", &format!("FROM a\n{text}")) {
            let mut findings = found.check(&Options::default());
            let _ = found.suppress(&Options::default(), &mut findings);
        }
    }

    #[test]
    fn any_scan(text in "((apiVersion: v1\nkind: |Pod|Service|Deployment|Ingress|\nmetadata: |\nspec: |\\{|\\}|name: a|selector: |a: b|, |\n---\n|# seawall:ignore KSV-0001 x\n|  ){1}){0,60}") {
        if let Some(Ok(found)) = source("t.yaml", &text) {
            let mut findings = found.check(&Options::default());
            findings.extend(check_together(std::slice::from_ref(&found), &Options::default()));
            let _ = found.suppress(&Options::default(), &mut findings);
        }
    }
}
