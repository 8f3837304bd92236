//! `coffer policy remove`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Remove a policy. Tokens that have it lose its rules.
#[derive(Args)]
pub(crate) struct Remove {
    /// The policy's name
    name: String,
}

impl Remove {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        session::open(global)?.remove_policy(&self.name)?;
        if global.format == Format::Json {
            return output::json(&json!({ "removed": self.name }));
        }
        output::line(&format!("Removed the policy {}.", self.name))
    }
}
