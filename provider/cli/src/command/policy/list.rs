//! `coffer policy list`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List the policies.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let names = session::open(global)?.policies()?;
        if global.format == Format::Json {
            return output::json(&json!({ "policies": names }));
        }
        for name in names {
            output::line(&name)?;
        }
        Ok(())
    }
}
