//! `coffer env`

use clap::Args;
use coffer_backend::{EnvironmentError, EnvironmentSecret, EnvironmentSource, terraform_twin};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, terminal};

/// Read a secret from the environment, for local development.
///
/// Does what the provider's ephemeral resource `coffer_env` does.
/// The value is in the variable NAME, or in the file whose path is in NAME_FILE. As with `coffer get`, it is printed when
/// --reveal is given or stdout is not a terminal.
///
/// The environment is no vault: every program that a shell starts inherits it, it shows in /proc and in crash reports,
/// nothing records who read it, and its age is unknown. Put the value into a vault with
/// `coffer env NAME | coffer put name`.
#[derive(Args)]
pub(crate) struct Env {
    /// The variable's name
    name: String,
    /// Print the value also on a terminal
    #[arg(long)]
    reveal: bool,
    /// What is appended to the name for the variable that names a file; empty for none
    #[arg(long, value_name = "SUFFIX", default_value = "_FILE")]
    file_suffix: String,
    /// Take an empty value for one
    #[arg(long)]
    allow_empty: bool,
}

impl Env {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let found = EnvironmentSecret::read(&self.name, &self.file_suffix, self.allow_empty)
            .map_err(|error| failure(&error))?
            .ok_or_else(|| Failure::Missing {
                what: format!("{} is not set", self.name),
                remedy: match self.file_suffix.as_str() {
                    "" => "set it and export it".to_owned(),
                    suffix => format!(
                        "set it and export it, or set {}{suffix} to the path of a file that holds the value",
                        self.name
                    ),
                },
            })?;
        if let Some(twin) = terraform_twin(&self.name) {
            output::note(&format!(
                "warning: {twin} is set too; Terraform reads it into an input variable, where the value may reach a plan or the state. Unset it."
            ));
        }
        let source = match found.source {
            EnvironmentSource::Variable => "env",
            EnvironmentSource::File => "file",
        };
        let on_screen = terminal::stdout_is_terminal();
        match (global.format, self.reveal || !on_screen) {
            (Format::Text, true) => {
                output::bytes(found.value.danger_expose())?;
                output::bytes(if on_screen { b"\n" } else { b"" })
            }
            (Format::Json, true) => {
                let value = found
                    .value
                    .danger_expose_str()
                    .map_err(|_| Failure::Usage {
                        what: "the value is not text, which JSON cannot hold".into(),
                        remedy: "leave --format json out".into(),
                    })?;
                output::json(&json!({ "name": self.name, "source": source, "value": value }))
            }
            (Format::Json, false) => output::json(&json!({ "name": self.name, "source": source })),
            (Format::Text, false) => output::line(&match found.source {
                EnvironmentSource::Variable => format!("{} is set in the environment.", self.name),
                EnvironmentSource::File => format!(
                    "{} is in the file that {}{} names.",
                    self.name, self.name, self.file_suffix
                ),
            }),
        }
    }
}

fn failure(error: &EnvironmentError) -> Failure {
    Failure::Usage {
        what: error.to_string(),
        remedy: match error {
            EnvironmentError::Empty { .. } => "set it, or say --allow-empty",
            EnvironmentError::File { .. } => "correct the path, or the file's permissions",
            EnvironmentError::ForTerraform => {
                "export the value under another name, and unset this one"
            }
            _ => "correct the variable",
        }
        .to_owned(),
    }
}
