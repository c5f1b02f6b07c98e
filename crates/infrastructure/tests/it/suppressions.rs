//! Comments that say that a finding is meant.

use crate::support::scanned;

/// Whether the finding of an open bucket is suppressed, and how.
fn suppressed(text: &str) -> Option<(String, String)> {
    let outcome = scanned(&[("main.tf", text)]);
    let finding = outcome.findings.iter().find(|finding| finding.id == "s3-public-acl").unwrap();
    finding.suppressed.clone().map(|suppression| (suppression.by, suppression.reason))
}

#[test]
fn own_comments() {
    let beside = "resource \"aws_s3_bucket\" \"web\" {\n  acl = \"public-read\" # seawall:ignore s3-public-acl the website\n}\n";
    assert_eq!(suppressed(beside), Some(("comment in main.tf:2".into(), "the website".into())));
    let above = "resource \"aws_s3_bucket\" \"web\" {\n  # seawall:ignore AWS-0092 the website until=2026-12-31\n  acl = \"public-read\"\n}\n";
    assert!(suppressed(above).is_some());
    let over = above.replace("2026-12-31", "2026-01-31");
    assert!(suppressed(&over).is_none(), "it has ended");
    let block = "// seawall:ignore s3-public-acl,s3-logging both\nresource \"aws_s3_bucket\" \"web\" {\n\n  acl = \"public-read\"\n}\n";
    assert!(suppressed(block).is_some());
    let other = beside.replace("s3-public-acl", "s3-logging");
    assert!(suppressed(&other).is_none());
}

#[test]
fn comments_of_other_tools() {
    for comment in [
        "#trivy:ignore:AVD-AWS-0092",
        "# trivy:ignore:aws-s3-no-public-access-with-acl trivy:ignore:AVD-AWS-0001",
        "#tfsec:ignore:aws-s3-no-public-access-with-acl:exp:2026-12-01",
        "# tfsec:ignore:*",
    ] {
        let text = format!("{comment}\nresource \"aws_s3_bucket\" \"web\" {{\n  acl = \"public-read\"\n}}\n");
        assert!(suppressed(&text).is_some(), "{comment}");
    }
    let ended = "#tfsec:ignore:aws-s3-no-public-access-with-acl:exp:2026-01-01\nresource \"aws_s3_bucket\" \"web\" {\n  acl = \"public-read\"\n}\n";
    assert!(suppressed(ended).is_none());
    let inside = "resource \"aws_s3_bucket\" \"web\" {\n  acl = \"public-read\"\n  #checkov:skip=CKV_AWS_20:the website\n}\n";
    assert_eq!(suppressed(inside).map(|(_, reason)| reason), Some("the website".into()));
}

#[test]
fn templates_have_comments_too() {
    let text = "Resources:\n  # seawall:ignore s3-public-acl the website\n  Web:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead\n";
    let outcome = scanned(&[("stack.yaml", text)]);
    let finding = outcome.findings.iter().find(|finding| finding.id == "s3-public-acl").unwrap();
    assert!(finding.suppressed.is_some());
}

#[test]
fn a_comment_that_is_not_understood_is_said() {
    let outcome = scanned(&[(
        "main.tf",
        "# seawall:ignore s3-logging until=soon\nresource \"aws_default_vpc\" \"d\" {}\n",
    )]);
    let problem = outcome.problems[0].to_string();
    assert!(problem.starts_with("main.tf:1:1: the comment") && problem.contains("2027-01-31"), "{problem}");
}
