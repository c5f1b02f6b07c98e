//! Provenance: which pipeline built an image from which commit, told from the pipeline's environment (SLSA v1 and v0.2).

mod pipeline;

use serde_json::{Value, json};

use self::pipeline::Pipeline;

/// What is known about a build from the environment it ran in.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    pipeline: Pipeline,
    finished: String,
}

impl Provenance {
    /// Reads GitHub Actions', GitLab's or Azure DevOps' variables; none outside of these. `finished` is RFC 3339.
    pub fn of_pipeline(variable: impl Fn(&str) -> Option<String>, finished: &str) -> Option<Self> {
        let pipeline = Pipeline::read(&|name: &str| variable(name).filter(|value| !value.is_empty()))?;
        Some(Self { pipeline, finished: finished.to_owned() })
    }

    /// The predicate of <https://slsa.dev/provenance/v1>.
    pub fn v1(&self) -> Value {
        let p = &self.pipeline;
        let mut metadata = json!({"invocationId": p.invocation, "finishedOn": self.finished});
        if let Some(started) = &p.started {
            metadata["startedOn"] = json!(started);
        }
        json!({
            "buildDefinition": {
                "buildType": p.build_type,
                "externalParameters": p.external,
                "internalParameters": p.internal,
                "resolvedDependencies": [{"uri": p.source(), "digest": {"gitCommit": p.commit}}],
            },
            "runDetails": {"builder": {"id": p.builder}, "metadata": metadata},
        })
    }

    /// The predicate of <https://slsa.dev/provenance/v0.2>.
    pub fn v0_2(&self) -> Value {
        let p = &self.pipeline;
        let mut metadata = json!({
            "buildInvocationID": p.invocation,
            "buildFinishedOn": self.finished,
            "completeness": {"parameters": false, "environment": false, "materials": false},
            "reproducible": false,
        });
        if let Some(started) = &p.started {
            metadata["buildStartedOn"] = json!(started);
        }
        json!({
            "builder": {"id": p.builder},
            "buildType": p.build_type,
            "invocation": {
                "configSource": {"uri": p.source(), "digest": {"sha1": p.commit}, "entryPoint": p.entry},
                "parameters": p.external,
                "environment": p.internal,
            },
            "metadata": metadata,
            "materials": [{"uri": p.source(), "digest": {"sha1": p.commit}}],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<Provenance> {
        let variables: std::collections::BTreeMap<_, _> = variables.iter().copied().collect();
        Provenance::of_pipeline(|name| variables.get(name).map(|v| (*v).to_owned()), "2026-11-24T10:00:00Z")
    }

    #[test]
    fn github_actions() {
        let provenance = of(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://github.example.com"),
            ("GITHUB_REPOSITORY", "shop/web"),
            ("GITHUB_REPOSITORY_ID", "7"),
            ("GITHUB_REPOSITORY_OWNER_ID", "8"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567"),
            ("GITHUB_WORKFLOW_REF", "shop/web/.github/workflows/build.yml@refs/heads/main"),
            ("GITHUB_RUN_ID", "99"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_EVENT_NAME", "push"),
            ("RUNNER_ENVIRONMENT", "github-hosted"),
        ])
        .unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&provenance.v1()).unwrap(), @r#"
        {
          "buildDefinition": {
            "buildType": "https://actions.github.io/buildtypes/workflow/v1",
            "externalParameters": {
              "workflow": {
                "path": ".github/workflows/build.yml",
                "ref": "refs/heads/main",
                "repository": "https://github.example.com/shop/web"
              }
            },
            "internalParameters": {
              "github": {
                "event_name": "push",
                "repository_id": "7",
                "repository_owner_id": "8",
                "runner_environment": "github-hosted"
              }
            },
            "resolvedDependencies": [
              {
                "digest": {
                  "gitCommit": "0123456789abcdef0123456789abcdef01234567"
                },
                "uri": "git+https://github.example.com/shop/web@refs/heads/main"
              }
            ]
          },
          "runDetails": {
            "builder": {
              "id": "https://github.example.com/shop/web/.github/workflows/build.yml@refs/heads/main"
            },
            "metadata": {
              "finishedOn": "2026-11-24T10:00:00Z",
              "invocationId": "https://github.example.com/shop/web/actions/runs/99/attempts/2"
            }
          }
        }
        "#);
        let old = provenance.v0_2();
        assert_eq!(old["materials"][0]["digest"]["sha1"], "0123456789abcdef0123456789abcdef01234567");
        assert_eq!(old["invocation"]["configSource"]["entryPoint"], ".github/workflows/build.yml");
    }

    #[test]
    fn gitlab() {
        let provenance = of(&[
            ("GITLAB_CI", "true"),
            ("CI_PROJECT_URL", "https://gitlab.example.com/shop/web"),
            ("CI_COMMIT_SHA", "0123456789abcdef0123456789abcdef01234567"),
            ("CI_COMMIT_REF_NAME", "main"),
            ("CI_JOB_NAME", "build"),
            ("CI_JOB_URL", "https://gitlab.example.com/shop/web/-/jobs/12"),
            ("CI_JOB_STARTED_AT", "2026-11-24T09:58:00Z"),
            ("CI_RUNNER_ID", "5"),
            ("CI_RUNNER_VERSION", "18.1.0"),
            ("CI_PIPELINE_SOURCE", "push"),
        ])
        .unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&provenance.v1()).unwrap(), @r#"
        {
          "buildDefinition": {
            "buildType": "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/18.1.0/PROVENANCE.md",
            "externalParameters": {
              "entryPoint": "build",
              "ref": "main",
              "source": "https://gitlab.example.com/shop/web"
            },
            "internalParameters": {
              "architecture": "",
              "pipeline_source": "push"
            },
            "resolvedDependencies": [
              {
                "digest": {
                  "gitCommit": "0123456789abcdef0123456789abcdef01234567"
                },
                "uri": "git+https://gitlab.example.com/shop/web@main"
              }
            ]
          },
          "runDetails": {
            "builder": {
              "id": "https://gitlab.example.com/shop/web/-/runners/5"
            },
            "metadata": {
              "finishedOn": "2026-11-24T10:00:00Z",
              "invocationId": "https://gitlab.example.com/shop/web/-/jobs/12",
              "startedOn": "2026-11-24T09:58:00Z"
            }
          }
        }
        "#);
    }

    #[test]
    fn azure_devops() {
        let provenance = of(&[
            ("TF_BUILD", "True"),
            ("SYSTEM_COLLECTIONURI", "https://dev.azure.example.com/shop/"),
            ("SYSTEM_TEAMPROJECT", "web"),
            ("SYSTEM_DEFINITIONID", "3"),
            ("BUILD_REPOSITORY_URI", "https://dev.azure.example.com/shop/web/_git/web"),
            ("BUILD_SOURCEVERSION", "0123456789abcdef0123456789abcdef01234567"),
            ("BUILD_SOURCEBRANCH", "refs/heads/main"),
            ("BUILD_BUILDID", "41"),
            ("BUILD_DEFINITIONNAME", "web-build"),
            ("BUILD_REASON", "IndividualCI"),
            ("SYSTEM_PIPELINESTARTTIME", "2026-11-24 09:58:00+00:00"),
        ])
        .unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&provenance.v1()).unwrap(), @r#"
        {
          "buildDefinition": {
            "buildType": "https://seawall.dev/buildtypes/azure-pipelines/v1",
            "externalParameters": {
              "pipeline": "web-build",
              "ref": "refs/heads/main",
              "repository": "https://dev.azure.example.com/shop/web/_git/web"
            },
            "internalParameters": {
              "agent": "",
              "reason": "IndividualCI"
            },
            "resolvedDependencies": [
              {
                "digest": {
                  "gitCommit": "0123456789abcdef0123456789abcdef01234567"
                },
                "uri": "git+https://dev.azure.example.com/shop/web/_git/web@refs/heads/main"
              }
            ]
          },
          "runDetails": {
            "builder": {
              "id": "https://dev.azure.example.com/shop/web/_build?definitionId=3"
            },
            "metadata": {
              "finishedOn": "2026-11-24T10:00:00Z",
              "invocationId": "https://dev.azure.example.com/shop/web/_build/results?buildId=41",
              "startedOn": "2026-11-24T09:58:00+00:00"
            }
          }
        }
        "#);
    }

    #[test]
    fn a_laptop_is_no_builder() {
        assert_eq!(of(&[("USER", "ana"), ("GITHUB_SHA", "1")]), None);
        // A pipeline that does not say which commit it built says too little.
        assert_eq!(of(&[("GITLAB_CI", "true"), ("CI_PROJECT_URL", "https://gitlab.example.com/x")]), None);
    }
}
