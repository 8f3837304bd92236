//! `coffer scope add`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Give the names below a prefix keys of their own, so that a token can be limited to them by encryption.
///
/// The secrets that exist below the prefix move into the scope.
#[derive(Args)]
pub(crate) struct Add {
    /// The prefix: a folder with its slash, such as prod/
    prefix: String,
}

impl Add {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let scope = session::open(global)?.add_scope(&self.prefix)?;
        if global.format == Format::Json {
            return output::json(&json!({ "prefix": scope.prefix, "secrets": scope.secrets }));
        }
        output::line(&format!(
            "The scope {} has {}.",
            scope.prefix,
            output::count(scope.secrets, "secret")
        ))
    }
}
