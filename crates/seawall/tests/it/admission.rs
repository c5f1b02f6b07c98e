//! Requests that are no AdmissionReview.

use crate::home::Home;
use crate::policies::GOOD;

fn admit(review: &str) -> String {
    let home = Home::new();
    home.write("policy.yaml", GOOD);
    home.write("review.json", review);
    home.refused(&["admit", "review.json", "--policy", "policy.yaml"])
}

#[test]
fn what_is_no_review() {
    insta::assert_snapshot!(admit("<html>"), @r"
    error: not an AdmissionReview: the body is not JSON: expected value at line 1 column 1; this address answers the Kubernetes API server only
    exit code 2
    ");
    insta::assert_snapshot!(admit(r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"shop"}}"#), @r"
    error: not an AdmissionReview: `kind` is not `AdmissionReview`; this address answers the Kubernetes API server only
    exit code 2
    ");
    insta::assert_snapshot!(admit(r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#), @r"
    error: not an AdmissionReview: it has no `request`; this address answers the Kubernetes API server only
    exit code 2
    ");
    insta::assert_snapshot!(admit(""), @r"
    error: not an AdmissionReview: the body is not JSON: EOF while parsing a value at line 1 column 0; this address answers the Kubernetes API server only
    exit code 2
    ");
}

#[test]
fn a_file_that_is_not_there() {
    let home = Home::new();
    home.write("policy.yaml", GOOD);
    insta::assert_snapshot!(home.refused(&["admit", "gone.json", "--policy", "policy.yaml"]), @r"
    error: gone.json: No such file or directory (os error 2)
    exit code 2
    ");
}
