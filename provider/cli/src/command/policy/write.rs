//! `coffer policy write`

use std::path::PathBuf;

use clap::Args;
use coffer_vault::{Policy, Rule};
use serde_json::json;

use super::parse_rule;
use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

/// Write a policy, new or in place of the one of this name. Tokens that have it follow it at once.
///
/// Of the rules that fit a path, the one with the most specific path decides. Where several have that same path, their
/// capabilities add up, and deny wins. In a path, + stands for one segment and * at the end for anything that follows.
///
/// Capabilities: create, read, update, delete, destroy, list, deny.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer policy write reader --allow read,list:prod/* --allow deny:prod/root
  coffer policy write reader --file reader.json

A file holds {\"rules\": [{\"path\": \"prod/*\", \"capabilities\": [\"read\", \"list\"]}]}")]
pub(crate) struct Write {
    /// The policy's name
    name: String,
    /// A rule; may be repeated
    #[arg(long, value_name = "CAPABILITIES:PATH", value_parser = parse_rule, required_unless_present = "file")]
    allow: Vec<Rule>,
    /// A file with the policy as JSON
    #[arg(long, value_name = "FILE", conflicts_with = "allow")]
    file: Option<PathBuf>,
}

impl Write {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let policy = match &self.file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Failure::Other(format!("{} could not be read: {error}", path.display()))
                })?;
                Policy::parse(&text)?
            }
            None => Policy {
                rules: self.allow.clone(),
            },
        };
        let rules = policy.rules.len();
        session::open(global)?.write_policy(&self.name, policy)?;
        if global.format == Format::Json {
            return output::json(&json!({ "policy": self.name, "rules": rules }));
        }
        let rules = output::count(u64::try_from(rules).unwrap_or(u64::MAX), "rule");
        output::line(&format!("The policy {} has {rules}.", self.name))
    }
}
