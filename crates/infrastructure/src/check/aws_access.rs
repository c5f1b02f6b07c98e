//! AWS: IAM, keys and secrets.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, policy, row, words};
use crate::Resource;
use crate::value::Value;

const PASSWORDS: &[&str] = &["aws_iam_account_password_policy"];
/// Where policies of identities stand, with the attribute.
const POLICIES: &[&str] =
    &["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    checks: &[
        row(
            "iam-password-reuse",
            "AWS-0056",
            Medium,
            "Passwords of IAM users may be used again",
            "A password that leaked once opens the account again when its owner returns to it.",
            "Remember at least the last five: `password_reuse_prevention = 5`.",
            Look::Value(PASSWORDS, "password_reuse_prevention", Want::AtLeast(5.0)),
        ),
        row(
            "iam-password-lowercase",
            "AWS-0058",
            Medium,
            "Passwords of IAM users need no lower-case letter",
            "Passwords of few kinds of characters are guessed sooner.",
            "Ask for one: `require_lowercase_characters = true`.",
            Look::Value(PASSWORDS, "require_lowercase_characters", Want::On),
        ),
        row(
            "iam-password-number",
            "AWS-0059",
            Medium,
            "Passwords of IAM users need no digit",
            "Passwords of few kinds of characters are guessed sooner.",
            "Ask for one: `require_numbers = true`.",
            Look::Value(PASSWORDS, "require_numbers", Want::On),
        ),
        row(
            "iam-password-symbol",
            "AWS-0060",
            Medium,
            "Passwords of IAM users need no symbol",
            "Passwords of few kinds of characters are guessed sooner.",
            "Ask for one: `require_symbols = true`.",
            Look::Value(PASSWORDS, "require_symbols", Want::On),
        ),
        row(
            "iam-password-uppercase",
            "AWS-0061",
            Medium,
            "Passwords of IAM users need no upper-case letter",
            "Passwords of few kinds of characters are guessed sooner.",
            "Ask for one: `require_uppercase_characters = true`.",
            Look::Value(PASSWORDS, "require_uppercase_characters", Want::On),
        ),
        row(
            "iam-password-age",
            "AWS-0062",
            Medium,
            "Passwords of IAM users do not expire within 90 days",
            "A stolen password stays useful for as long as it is valid.",
            "Let them expire: `max_password_age = 90`.",
            Look::Each(PASSWORDS, password_age),
        ),
        row(
            "iam-password-length",
            "AWS-0063",
            Medium,
            "Passwords of IAM users may be shorter than 14 characters",
            "Short passwords are guessed sooner.",
            "Ask for more: `minimum_password_length = 14`.",
            Look::Value(PASSWORDS, "minimum_password_length", Want::AtLeast(14.0)),
        ),
        row(
            "iam-policy-wildcard",
            "AWS-0057",
            High,
            "An IAM policy allows more than is needed",
            "Whoever takes over one holder of the policy can do everything that the wildcard covers.",
            "Name the actions and resources: `actions = [\"s3:GetObject\"]`, `resources = [\"${aws_s3_bucket.app.arn}/*\"]`.",
            Look::Each(POLICIES, wildcards),
        ),
        row(
            "iam-s3-everything",
            "AWS-0345",
            High,
            "An IAM policy allows everything in S3",
            "One stolen credential reads, changes and deletes every bucket of the account.",
            "Name the actions and the bucket: `Action: [s3:GetObject]`, `Resource: arn:aws:s3:::my-bucket/*`.",
            Look::Each(POLICIES, all_of_s3),
        ),
        row(
            "iam-pass-role",
            "AWS-0342",
            Medium,
            "An IAM policy lets its holder pass any role",
            "Passing a stronger role to a new instance or function is the usual way from a small permission to a large one.",
            "Name the role: `actions = [\"iam:PassRole\"]`, `resources = [aws_iam_role.app.arn]`.",
            Look::Each(POLICIES, pass_role),
        ),
        row(
            "iam-policy-of-user",
            "AWS-0143",
            Low,
            "A policy is granted to a user instead of a group or role",
            "Permissions of single users are forgotten when people change teams.",
            "Grant it to a group and add the user: `aws_iam_group_policy` and `aws_iam_group_membership`.",
            Look::Each(
                &["aws_iam_user_policy", "aws_iam_user_policy_attachment", "aws_iam_policy_attachment"],
                of_user,
            ),
        ),
        row(
            "iam-group-mfa",
            "AWS-0123",
            Medium,
            "A group of IAM users does not ask for a second factor",
            "A stolen password alone is then enough to act as a member.",
            "Deny without it: a group policy with the condition `BoolIfExists: {\"aws:MultiFactorAuthPresent\": \"true\"}`.",
            Look::Each(&["aws_iam_group"], group_mfa),
        ),
        row(
            "iam-root-key",
            "AWS-0141",
            Critical,
            "The root user has an access key",
            "The root user can do everything and cannot be limited: a stolen key is the end of the account.",
            "Remove the key, and give a role or user what is needed.",
            Look::Each(&["aws_iam_access_key"], root_key),
        ),
        row(
            "iam-certificate-expired",
            "AWS-0168",
            Low,
            "A server certificate in IAM has expired",
            "Clients refuse it, or learn to ignore the warning.",
            "Replace it, best by a certificate of ACM that renews itself.",
            Look::Each(&["aws_iam_server_certificate"], expired),
        ),
        row(
            "kms-rotation",
            "AWS-0065",
            Medium,
            "A KMS key is not rotated",
            "The more is encrypted with one key, the more is lost with it.",
            "Rotate it every year: `enable_key_rotation = true`.",
            Look::Each(&["aws_kms_key"], rotation),
        ),
        row(
            "secrets-manager-own-key",
            "AWS-0098",
            Low,
            "A secret is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `kms_key_id = aws_kms_key.secrets.arn`.",
            Look::Value(
                &["aws_secretsmanager_secret"],
                "kms_key_id",
                Want::SetNot(&["alias/aws/secretsmanager"]),
            ),
        ),
        row(
            "ssm-http-secret",
            "AWS-0134",
            Critical,
            "A secret is put into the address of an HTTP request",
            "Whoever runs the configuration sends the secret out, and it stays in logs on the way.",
            "Leave the secret where it is, and let the service that needs it read it there.",
            Look::Whole(http_secrets),
        ),
        row(
            "ssm-parameter-plain",
            "",
            Medium,
            "A parameter whose name says that it is secret is stored in plain text",
            "Everybody who may read parameters reads it, and nothing says who did.",
            "Encrypt it: `type = \"SecureString\"`.",
            Look::Each(&["aws_ssm_parameter"], plain_parameter),
        ),
        row(
            "ami-owner",
            "AWS-0344",
            Low,
            "An image is looked up without saying who owns it",
            "Anybody can publish an image of that name, and the newest wins.",
            "Name the owner: `owners = [\"amazon\"]`.",
            Look::Whole(ami_owners),
        ),
    ],
};

fn password_age(resource: &Resource, hits: &mut Hits<'_>) {
    let age = resource.get("max_password_age");
    match age.as_number() {
        Some(days) if (1.0..=90.0).contains(&days) => {}
        None if age.is_unknown() => {}
        _ => hits.add(resource, &age, format!("`max_password_age` {}; at most 90 is wanted", is(&age))),
    }
}

fn is(value: &Value) -> String {
    if value.is_null() { "is not set".into() } else { format!("is {}", value.show()) }
}

fn own_statements(resource: &Resource) -> Vec<Value> {
    policy::statements(&resource.get("policy"))
}

fn wildcards(resource: &Resource, hits: &mut Hits<'_>) {
    for statement in own_statements(resource) {
        if let Some((value, message)) = policy::wildcard(&statement) {
            hits.add(resource, &value, message);
        }
    }
}

fn all_of_s3(resource: &Resource, hits: &mut Hits<'_>) {
    for statement in own_statements(resource).iter().filter(|statement| policy::allows(statement)) {
        let all = policy::actions(statement).into_iter().find(|action| action.equals("s3:*") == Some(true));
        let anywhere = policy::resources(statement)
            .iter()
            .any(|resource| matches!(resource.as_str(), Some("*" | "arn:aws:s3:::*")));
        if let Some(action) = all.filter(|_| anywhere) {
            hits.add(resource, &action, "`s3:*` on every bucket");
        }
    }
}

fn pass_role(resource: &Resource, hits: &mut Hits<'_>) {
    for statement in own_statements(resource).iter().filter(|statement| policy::allows(statement)) {
        let passes =
            policy::actions(statement).iter().any(|action| action.equals("iam:PassRole") == Some(true));
        let wide = policy::resources(statement)
            .into_iter()
            .find(|resource| resource.as_str().is_some_and(|text| text.contains('*')));
        if let Some(wide) = wide.filter(|_| passes) {
            hits.add(resource, &wide, format!("`iam:PassRole` on {}", wide.show()));
        }
    }
}

fn of_user(resource: &Resource, hits: &mut Hits<'_>) {
    let attribute = if resource.kind == "aws_iam_policy_attachment" { "users" } else { "user" };
    let user = resource.get(attribute);
    if user.is_set() {
        hits.add(resource, &user, "the policy belongs to a user");
    }
}

fn group_mfa(resource: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let mut policies: Vec<Value> =
        graph.about("aws_iam_group_policy", "group", resource).map(|policy| policy.get("policy")).collect();
    for attachment in graph.about("aws_iam_group_policy_attachment", "group", resource).chain(graph.about(
        "aws_iam_policy_attachment",
        "groups",
        resource,
    )) {
        let arn = attachment.get("policy_arn");
        match graph.named("aws_iam_policy", &arn) {
            Some(policy) => policies.push(policy.get("policy")),
            // A policy that is not here may ask for it.
            None => return,
        }
    }
    if policies.iter().any(Value::is_unknown) {
        return;
    }
    let asks = policies.iter().flat_map(policy::statements).any(|statement| {
        let condition = statement.field("Condition");
        condition.is_unknown()
            || condition.as_map().is_some_and(|tests| {
                tests.entries.values().filter_map(Value::as_map).any(|test| {
                    test.entries.keys().any(|key| key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent"))
                })
            })
    });
    if !asks {
        hits.on(resource, "no policy of the group has a condition on `aws:MultiFactorAuthPresent`");
    }
}

fn root_key(resource: &Resource, hits: &mut Hits<'_>) {
    let user = resource.get("user");
    if user.equals("root") == Some(true) {
        hits.add(resource, &user, "the key belongs to the root user");
    }
}

fn expired(resource: &Resource, hits: &mut Hits<'_>) {
    super::others::certificate(resource, "certificate_body", hits);
}

fn rotation(resource: &Resource, hits: &mut Hits<'_>) {
    // Keys that sign, and asymmetric ones, cannot be rotated.
    let usage = resource.get("key_usage");
    let spec = resource.get("customer_master_key_spec");
    let symmetric = spec.is_null() || spec.equals("SYMMETRIC_DEFAULT") == Some(true);
    if (usage.is_null() || usage.equals("ENCRYPT_DECRYPT") == Some(true)) && symmetric {
        hits.want(resource, "enable_key_rotation", Want::On);
    }
}

fn http_secrets(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for request in graph.resources.iter().filter(|resource| resource.data && resource.kind == "http") {
        let address = request.get("url");
        let secret = address.of.as_deref().is_some_and(|of| {
            ["aws_ssm_parameter.", "aws_secretsmanager_secret", "random_password."]
                .iter()
                .any(|kind| of.contains(kind))
        });
        if secret {
            hits.add(request, &address, "the address is made of a secret");
        }
    }
}

fn plain_parameter(resource: &Resource, hits: &mut Hits<'_>) {
    let name = resource.get("name");
    let secret = name.as_str().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ["password", "passwd", "secret", "token", "api_key", "apikey", "private_key"]
            .iter()
            .any(|word| name.contains(word))
    });
    if secret {
        hits.want(resource, "type", Want::IsOrUnset(&["SecureString"]));
    }
    if resource.get("value").as_str().is_some_and(words::has_key)
        && resource.get("type").equals("SecureString") == Some(false)
    {
        hits.add(resource, &resource.get("type"), "the value looks like a key, and is stored in plain text");
    }
}

fn ami_owners(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for image in graph.resources.iter().filter(|resource| resource.data && resource.kind == "aws_ami") {
        let filtered = image.all("filter.name").iter().any(|name| name.equals("owner-id") != Some(false));
        let ids = image.get("image_id").is_set();
        if !filtered && !ids {
            hits.want(image, "owners", Want::Set);
        }
    }
}
