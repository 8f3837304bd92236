//! `coffer rotate policy`

use std::io::Read;

use clap::Args;
use coffer_backend::SecretStore as _;
use coffer_rotation::machine::Error as RotateError;
use coffer_rotation::policy::Policy;
use coffer_vault::SecretName;

use super::store;
use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::output;
use crate::runtime::block_on;

/// Show or write the policy by which a secret is rotated.
///
/// A coffer_rotation writes it by itself. A policy is JSON; what it does not set has a default:
/// {"timing": {"schedule": "30d"}, "strategy": "single", "usernames": ["app"], "target": {"kind": "postgresql",
/// "admin_secret": "prod/postgres"}}
#[derive(Args)]
pub(crate) struct PolicyOf {
    /// The secret's name
    name: String,
    /// Write the policy in this file; - is standard input
    #[arg(long, value_name = "FILE")]
    set: Option<String>,
}

impl PolicyOf {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let name = SecretName::parse(&self.name)?;
        let new = self.set.as_deref().map(read).transpose()?;
        let store = store(global)?;
        block_on(async {
            let policy = match new {
                Some(policy) => {
                    store.update(&name, policy.change()).await?;
                    policy
                }
                None => {
                    let found = store.metadata(&name).await?;
                    Policy::of(&found).map_err(RotateError::from)?
                }
            };
            let told = serde_json::to_value(&policy).unwrap_or_default();
            output::json(&told)
        })
    }
}

fn read(file: &str) -> Result<Policy> {
    let mut text = String::new();
    let read = match file {
        "-" => std::io::stdin().read_to_string(&mut text),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    };
    read.map_err(|error| Failure::io(&format!("reading {file}"), &error))?;
    let policy: Policy = serde_json::from_str(&text).map_err(|error| Failure::Usage {
        what: format!("{file} holds no rotation policy: {error}"),
        remedy: "see `coffer rotate policy --help` for one".to_owned(),
    })?;
    policy.check().map_err(RotateError::from)?;
    Ok(policy)
}
