//! `coffer token create`

use clap::Args;

use super::{Grants, print};
use crate::arguments::Global;
use crate::failure::Result;
use crate::session;

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
    #[command(flatten)]
    grants: Grants,
    /// Make a ticket instead: `coffer token exchange` turns it into the token, once
    #[arg(long)]
    ticket: bool,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    label: String,
}

impl Create {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let request = self.grants.request(&self.label);
        let vault = session::open(global)?;
        let token = if self.ticket {
            vault.create_ticket(request)?
        } else {
            vault.create_token(request)?
        };
        print(&token, global)
    }
}
