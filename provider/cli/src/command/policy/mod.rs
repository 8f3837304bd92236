//! `coffer policy`

mod list;
mod remove;
mod show;
mod suggest;
mod write;

use clap::Subcommand;
use coffer_vault::{PathPattern, Rule};

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with policies.
#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Write a policy; tokens that have it follow it at once
    Write(write::Write),
    /// Show a policy
    Show(show::Show),
    /// List the policies
    #[command(visible_alias = "ls")]
    List(list::List),
    /// Remove a policy; tokens that have it lose its rules
    Remove(remove::Remove),
    /// Propose the least policy for what the audit trail shows
    Suggest(suggest::Suggest),
}

impl Policy {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Write(write) => write.run(global),
            Self::Show(show) => show.run(global),
            Self::List(list) => list.run(global),
            Self::Remove(remove) => remove.run(global),
            Self::Suggest(suggest) => suggest.run(global),
        }
    }
}

/// Parses `read,list:prod/*`.
pub(crate) fn parse_rule(text: &str) -> std::result::Result<Rule, String> {
    let (capabilities, path) = text
        .split_once(':')
        .ok_or("a rule is written CAPABILITIES:PATH, such as read,list:prod/*")?;
    let capabilities = capabilities
        .split(',')
        .map(|capability| {
            capability
                .trim()
                .parse()
                .map_err(|error: coffer_vault::Error| error.to_string())
        })
        .collect::<std::result::Result<_, _>>()?;
    let path = PathPattern::parse(path).map_err(|error| error.to_string())?;
    Ok(Rule { path, capabilities })
}
