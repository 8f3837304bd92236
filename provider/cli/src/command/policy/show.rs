//! `coffer policy show`

use clap::Args;
use serde_json::json;

use crate::arguments::Global;
use crate::failure::Result;
use crate::{output, session};

/// Show a policy, as `coffer policy write --file` takes it.
#[derive(Args)]
pub(crate) struct Show {
    /// The policy's name
    name: String,
}

impl Show {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        output::json(&json!(session::open(global)?.policy(&self.name)?))
    }
}
