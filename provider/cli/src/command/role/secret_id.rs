//! `coffer role secret-id`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

/// Make a secret id, with which one machine logs in to a role.
///
/// Prints the secret id and nothing else on stdout. It is shown this once.
#[derive(Args)]
pub(crate) struct SecretId {
    /// The role's name
    name: String,
}

impl SecretId {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let made = session::open(global)?.create_secret_id(&self.name)?;
        let text = made
            .secret
            .danger_expose_str()
            .map_err(|error| Failure::Other(error.to_string()))?;
        if global.format == Format::Json {
            return output::json(&json!({ "secret_id": text, "info": made.info }));
        }
        output::line(text)?;
        let uses = u64::from(made.info.uses_left.unwrap_or(0));
        output::note(&format!(
            "Good for {} until {}; revoke it with `coffer token revoke {}`.",
            output::count(uses, "login"),
            output::time(made.info.expires),
            made.info.accessor
        ));
        Ok(())
    }
}
