//! `coffer role list`

use clap::Args;
use coffer_vault::SignedDuration;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List the roles.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let roles = session::open(global)?.roles()?;
        if global.format == Format::Json {
            let roles: Vec<_> = roles
                .iter()
                .map(|(name, role)| json!({ "name": name, "role": role }))
                .collect();
            return output::json(&json!({ "roles": roles }));
        }
        let rows: Vec<[String; 5]> = roles
            .into_iter()
            .map(|(name, role)| {
                let scopes: Vec<String> = role
                    .scopes
                    .iter()
                    .map(|prefix| crate::command::token::scope(prefix))
                    .collect();
                [
                    name,
                    role.id,
                    scopes.join(", "),
                    format!("{:#}", SignedDuration::from_secs(role.ttl)),
                    role.secret_id_uses.to_string(),
                ]
            })
            .collect();
        output::table(["ROLE", "ROLE ID", "SCOPES", "TTL", "LOGINS"], &rows)
    }
}
