//! `coffer versions`

use clap::Args;
use coffer_vault::SecretName;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List the versions of a secret, the oldest first.
#[derive(Args)]
pub(crate) struct Versions {
    /// The secret's name
    name: String,
}

impl Versions {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let versions = session::open(global)?.versions(&name)?;
        if global.format == Format::Json {
            let versions: Vec<_> = versions.iter().map(output::version_json).collect();
            return output::json(&json!({ "versions": versions }));
        }
        let rows: Vec<[String; 5]> = versions
            .iter()
            .map(|version| {
                let stages: Vec<&str> = version.stages.iter().map(|stage| stage.as_str()).collect();
                [
                    version.version.to_string(),
                    output::state(version.state).to_owned(),
                    stages.join(", "),
                    output::time(version.created),
                    version.created_by.clone(),
                ]
            })
            .collect();
        output::table(["VERSION", "STATE", "STAGES", "CREATED", "BY"], &rows)
    }
}
