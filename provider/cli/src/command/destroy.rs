//! `coffer destroy`

use clap::Args;
use coffer_vault::SecretName;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Destroy versions of a secret for good.
///
/// The key of each version is deleted and wiped from the file, which is verified. Nothing brings the value back from
/// this file; backups made before may still hold it. A tombstone stays in the list of versions.
#[derive(Args)]
pub(crate) struct Destroy {
    /// The secret's name
    name: String,
    /// The versions' numbers
    #[arg(required = true, value_name = "VERSION")]
    versions: Vec<u64>,
}

impl Destroy {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let destroyed = session::open(global)?.destroy(&name, &self.versions)?;
        if global.format == Format::Json {
            let versions: Vec<_> = destroyed.iter().map(output::version_json).collect();
            return output::json(&json!({ "destroyed": versions }));
        }
        let numbers: Vec<String> = destroyed.iter().map(|v| v.version.to_string()).collect();
        output::line(&format!(
            "Destroyed version {} of {name}; its key is wiped from the file.",
            numbers.join(", ")
        ))
    }
}
