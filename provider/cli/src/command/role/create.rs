//! `coffer role create`

use clap::Args;
use coffer_vault::{RoleRequest, SignedDuration};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::command::token::Grants;
use crate::failure::Result;
use crate::{output, session};

/// Make a role, to which machines log in with its id and a secret id.
///
/// The id may stand in a machine's configuration; each machine, or each start of one, gets a secret id of
/// `coffer role secret-id`. Neither opens anything without the other, and a secret id that was used is refused.
///
/// Prints the role's id and nothing else on stdout. Use it as COFFER_ROLE_ID, and the secret id as COFFER_SECRET_ID.
#[derive(Args)]
#[command(after_help = "\
Example:
  coffer role create runner --scope prod/ --allow read:prod/app/* --ttl 15m
  coffer role secret-id runner")]
pub(crate) struct Create {
    /// The role's name
    name: String,
    #[command(flatten)]
    grants: Grants,
    /// How long a secret id can be used
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = output::parse_duration)]
    secret_id_ttl: SignedDuration,
    /// For how many logins a secret id is good: a plan and an apply of Terraform are several
    #[arg(long, value_name = "N", default_value_t = 1)]
    secret_id_uses: u32,
}

impl Create {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let request = RoleRequest {
            token: self.grants.request(""),
            secret_id_ttl: self.secret_id_ttl,
            secret_id_uses: self.secret_id_uses,
        };
        let role = session::open(global)?.create_role(&self.name, request)?;
        if global.format == Format::Json {
            return output::json(&json!({ "name": self.name, "role": role }));
        }
        output::line(&role.id)
    }
}
