//! `coffer undelete`

use clap::Args;
use coffer_vault::SecretName;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Bring a deleted secret back.
#[derive(Args)]
pub(crate) struct Undelete {
    /// The secret's name
    name: String,
}

impl Undelete {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let secret = session::open(global)?.restore(&name)?;
        if global.format == Format::Json {
            return output::json(&output::secret_json(&secret));
        }
        output::line(&format!("{name} is back."))
    }
}
