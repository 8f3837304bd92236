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
    Write(write::Write),
    Show(show::Show),
    #[command(visible_alias = "ls")]
    List(list::List),
    Remove(remove::Remove),
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
