//! `ephemeral "coffer_env"`

use std::path::PathBuf;

use coffer_plugin::{Context, Diagnostic, EphemeralResource, Model, Opened, Result, Value};
use coffer_vault::Secret;

use crate::Coffer;
use crate::secret_text::SecretText;

/// Reads a secret from the environment, for development and for pipelines that hand secrets over that way.
///
/// The environment is no vault: every child process inherits it, it shows in `/proc` and in crash reports, nothing
/// records who read it, and its age is unknown. With the usual suffix, `NAME_FILE` names a file that holds the value.
#[derive(Model)]
pub(crate) struct EnvironmentValue {
    /// The variable's name.
    #[attr(required, validate = variable_name)]
    name: Value<String>,
    /// What is appended to the name for the variable that names a file instead. `_FILE` unless set; empty for none.
    #[attr(optional)]
    file_suffix: Value<String>,
    /// Whether a variable that is not set is an error. `true` unless set; the value is null otherwise.
    #[attr(optional)]
    required: Value<bool>,
    /// Whether an empty value counts as one. `false` unless set.
    #[attr(optional)]
    allow_empty: Value<bool>,
    /// The value. A line break at the end of a file is not part of it.
    #[attr(computed, sensitive)]
    value: Value<SecretText>,
    /// Where it was found: `env` or `file`. Null if it was not.
    #[attr(computed)]
    source: Value<String>,
}

fn variable_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err("The name of an environment variable is not empty and has no \"=\" in it.");
    }
    if name.starts_with("TF_VAR_") {
        return Err(
            "Terraform reads TF_VAR_ variables into input variables, where they may reach the state. Use another name.",
        );
    }
    Ok(())
}

impl EphemeralResource for EnvironmentValue {
    type Provider = Coffer;
    type Lease = ();
    const TYPE_NAME: &'static str = "coffer_env";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        let name = config.name.clone().require("name")?;
        let suffix = config
            .file_suffix
            .clone()
            .known_or_else(|| "_FILE".to_owned());
        let found = match variable(&name)? {
            Some(text) => Some((text, "env")),
            None if suffix.is_empty() => None,
            None => match variable(&format!("{name}{suffix}"))? {
                Some(path) => {
                    let path = PathBuf::from(path.danger_expose());
                    Some((ctx.blocking(move || file(&path)).await?, "file"))
                }
                None => None,
            },
        };
        let allow_empty = config.allow_empty.as_known().copied().unwrap_or(false);
        let found = match found {
            Some((value, _)) if value.is_empty() && !allow_empty => {
                return Err(Diagnostic::error(
                    format!("{name} is empty"),
                    "An empty secret is hardly meant. Set the variable, or allow_empty = true.",
                )
                .at("name")
                .into());
            }
            None if config.required.as_known().copied().unwrap_or(true) => {
                let file = if suffix.is_empty() {
                    String::new()
                } else {
                    format!(", or {name}{suffix} to the path of a file that holds the value")
                };
                return Err(Diagnostic::error(
                    format!("{name} is not set"),
                    format!("Set the variable{file}; or make it optional with required = false."),
                )
                .at("name")
                .into());
            }
            found => found,
        };
        let source = found.as_ref().map(|(_, source)| (*source).to_owned());
        Ok(Opened::new(Self {
            value: found.map(|(value, _)| value).into(),
            source: source.into(),
            ..config
        }))
    }
}

/// The variable `name`, where it is set.
fn variable(name: &str) -> Result<Option<SecretText>, Diagnostic> {
    match std::env::var(name) {
        Ok(text) => Ok(Some(text.into())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Diagnostic::error(
            format!("{name} is not text"),
            "Terraform's values are UTF-8. Hand binary values over in base64.",
        )
        .at("name")),
    }
}

/// The content of a file, without the line break at its end.
fn file(path: &std::path::Path) -> Result<SecretText, Diagnostic> {
    let failed = |why: String| {
        let detail = format!("The file {} cannot be used: {why}.", path.display());
        Diagnostic::error("The secret's file cannot be read", detail).at("name")
    };
    let mut bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    SecretText::new(Secret::new(bytes)).ok_or_else(|| failed("it is not UTF-8".to_owned()))
}
