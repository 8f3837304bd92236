//! `coffer promote`

use clap::Args;
use coffer_vault::{MetadataChange, SecretName, Stage, VersionSelector};

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Make a version current.
///
/// The current one becomes previous. This also takes a bad change back.
#[derive(Args)]
pub(crate) struct Promote {
    /// The secret's name
    name: String,
    /// The version; without it, the pending one
    #[arg(long, value_name = "N")]
    version: Option<u64>,
}

impl Promote {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let vault = session::open(global)?;
        let version = match self.version {
            Some(version) => version,
            None => {
                vault
                    .version_metadata(&name, VersionSelector::Stage(Stage::Pending))?
                    .version
            }
        };
        let secret = vault.promote(&name, version, MetadataChange::default())?;
        if global.format == Format::Json {
            return output::json(&output::secret_json(&secret));
        }
        output::line(&format!("Version {version} of {name} is current."))
    }
}
