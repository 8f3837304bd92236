//! `coffer rotate exposed`

use clap::Args;
use coffer_backend::SecretStore as _;
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::machine::Error as RotateError;
use coffer_rotation::state::{Exposure, State};
use coffer_vault::SecretName;
use serde_json::json;

use super::store;
use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::output;
use crate::runtime::block_on;

/// Mark the current version of a secret as known to others: after a finding or an alert.
///
/// With rotate_on_exposure in its policy, the next run rotates it. Nothing is rotated or revoked by the mark itself.
#[derive(Args)]
pub(crate) struct Exposed {
    /// The secret's name
    name: String,
    /// Why: a finding's fingerprint, an alert, a ticket. It must not hold the value
    #[arg(long, value_name = "TEXT")]
    because: String,
}

impl Exposed {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let store = store(global)?;
        block_on(async {
            let found = store.metadata(&name).await?;
            let mut state = State::of(&found).map_err(RotateError::from)?;
            let version = found
                .current
                .ok_or_else(|| Failure::Other(format!("{name} has no current version")))?;
            state.exposed = Some(Exposure {
                version,
                at: SystemClock.now(),
                why: self.because.clone(),
            });
            store.update(&name, state.change(&found)).await?;
            match global.format {
                Format::Json => output::json(&json!({ "name": name.as_str(), "version": version })),
                Format::Text => output::line(&format!(
                    "Version {version} of {name} is marked as exposed."
                )),
            }
        })
    }
}
