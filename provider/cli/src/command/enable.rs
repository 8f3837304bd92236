//! `coffer enable` and `coffer disable`

use clap::Args;
use coffer_vault::SecretName;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// The version that is meant.
#[derive(Args)]
pub(crate) struct OneVersion {
    /// The secret's name
    name: String,
    /// The version's number
    #[arg(long, value_name = "N")]
    version: u64,
}

/// Lets a version be read, or stops it from being read.
pub(crate) fn run(of: &OneVersion, enabled: bool, global: &Global) -> Result<()> {
    let name = SecretName::parse(&of.name)?;
    let version = session::open(global)?.set_enabled(&name, of.version, enabled)?;
    if global.format == Format::Json {
        return output::json(&output::version_json(&version));
    }
    let state = output::state(version.state);
    output::line(&format!(
        "Version {} of {name} is {state}.",
        version.version
    ))
}
