//! `coffer policy suggest`

use clap::Args;
use coffer_vault::{Timestamp, suggest_policy};
use serde_json::json;

use crate::arguments::Global;
use crate::failure::Result;
use crate::{output, session};

/// Propose the least policy that allows what someone did, from the audit trail.
///
/// Prints it as JSON for `coffer policy write --file`. Look at it before you use it: what was done is not always what
/// should be allowed.
#[derive(Args)]
pub(crate) struct Suggest {
    /// What this user, or the token with this accessor, did
    #[arg(long, value_name = "WHO")]
    identity: Option<String>,
    /// Since this time, or this long ago
    #[arg(long, value_name = "TIME", value_parser = output::parse_since)]
    since: Option<Timestamp>,
    /// Write + for a segment in which at least this many names differ; 0 never does
    #[arg(long, value_name = "N", default_value_t = 3)]
    generalise: usize,
}

impl Suggest {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let (identity, since) = (self.identity.clone(), self.since);
        let records = session::open(global)?.audit_rows(1, move |record| {
            let actor = &record.event.actor;
            since.is_none_or(|since| record.event.at >= since)
                && identity
                    .as_ref()
                    .is_none_or(|who| actor.user == *who || actor.accessor.as_ref() == Some(who))
        })?;
        output::json(&json!(suggest_policy(&records, self.generalise)))
    }
}
