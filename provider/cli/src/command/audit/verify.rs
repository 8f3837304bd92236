//! `coffer audit verify`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

/// Find rows of the audit trail that were changed, removed, moved or inserted.
///
/// Ends with exit code 8 where something is wrong.
#[derive(Args)]
pub(crate) struct Verify {
    /// Also compare with a checkpoint that was printed before; may be repeated
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
}

impl Verify {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let mut checkpoints = Vec::new();
        for path in &self.checkpoint {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::Other(format!("{} could not be read: {error}", path.display()))
            })?;
            checkpoints.push(text);
        }
        let report = session::open(global)?.verify_audit(&checkpoints)?;
        if global.format == Format::Json {
            let problems: Vec<_> = report
                .problems
                .iter()
                .map(|problem| json!({ "row": problem.row, "what": problem.what }))
                .collect();
            output::json(
                &json!({ "rows": report.rows, "head": report.head, "problems": problems }),
            )?;
        } else {
            for problem in &report.problems {
                output::line(&format!("row {}: {}", problem.row, problem.what))?;
            }
        }
        match report.problems.first() {
            Some(first) => Err(Failure::ProblemsFound(format!(
                "the audit trail was tampered with; the first row concerned is {}",
                first.row
            ))),
            None if global.format == Format::Json => Ok(()),
            None => output::line(&format!(
                "All {} rows are as they were written; the newest is {}.",
                report.rows, report.head
            )),
        }
    }
}
