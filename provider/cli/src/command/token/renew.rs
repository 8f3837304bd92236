//! `coffer token renew`

use clap::Args;
use coffer_vault::SignedDuration;
use serde_json::json;

use super::accessor;
use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Let a token live longer, up to its maximum. A token can renew itself.
#[derive(Args)]
pub(crate) struct Renew {
    /// The token's accessor; without it, the token in COFFER_TOKEN
    accessor: Option<String>,
    /// How long from now
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = output::parse_duration)]
    ttl: SignedDuration,
}

impl Renew {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let vault = session::open(global)?;
        let accessor = accessor(&vault, self.accessor.as_deref())?;
        let token = vault.renew_token(&accessor, self.ttl)?;
        if global.format == Format::Json {
            return output::json(&json!(token));
        }
        output::line(&format!("Valid until {}.", output::time(token.expires)))
    }
}
