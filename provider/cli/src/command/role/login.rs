//! `coffer role login`

use clap::Args;
use coffer_vault::{KeySource, Vault};

use crate::arguments::Global;
use crate::command::token::print;
use crate::failure::{Failure, Result};
use crate::session;

/// Exchange COFFER_ROLE_ID and COFFER_SECRET_ID for a token.
///
/// Every other command logs in by itself where these two are set, and each login spends a use of the secret id: log in
/// once and set COFFER_TOKEN, where several commands follow.
#[derive(Args)]
pub(crate) struct Login {}

impl Login {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match session::named_key(global)? {
            Some(KeySource::Role { id, secret_id }) => print(
                &Vault::log_in(&global.vault(), &id, &secret_id, session::actor(global))?,
                global,
            ),
            _ => Err(Failure::Usage {
                what: "there is no role to log in to".into(),
                remedy: "set COFFER_ROLE_ID and COFFER_SECRET_ID, and no other key".into(),
            }),
        }
    }
}
