//! `coffer list`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List secrets.
#[derive(Args)]
pub(crate) struct List {
    /// List only names that start with this
    #[arg(default_value = "")]
    prefix: String,
}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let secrets = session::open(global)?.list(&self.prefix)?;
        if global.format == Format::Json {
            let secrets: Vec<_> = secrets.iter().map(output::secret_json).collect();
            return output::json(&json!({ "secrets": secrets }));
        }
        if secrets.is_empty() {
            let below = match self.prefix.as_str() {
                "" => "The vault is empty.".to_owned(),
                prefix => format!("No name starts with \"{prefix}\"."),
            };
            output::note(&below);
            return Ok(());
        }
        let number = |version: Option<u64>| version.map_or("-".to_owned(), |v| v.to_string());
        let rows: Vec<[String; 4]> = secrets
            .iter()
            .map(|secret| {
                [
                    secret.name.to_string(),
                    number(secret.current),
                    output::time(secret.updated),
                    secret.description.clone().unwrap_or_default(),
                ]
            })
            .collect();
        output::table(["NAME", "CURRENT", "UPDATED", "DESCRIPTION"], &rows)
    }
}
