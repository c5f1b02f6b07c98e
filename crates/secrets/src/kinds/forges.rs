//! Forges: GitHub, GitLab, Bitbucket, Gitea and what belongs to them.

use seawall_findings::Severity::{Critical, High};

use crate::check::{base62_crc, mixed};
use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token("github-pat", "GitHub personal access token", Critical, &["ghp_"], r"ghp_[0-9a-zA-Z]{36}")
        .open_right()
        .check(base62_crc),
    token("github-oauth", "GitHub OAuth token", Critical, &["gho_"], r"gho_[0-9a-zA-Z]{36}")
        .open_right()
        .check(base62_crc),
    token(
        "github-app-token",
        "GitHub App token",
        Critical,
        &["ghu_", "ghs_"],
        r"(?:ghs_\d+_[0-9a-zA-Z._-]{36,}|gh[us]_[0-9a-zA-Z]{36})",
    )
    .open_right()
    .longest(1100)
    .check(base62_crc),
    token("github-refresh-token", "GitHub refresh token", Critical, &["ghr_"], r"ghr_[0-9a-zA-Z]{76}")
        .open_right()
        .check(base62_crc),
    token(
        "github-fine-grained-pat",
        "GitHub fine-grained personal access token",
        Critical,
        &["github_pat_"],
        r"github_pat_[a-zA-Z0-9]{22}_[a-zA-Z0-9]{59}",
    )
    .open_left(),
    token(
        "gitlab-pat",
        "GitLab personal access token",
        Critical,
        &["glpat-"],
        r"glpat-[0-9a-zA-Z_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
    ),
    token("gitlab-deploy-token", "GitLab deploy token", Critical, &["gldt-"], r"gldt-[0-9a-zA-Z_-]{20,300}"),
    token(
        "gitlab-runner-token",
        "GitLab runner token",
        Critical,
        &["glrt-", "glrtr-", "GR1348941"],
        r"(?:glrtr?-|GR1348941)[0-9a-zA-Z_.-]{20,300}",
    ),
    token(
        "gitlab-trigger-token",
        "GitLab pipeline trigger token",
        High,
        &["glptt-"],
        r"glptt-[0-9a-zA-Z_.-]{20,300}",
    ),
    token(
        "gitlab-ci-job-token",
        "GitLab job token",
        High,
        &["glcbt-"],
        r"glcbt-[0-9a-zA-Z]{1,5}_[0-9a-zA-Z_-]{20,300}",
    ),
    token("gitlab-scim-token", "GitLab SCIM token", High, &["glsoat-"], r"glsoat-[0-9a-zA-Z_-]{20,300}"),
    token(
        "gitlab-agent-token",
        "GitLab agent for Kubernetes token",
        Critical,
        &["glagent-"],
        r"glagent-[0-9a-zA-Z_-]{50,300}",
    ),
    token(
        "gitlab-oauth-secret",
        "GitLab OAuth application secret",
        High,
        &["gloas-"],
        r"gloas-[0-9a-zA-Z_-]{64}",
    ),
    token("gitlab-feed-token", "GitLab feed token", High, &["glft-"], r"glft-[0-9a-zA-Z_-]{20,300}"),
    token(
        "gitlab-incoming-mail-token",
        "GitLab incoming mail token",
        High,
        &["glimt-"],
        r"glimt-[0-9a-zA-Z_-]{25,300}",
    ),
    token(
        "gitlab-feature-flag-token",
        "GitLab feature flags client token",
        High,
        &["glffct-"],
        r"glffct-[0-9a-zA-Z_-]{20,300}",
    ),
    token(
        "gitlab-session-cookie",
        "GitLab session cookie",
        High,
        &["_gitlab_session="],
        r"_gitlab_session=(?P<secret>[0-9a-z]{32})",
    ),
    token(
        "bitbucket-app-password",
        "Bitbucket app password or repository token",
        High,
        &["ATBB", "ATCTT3"],
        r"(?:ATBB[A-Za-z0-9]{32}|ATCTT3[A-Za-z0-9_=-]{180,300})",
    ),
    assigned("bitbucket-client-id", "Bitbucket client id", High, &["bitbucket"], r"[a-z0-9]{32}")
        .check(mixed),
    assigned("bitbucket-client-secret", "Bitbucket client secret", High, &["bitbucket"], r"[a-z0-9_-]{64}"),
    token(
        "atlassian-api-token-signed",
        "Atlassian API token",
        High,
        &["ATATT3"],
        r"ATATT3[A-Za-z0-9_=-]{180,300}",
    ),
    assigned(
        "atlassian-api-token",
        "Atlassian API token",
        High,
        &["atlassian", "jira", "confluence"],
        r"[a-z0-9]{24}",
    )
    .check(mixed),
    assigned("gitea-token", "Gitea or Forgejo token", High, &["gitea", "forgejo"], r"[a-f0-9]{40}").bare(),
    token(
        "sourcegraph-token",
        "Sourcegraph token",
        High,
        &["sgp_", "slk_"],
        r"(?:sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}|slk_[a-f0-9]{64})",
    ),
];
