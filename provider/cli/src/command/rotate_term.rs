//! `coffer rotate-term`

use clap::Args;
use coffer_vault::Progress as _;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::progress::Bar;
use crate::{output, session};

/// How many secrets one transaction brings along, so that other processes get their turn in between.
const BATCH: u64 = 200;

/// Give a scope a new key for what is written from now on.
///
/// Nothing that exists is rewritten unless you ask with --rewrap.
#[derive(Args)]
pub(crate) struct RotateTerm {
    /// The scope's prefix; without it, the scope of all names that have no other
    #[arg(default_value = "")]
    prefix: String,
    /// Also bring what exists under the new key, and remove the old ones
    #[arg(long)]
    rewrap: bool,
}

impl RotateTerm {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let vault = session::open(global)?;
        let scope = vault.rotate_term(&self.prefix)?;
        let mut rewrapped: u64 = 0;
        if self.rewrap {
            let bar = Bar::new("rewrapping secrets", global);
            loop {
                let progress = vault.rewrap(&self.prefix, BATCH)?;
                rewrapped = rewrapped.saturating_add(progress.done);
                bar.at(rewrapped, rewrapped.saturating_add(progress.left));
                if progress.left == 0 {
                    break;
                }
            }
        }
        if global.format == Format::Json {
            return output::json(&json!({ "term": scope.term, "rewrapped": rewrapped }));
        }
        output::line(&format!(
            "Term {} is in use; {} rewrapped.",
            scope.term,
            output::count(rewrapped, "secret")
        ))
    }
}
