//! `coffer delete`

use clap::Args;
use coffer_vault::{SecretName, Timestamp};

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// Delete a secret; `coffer undelete` brings it back for a while.
#[derive(Args)]
pub(crate) struct Delete {
    /// The secret's name
    name: String,
    /// For how many days it can be brought back
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    recovery_days: u16,
    /// Remove it at once and for good, with all its versions
    #[arg(long, conflicts_with = "recovery_days")]
    purge: bool,
}

impl Delete {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let vault = session::open(global)?;
        if self.purge {
            vault.purge(&name)?;
            return match global.format {
                Format::Json => output::json(&serde_json::json!({ "purged": name.as_str() })),
                Format::Text => output::line(&format!(
                    "Removed {name}; its keys are wiped from the file."
                )),
            };
        }
        let window = i64::from(self.recovery_days).saturating_mul(SECONDS_PER_DAY);
        let until = Timestamp::from_second(Timestamp::now().as_second().saturating_add(window))
            .map_err(|error| Failure::Other(error.to_string()))?;
        let secret = vault.delete(&name, until)?;
        if global.format == Format::Json {
            return output::json(&output::secret_json(&secret));
        }
        output::line(&format!(
            "Deleted {name}. `coffer undelete {name}` brings it back until {}.",
            output::time(until)
        ))
    }
}
