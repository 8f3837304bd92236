//! `coffer role`

mod create;
mod delete;
mod list;
mod login;
mod secret_id;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with roles.
#[derive(Subcommand)]
pub(crate) enum Role {
    Create(create::Create),
    SecretId(secret_id::SecretId),
    Login(login::Login),
    #[command(visible_alias = "ls")]
    List(list::List),
    Delete(delete::Delete),
}

impl Role {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Create(create) => create.run(global),
            Self::SecretId(secret_id) => secret_id.run(global),
            Self::Login(login) => login.run(global),
            Self::List(list) => list.run(global),
            Self::Delete(delete) => delete.run(global),
        }
    }
}
