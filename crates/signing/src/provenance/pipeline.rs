//! The variables that pipelines set.

use serde_json::{Value, json};

/// One run of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pipeline {
    pub(super) build_type: String,
    /// Who ran it, a URI.
    pub(super) builder: String,
    /// Address of the run.
    pub(super) invocation: String,
    /// Address of the repository.
    repository: String,
    reference: String,
    pub(super) commit: String,
    /// What in the repository describes the build.
    pub(super) entry: String,
    pub(super) started: Option<String>,
    /// What the user of the pipeline chose.
    pub(super) external: Value,
    /// What the pipeline chose.
    pub(super) internal: Value,
}

type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Pipeline {
    /// The pipeline that is running; none where there is none, or where it does not say what it builds.
    pub(super) fn read(variable: Variable<'_>) -> Option<Self> {
        github(variable).or_else(|| gitlab(variable)).or_else(|| azure(variable))
    }

    /// `git+https://…@ref`.
    pub(super) fn source(&self) -> String {
        if self.reference.is_empty() {
            format!("git+{}", self.repository)
        } else {
            format!("git+{}@{}", self.repository, self.reference)
        }
    }
}

/// Build type and fields of GitHub's own attestations: <https://actions.github.io/buildtypes/workflow/v1>.
fn github(get: Variable<'_>) -> Option<Pipeline> {
    get("GITHUB_ACTIONS").filter(|on| on == "true")?;
    let text = |name: &str| get(name).unwrap_or_default();
    let server = get("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    let name = get("GITHUB_REPOSITORY")?;
    let repository = format!("{server}/{name}");
    let workflow = get("GITHUB_WORKFLOW_REF")?;
    let (path, _) = workflow.split_once('@').unwrap_or((&workflow, ""));
    let path = path.strip_prefix(&format!("{name}/")).unwrap_or(path).to_owned();
    let attempt = get("GITHUB_RUN_ATTEMPT").unwrap_or_else(|| "1".to_owned());
    Some(Pipeline {
        build_type: "https://actions.github.io/buildtypes/workflow/v1".to_owned(),
        builder: format!("{server}/{workflow}"),
        invocation: format!("{repository}/actions/runs/{}/attempts/{attempt}", get("GITHUB_RUN_ID")?),
        external: json!({"workflow": {"ref": text("GITHUB_REF"), "repository": repository, "path": path}}),
        internal: json!({"github": {
            "event_name": text("GITHUB_EVENT_NAME"),
            "repository_id": text("GITHUB_REPOSITORY_ID"),
            "repository_owner_id": text("GITHUB_REPOSITORY_OWNER_ID"),
            "runner_environment": text("RUNNER_ENVIRONMENT"),
        }}),
        repository,
        reference: text("GITHUB_REF"),
        commit: get("GITHUB_SHA")?,
        entry: path,
        started: None,
    })
}

/// As GitLab's runner writes its own provenance (gitlab-runner, `PROVENANCE.md`).
fn gitlab(get: Variable<'_>) -> Option<Pipeline> {
    get("GITLAB_CI").filter(|on| on == "true")?;
    let text = |name: &str| get(name).unwrap_or_default();
    let repository = get("CI_PROJECT_URL")?;
    let version = get("CI_RUNNER_VERSION").unwrap_or_else(|| "main".to_owned());
    Some(Pipeline {
        build_type: format!("https://gitlab.com/gitlab-org/gitlab-runner/-/blob/{version}/PROVENANCE.md"),
        builder: format!("{repository}/-/runners/{}", get("CI_RUNNER_ID")?),
        invocation: get("CI_JOB_URL")?,
        external: json!({
            "source": repository,
            "entryPoint": text("CI_JOB_NAME"),
            "ref": text("CI_COMMIT_REF_NAME"),
        }),
        internal: json!({
            "pipeline_source": text("CI_PIPELINE_SOURCE"),
            "architecture": text("CI_RUNNER_EXECUTABLE_ARCH"),
        }),
        repository,
        reference: text("CI_COMMIT_REF_NAME"),
        commit: get("CI_COMMIT_SHA")?,
        entry: text("CI_JOB_NAME"),
        started: get("CI_JOB_STARTED_AT"),
    })
}

/// Azure Pipelines' predefined variables. No build type is registered for them: this is ours.
fn azure(get: Variable<'_>) -> Option<Pipeline> {
    get("TF_BUILD").filter(|on| on.eq_ignore_ascii_case("true"))?;
    let text = |name: &str| get(name).unwrap_or_default();
    let collection = get("SYSTEM_COLLECTIONURI")?;
    let project = format!("{}/{}", collection.trim_end_matches('/'), get("SYSTEM_TEAMPROJECT")?);
    let repository = get("BUILD_REPOSITORY_URI")?;
    let started = get("SYSTEM_PIPELINESTARTTIME");
    Some(Pipeline {
        build_type: "https://seawall.dev/buildtypes/azure-pipelines/v1".to_owned(),
        builder: format!("{project}/_build?definitionId={}", text("SYSTEM_DEFINITIONID")),
        invocation: format!("{project}/_build/results?buildId={}", get("BUILD_BUILDID")?),
        external: json!({
            "pipeline": text("BUILD_DEFINITIONNAME"),
            "repository": repository,
            "ref": text("BUILD_SOURCEBRANCH"),
        }),
        internal: json!({"reason": text("BUILD_REASON"), "agent": text("AGENT_NAME")}),
        repository,
        reference: text("BUILD_SOURCEBRANCH"),
        commit: get("BUILD_SOURCEVERSION")?,
        entry: text("BUILD_DEFINITIONNAME"),
        // `2026-11-24 09:58:00+00:00` is RFC 3339 but for its space.
        started: started.map(|time| time.replacen(' ', "T", 1)),
    })
}
