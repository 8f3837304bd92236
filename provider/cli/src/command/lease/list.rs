//! `coffer lease list`

use clap::Args;
use coffer_vault::{Lease, Timestamp};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List credentials that were handed out and not yet taken back.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let leases = session::open(global)?.leases()?;
        if global.format == Format::Json {
            return output::json(&json!({ "leases": leases }));
        }
        let now = Timestamp::now();
        let rows: Vec<[String; 6]> = leases
            .into_iter()
            .map(|lease| {
                let state = state(&lease, now);
                let expires = output::time(lease.expires);
                let error = lease.last_error.unwrap_or_default();
                [
                    lease.id,
                    lease.name,
                    lease.kind,
                    expires,
                    state.to_owned(),
                    error,
                ]
            })
            .collect();
        output::table(
            ["LEASE", "NAME", "KIND", "EXPIRES", "STATE", "LAST ERROR"],
            &rows,
        )
    }
}

fn state(lease: &Lease, now: Timestamp) -> &'static str {
    if lease.is_irrevocable() {
        "irrevocable"
    } else if lease.is_abandoned(now) {
        "abandoned"
    } else {
        "in use"
    }
}
