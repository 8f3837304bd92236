//! `ephemeral "coffer_env"`

use coffer_backend::{
    EnvironmentError, EnvironmentSecret, EnvironmentSource, check_name, terraform_twin,
};
use coffer_plugin::{Context, Diagnostic, EphemeralResource, Model, Opened, Result, Value};

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
    match check_name(name) {
        Ok(()) => Ok(()),
        Err(EnvironmentError::ForTerraform) => Err(
            "Terraform reads TF_VAR_ variables into input variables, where they may reach the state. Use another name.",
        ),
        Err(_) => Err("The name of an environment variable is not empty and has no \"=\" in it."),
    }
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
        let allow_empty = config.allow_empty.as_known().copied().unwrap_or(false);
        let found = {
            let (name, suffix) = (name.clone(), suffix.clone());
            ctx.blocking(move || {
                EnvironmentSecret::read(&name, &suffix, allow_empty).map_err(|error| told(&error))
            })
            .await?
        };
        if found.is_none() && config.required.as_known().copied().unwrap_or(true) {
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
        if let Some(twin) = found.as_ref().and_then(|_| terraform_twin(&name)) {
            ctx.warn(
                format!("{name} is also set as {twin}"),
                "Terraform reads that one into an input variable, where the value may reach a plan or the state. Unset it.",
            );
        }
        let source = found.as_ref().map(|found| match found.source {
            EnvironmentSource::Variable => "env".to_owned(),
            EnvironmentSource::File => "file".to_owned(),
        });
        let value = match found {
            Some(found) => Some(SecretText::new(found.value).ok_or_else(|| {
                Diagnostic::error(
                    "The secret's file is not text",
                    "Terraform's values are UTF-8. Hand binary values over in base64.",
                )
                .at("name")
            })?),
            None => None,
        };
        Ok(Opened::new(Self {
            value: value.into(),
            source: source.into(),
            ..config
        }))
    }
}

fn told(error: &EnvironmentError) -> Diagnostic {
    let diagnostic = match error {
        EnvironmentError::Empty { name } => Diagnostic::error(
            format!("{name} is empty"),
            "An empty secret is hardly meant. Set the variable, or allow_empty = true.",
        ),
        EnvironmentError::File { .. } => {
            Diagnostic::error("The secret's file cannot be read", format!("{error}."))
        }
        other => Diagnostic::error("The variable cannot be used", format!("{other}.")),
    };
    diagnostic.at("name")
}
