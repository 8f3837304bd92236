//! `coffer audit tail`

use clap::Args;

use super::show;
use crate::arguments::Global;
use crate::failure::Result;
use crate::session;

/// Show the newest rows of the audit trail.
#[derive(Args)]
pub(crate) struct Tail {
    /// How many rows
    #[arg(short = 'n', long, default_value_t = 20, value_name = "N")]
    rows: usize,
}

impl Tail {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let records = session::open(global)?.newest_audit_rows(self.rows)?;
        show::rows(&records, global)
    }
}
