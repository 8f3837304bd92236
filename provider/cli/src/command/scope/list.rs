//! `coffer scope list`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List scopes and their terms.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let scopes = session::open(global)?.scopes()?;
        if global.format == Format::Json {
            let scopes: Vec<_> = scopes
                .iter()
                .map(|scope| {
                    json!({
                        "prefix": scope.prefix,
                        "term": scope.term,
                        "term_created": scope.term_created,
                        "terms": scope.terms,
                        "secrets": scope.secrets,
                    })
                })
                .collect();
            return output::json(&json!({ "scopes": scopes }));
        }
        let rows: Vec<[String; 4]> = scopes
            .iter()
            .map(|scope| {
                let prefix = if scope.prefix.is_empty() {
                    "(all others)"
                } else {
                    &scope.prefix
                };
                [
                    prefix.to_owned(),
                    scope.term.to_string(),
                    output::time(scope.term_created),
                    scope.secrets.to_string(),
                ]
            })
            .collect();
        output::table(["PREFIX", "TERM", "SINCE", "SECRETS"], &rows)
    }
}
