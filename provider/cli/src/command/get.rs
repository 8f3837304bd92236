//! `coffer get`

use clap::Args;
use coffer_vault::{Secret, SecretName, SecretVersion, Stage, VersionSelector};
use serde_json::{Value, json};

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session, terminal};

/// Read a secret.
///
/// Prints the value and nothing else when --reveal is given or stdout is not a terminal; otherwise prints what is
/// known about the secret, so that a value does not end up on a screen by accident. On a terminal the value is
/// followed by a line break; in a pipe or a file it is written byte for byte.
#[derive(Args)]
pub(crate) struct Get {
    /// The secret's name, such as prod/db
    name: String,
    /// Print the value also on a terminal
    #[arg(long)]
    reveal: bool,
    /// Read the version of this number
    #[arg(long, value_name = "N", conflicts_with = "stage")]
    version: Option<u64>,
    /// Read the version of this stage: current, pending or previous
    #[arg(long, value_name = "STAGE")]
    stage: Option<Stage>,
    /// Print one field of a value that is a JSON object
    #[arg(long, value_name = "FIELD")]
    key: Option<String>,
}

impl Get {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let which = match (self.version, self.stage) {
            (Some(version), _) => VersionSelector::Version(version),
            (None, Some(stage)) => VersionSelector::Stage(stage),
            (None, None) => VersionSelector::Current,
        };
        let vault = session::open(global)?;
        let on_screen = terminal::stdout_is_terminal();
        if on_screen && !self.reveal {
            let version = vault.version_metadata(&name, which)?;
            if global.format == Format::Json {
                return output::json(&output::version_json(&version));
            }
            output::line(&format!(
                "{name}, version {} of {}, {}",
                version.version,
                output::time(version.created),
                output::state(version.state)
            ))?;
            output::note("The value is not shown on a terminal; --reveal shows it.");
            return Ok(());
        }
        let found = vault.get(&name, which)?;
        let value = match &self.key {
            Some(key) => field(&found, key)?,
            None => found.value.clone(),
        };
        if global.format == Format::Json {
            return print_json(&found, &value);
        }
        output::bytes(value.danger_expose())?;
        if on_screen { output::line("") } else { Ok(()) }
    }
}

/// One field of a value that is a JSON object: text as it is, anything else as JSON.
fn field(found: &SecretVersion, key: &str) -> Result<Secret> {
    let name = &found.metadata.name;
    let usage = |what: String, remedy: String| Failure::Usage { what, remedy };
    let object = match serde_json::from_slice(found.value.danger_expose()) {
        Ok(Value::Object(object)) => object,
        // The parser's own words could quote the value.
        _ => {
            return Err(usage(
                format!(
                    "the value of \"{name}\" is not a JSON object, so it has no field \"{key}\""
                ),
                "read it without --key".into(),
            ));
        }
    };
    match object.get(key) {
        Some(Value::String(text)) => Ok(Secret::copy_from(text.as_bytes())),
        Some(value) => Ok(Secret::from(value.to_string())),
        None => {
            let fields: Vec<&str> = object.keys().map(String::as_str).collect();
            Err(usage(
                format!("the value of \"{name}\" has no field \"{key}\""),
                format!("its fields are: {}", fields.join(", ")),
            ))
        }
    }
}

fn print_json(found: &SecretVersion, value: &Secret) -> Result<()> {
    let mut json = output::version_json(&found.metadata);
    if let Some(object) = json.as_object_mut() {
        match value.danger_expose_str() {
            Ok(text) => object.insert("value".into(), json!(text)),
            Err(_) => object.insert("value_hex".into(), json!(hex(value.danger_expose()))),
        };
    }
    output::json(&json)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
