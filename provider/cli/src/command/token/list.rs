//! `coffer token list`

use clap::Args;
use coffer_vault::Timestamp;
use serde_json::json;

use super::scopes;
use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List the tokens.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let tokens = session::open(global)?.tokens()?;
        if global.format == Format::Json {
            return output::json(&json!({ "tokens": tokens }));
        }
        let now = Timestamp::now();
        let rows: Vec<[String; 6]> = tokens
            .iter()
            .map(|token| {
                let state = if token.is_spent(now) {
                    "ended"
                } else {
                    "valid"
                };
                [
                    token.accessor.clone(),
                    scopes(token),
                    output::time(token.expires),
                    token
                        .uses_left
                        .map_or_else(String::new, |left| left.to_string()),
                    state.to_owned(),
                    token.label.clone(),
                ]
            })
            .collect();
        output::table(
            [
                "ACCESSOR",
                "SCOPES",
                "EXPIRES",
                "USES LEFT",
                "STATE",
                "LABEL",
            ],
            &rows,
        )
    }
}
