//! `coffer token lookup`

use clap::Args;
use serde_json::json;

use super::{rule, scopes};
use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Show what a token may do.
#[derive(Args)]
pub(crate) struct Lookup {
    /// The token's accessor; without it, the token in COFFER_TOKEN
    accessor: Option<String>,
}

impl Lookup {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let token = session::open(global)?.token(self.accessor.as_deref())?;
        if global.format == Format::Json {
            return output::json(&json!(token));
        }
        let rules: Vec<String> = token.rules.iter().map(rule).collect();
        let rows = [
            ("Accessor", token.accessor.clone()),
            ("Label", token.label.clone()),
            ("Made by", token.parent.clone().unwrap_or_default()),
            ("Role", token.role.clone().unwrap_or_default()),
            ("Scopes", scopes(&token)),
            ("Policies", token.policies.join(", ")),
            ("Rules", rules.join(" ")),
            ("Made", output::time(token.created)),
            ("Expires", output::time(token.expires)),
            ("Renewable until", output::time(token.max_expires)),
            (
                "Uses left",
                token
                    .uses_left
                    .map_or_else(|| "no limit".to_owned(), |left| left.to_string()),
            ),
        ];
        for (what, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
            output::line(&format!("{what:<16} {text}"))?;
        }
        Ok(())
    }
}
