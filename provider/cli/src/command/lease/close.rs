//! `coffer lease close`

use clap::Args;
use coffer_vault::Error;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Take a lease off the journal after you revoked its credential yourself.
///
/// This revokes nothing. It is for credentials that coffer could not revoke, such as those of a system that is gone.
#[derive(Args)]
pub(crate) struct Close {
    /// The lease, from `coffer lease list`
    lease: String,
}

impl Close {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        if !session::open(global)?.close_lease(&self.lease)? {
            let id = self.lease.clone();
            return Err(Error::NoSuchLease { id }.into());
        }
        if global.format == Format::Json {
            return output::json(&json!({ "closed": self.lease }));
        }
        output::line(&format!("Closed {}.", self.lease))
    }
}
