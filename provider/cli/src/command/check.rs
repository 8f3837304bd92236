//! `coffer check`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::progress::Bar;
use crate::{output, session};

/// Check the whole vault for damage and tampering.
///
/// Opens every record, verifies the audit trail and that no row was taken away or put back. Says what is damaged and
/// what is safe. Ends with exit code 8 where something is wrong.
#[derive(Args)]
pub(crate) struct Check {}

impl Check {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let report = session::open(global)?.check_with(Bar::new("checking secrets", global))?;
        if global.format == Format::Json {
            let problems: Vec<_> = report
                .problems
                .iter()
                .map(|problem| json!({ "what": problem.what, "detail": problem.detail }))
                .collect();
            let safe: Vec<&str> = report.safe.iter().map(|name| name.as_str()).collect();
            output::json(&json!({
                "secrets": report.secrets,
                "versions": report.versions,
                "destroyed": report.destroyed,
                "audit_rows": report.audit_rows,
                "problems": problems,
                "safe": safe,
            }))?;
        } else {
            for problem in &report.problems {
                output::line(&format!("{}: {}", problem.what, problem.detail))?;
            }
            output::line(&format!(
                "{}, {} opened, {} destroyed; {}.",
                output::count(report.secrets, "secret"),
                output::count(report.versions, "version"),
                report.destroyed,
                output::count(report.audit_rows, "audit row"),
            ))?;
        }
        if report.problems.is_empty() {
            return if global.format == Format::Json {
                Ok(())
            } else {
                output::line("All is well.")
            };
        }
        Err(Failure::ProblemsFound(format!(
            "{}; the current values of {} of {} are safe",
            output::count(
                u64::try_from(report.problems.len()).unwrap_or(u64::MAX),
                "problem"
            ),
            report.safe.len(),
            output::count(report.secrets, "secret")
        )))
    }
}
