//! Secrets in the environment, by the usual convention: `NAME` holds the value, or `NAME_FILE` the path of a file that does.

use std::env::{self, VarError};
use std::path::{Path, PathBuf};

use coffer_vault::Secret;
use thiserror::Error;

/// What Terraform reads into input variables, where a value may reach the state.
pub const TERRAFORM_PREFIX: &str = "TF_VAR_";

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentSource {
    /// In the variable.
    Variable,
    /// In the file that the other variable names.
    File,
}

/// A secret that the environment holds.
#[derive(Clone)]
pub struct EnvironmentSecret {
    /// The value; without the line break at the end, where it comes from a file.
    pub value: Secret,
    /// Where it was found.
    pub source: EnvironmentSource,
}

/// Why the environment gives no secret. No variant carries a value.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The name can be none.
    #[error("the name of an environment variable is not empty and has no \"=\" in it")]
    NoName,
    /// Terraform reads this one itself.
    #[error(
        "Terraform reads {TERRAFORM_PREFIX} variables into input variables, where they may reach the state; use another name"
    )]
    ForTerraform,
    /// The variable is not text.
    #[error("{variable} is not text; hand binary values over in base64, or in a file")]
    NotText {
        /// The variable.
        variable: String,
    },
    /// The value is empty.
    #[error("{name} is empty, and an empty secret is hardly meant")]
    Empty {
        /// The name that was asked for.
        name: String,
    },
    /// The file cannot be read.
    #[error("the file {path} that {variable} names cannot be read: {why}")]
    File {
        /// The variable.
        variable: String,
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
}

impl EnvironmentSecret {
    /// Reads `name`, or the file that `name` with `file_suffix` names, unless the suffix is empty; none where neither is
    /// set.
    ///
    /// # Errors
    /// Where the name is none, the value is empty and that is not allowed, or the file cannot be read.
    pub fn read(
        name: &str,
        file_suffix: &str,
        allow_empty: bool,
    ) -> Result<Option<Self>, EnvironmentError> {
        check_name(name)?;
        let found = match variable(name)? {
            Some(text) => Some(Self {
                value: Secret::from(text),
                source: EnvironmentSource::Variable,
            }),
            None if file_suffix.is_empty() => None,
            None => {
                let variable_of_file = format!("{name}{file_suffix}");
                match variable(&variable_of_file)?.filter(|path| !path.is_empty()) {
                    Some(path) => Some(Self {
                        value: file(&variable_of_file, Path::new(&path))?,
                        source: EnvironmentSource::File,
                    }),
                    None => None,
                }
            }
        };
        match found {
            Some(found) if found.value.is_empty() && !allow_empty => Err(EnvironmentError::Empty {
                name: name.to_owned(),
            }),
            found => Ok(found),
        }
    }
}

/// Refuses what can be no name, and what Terraform reads itself.
///
/// # Errors
/// [`EnvironmentError::NoName`], [`EnvironmentError::ForTerraform`].
pub fn check_name(name: &str) -> Result<(), EnvironmentError> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(EnvironmentError::NoName);
    }
    if name.starts_with(TERRAFORM_PREFIX) {
        return Err(EnvironmentError::ForTerraform);
    }
    Ok(())
}

/// The `TF_VAR_` variable of the same name, in whatever case, where it is set: then the value is likely in an input
/// variable as well, and with it in a plan or a state.
pub fn terraform_twin(name: &str) -> Option<String> {
    env::vars_os()
        .filter_map(|(variable, _)| variable.into_string().ok())
        .find(|variable| {
            variable
                .strip_prefix(TERRAFORM_PREFIX)
                .is_some_and(|rest| rest.eq_ignore_ascii_case(name))
        })
}

fn variable(name: &str) -> Result<Option<String>, EnvironmentError> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(EnvironmentError::NotText {
            variable: name.to_owned(),
        }),
    }
}

/// The content of a file, without the line break at its end.
fn file(variable: &str, path: &Path) -> Result<Secret, EnvironmentError> {
    let mut bytes = std::fs::read(path).map_err(|error| EnvironmentError::File {
        variable: variable.to_owned(),
        path: path.to_path_buf(),
        why: error.to_string(),
    })?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Ok(Secret::new(bytes))
}
