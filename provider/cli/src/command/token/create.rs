//! `coffer token create`

use clap::Args;
use coffer_vault::{Rule, SignedDuration, TokenRequest};

use super::print;
use crate::arguments::Global;
use crate::command::policy::parse_rule;
use crate::failure::Result;
use crate::{output, session};

/// Make a token that opens some scopes for a while.
///
/// The token opens the scopes that you name by encryption: with the token and the file, nobody decrypts anything outside
/// them, whatever program he uses. Inside them, policies and --allow bound what coffer lets the token do; without
/// either it may read and list.
///
/// Prints the token and nothing else on stdout. It is shown this once. Use it as COFFER_TOKEN.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer scope add prod/payments/
  coffer token create --scope prod/payments/ --ttl 15m
  coffer token create --scope prod/ --allow read:prod/db --allow create,update:prod/app/* --uses 10")]
pub(crate) struct Create {
    /// A scope that it opens; may be repeated. \"\" is the scope of all names that have no other
    #[arg(long, value_name = "PREFIX", required = true)]
    scope: Vec<String>,
    /// A policy that it follows; may be repeated
    #[arg(long, value_name = "NAME")]
    policy: Vec<String>,
    /// A rule of its own, such as read,list:prod/*; may be repeated
    #[arg(long, value_name = "CAPABILITIES:PATH", value_parser = parse_rule)]
    allow: Vec<Rule>,
    /// How long it is valid
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = output::parse_duration)]
    ttl: SignedDuration,
    /// How long it can be renewed for; without it, as long as it is valid
    #[arg(long, value_name = "TIME", value_parser = output::parse_duration)]
    max_ttl: Option<SignedDuration>,
    /// How many calls it is good for
    #[arg(long, value_name = "N")]
    uses: Option<u32>,
    /// Make a ticket instead: `coffer token exchange` turns it into the token, once
    #[arg(long)]
    ticket: bool,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    label: String,
}

impl Create {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let request = TokenRequest {
            scopes: self.scope.clone(),
            policies: self.policy.clone(),
            rules: self.allow.clone(),
            ttl: self.ttl,
            max_ttl: self.max_ttl.unwrap_or(self.ttl),
            uses: self.uses,
            label: self.label.clone(),
        };
        let vault = session::open(global)?;
        let token = if self.ticket {
            vault.create_ticket(request)?
        } else {
            vault.create_token(request)?
        };
        print(&token, global)
    }
}
