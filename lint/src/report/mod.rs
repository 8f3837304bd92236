//! Reports, one file for each format.

pub mod checkstyle;
pub mod csv;
pub mod entry;
pub mod frame;
pub mod github;
pub mod gitlab;
pub mod gitlab_secrets;
pub mod html;
pub mod json;
pub mod junit;
pub mod look;
pub mod markdown;
pub mod mask;
pub mod sarif;
pub mod short;
mod snippet;
pub mod statistics;
pub mod text;
mod xml;

use std::io::{self, Write};

use look::Look;

use crate::run::Outcome;

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Code frames for people.
    Text,
    /// One line for each finding, grouped by file.
    Short,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab code quality.
    Gitlab,
    /// GitLab secret detection.
    GitlabSecrets,
    /// JUnit XML.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// Comma-separated values.
    Csv,
    /// A summary for pull requests.
    Markdown,
    /// One page that stands alone.
    Html,
}

impl Format {
    /// Writes a report in this form.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(self, outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
        self.write_for(outcome, Look::default(), out)
    }

    /// Writes a report in this form, with the looks that the forms for people heed.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_for(self, outcome: &Outcome, look: Look, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Text => text::write(outcome, look, out),
            Self::Short => short::write(outcome, look, out),
            Self::Json => json::write(outcome, out),
            Self::Jsonl => json::write_lines(outcome, out),
            Self::Sarif => sarif::write(outcome, out),
            Self::Github => github::write(outcome, out),
            Self::Gitlab => gitlab::write(outcome, out),
            Self::GitlabSecrets => gitlab_secrets::write(outcome, out),
            Self::Junit => junit::write(outcome, out),
            Self::Checkstyle => checkstyle::write(outcome, out),
            Self::Csv => csv::write(outcome, out),
            Self::Markdown => markdown::write(outcome, out),
            Self::Html => html::write(outcome, out),
        }
    }
}
