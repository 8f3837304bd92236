//! `coffer audit export`

use clap::Args;

use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::{output, session};

/// Print the audit trail as JSON lines, one row on each, the oldest first.
#[derive(Args)]
pub(crate) struct Export {
    /// Begin with the row of this number
    #[arg(long, default_value_t = 1, value_name = "ROW")]
    from: u64,
}

impl Export {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let mut lines = String::new();
        for record in session::open(global)?.audit_rows(self.from, |_| true)? {
            let line = serde_json::to_string(&record)
                .map_err(|error| Failure::Other(error.to_string()))?;
            lines.push_str(&line);
            lines.push('\n');
        }
        output::bytes(lines.as_bytes())
    }
}
