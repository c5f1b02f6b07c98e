//! The written forms of a report: one file each, and one line in [`FORMS`].

mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;

use crate::Report;

/// A written form: a projection of the report, with no knowledge of its own.
#[derive(Clone, Copy)]
pub struct Form {
    /// What it is asked for by.
    pub name: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// Writes it.
    pub write: fn(&Report) -> Result<String, FormError>,
}

/// Every form that needs no more than the report.
pub const FORMS: &[Form] = &[
    Form { name: "json", about: "The whole report (docs/report.schema.json)", write: json::write },
    Form { name: "sarif", about: "SARIF 2.1.0, as GitHub code scanning takes it", write: sarif::write },
    Form { name: "html", about: "A page in one file", write: html::write },
    Form { name: "markdown", about: "A comment for a pull request", write: markdown::write },
    Form { name: "junit", about: "JUnit XML: a test case for each finding", write: junit::write },
    Form { name: "gitlab", about: "GitLab container scanning report, schema 15", write: gitlab::write },
    Form { name: "github", about: "GitHub Actions annotations", write: github::write },
];

/// The form of that name.
pub fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Form").field(&self.name).finish()
    }
}

/// Why a form could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// A value that JSON cannot hold.
    #[error("the report cannot be written as JSON")]
    Json(#[source] serde_json::Error),
    /// The XML writer gave up.
    #[error("the report cannot be written as XML")]
    Xml(#[source] std::io::Error),
    /// A time of the report is not in the form that the format needs.
    #[error("the report's time `{time}` is no RFC 3339 time")]
    Time {
        /// As the report has it.
        time: String,
        /// What is wrong with it.
        #[source]
        source: jiff::Error,
    },
}

/// The version that forms name as their tool's.
const VERSION: &str = env!("CARGO_PKG_VERSION");
