//! `coffer audit query`

use clap::{Args, ValueEnum};
use coffer_vault::{AuditRecord, Outcome, Timestamp};

use super::show;
use crate::arguments::Global;
use crate::failure::Result;
use crate::{output, session};

/// Show the rows of the audit trail that fit every condition.
#[derive(Args)]
pub(crate) struct Query {
    /// Rows from this time on, or from this long ago: 2030-01-31T00:00:00Z, 90m, 24h, 7d
    #[arg(long, value_name = "TIME", value_parser = output::parse_since)]
    since: Option<Timestamp>,
    /// Rows about this name, or with a * at the end about every name that starts so
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Rows of this user or this token's accessor
    #[arg(long, value_name = "WHO")]
    identity: Option<String>,
    /// Rows with this outcome
    #[arg(long)]
    outcome: Option<Ending>,
    /// Rows of this operation, such as get, put, destroy
    #[arg(long, value_name = "OPERATION")]
    operation: Option<String>,
}

/// How an access ended.
#[derive(Clone, Copy, ValueEnum)]
enum Ending {
    Ok,
    Denied,
    Failed,
}

impl Query {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let vault = session::open(global)?;
        let (since, name, identity) = (self.since, self.name.clone(), self.identity.clone());
        let outcome = self.outcome.map(|ending| match ending {
            Ending::Ok => Outcome::Ok,
            Ending::Denied => Outcome::Denied,
            Ending::Failed => Outcome::Failed,
        });
        let operation = self.operation.clone();
        let records = vault.audit_rows(1, move |AuditRecord { event, .. }| {
            since.is_none_or(|since| event.at >= since)
                && outcome.is_none_or(|outcome| event.outcome == outcome)
                && operation
                    .as_ref()
                    .is_none_or(|wanted| event.operation.to_string() == *wanted)
                && identity.as_ref().is_none_or(|who| {
                    event.actor.user == *who || event.actor.accessor.as_ref() == Some(who)
                })
                && name
                    .as_ref()
                    .is_none_or(|name| event.items.iter().any(|item| fits(name, &item.name)))
        })?;
        show::rows(&records, global)
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}
