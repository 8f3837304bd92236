//! What a token may do, as options.

use clap::Args;
use coffer_vault::{Rule, SignedDuration, TokenRequest};

use crate::command::policy::parse_rule;
use crate::output;

/// What is granted.
#[derive(Args)]
pub(crate) struct Grants {
    /// A scope that it opens; may be repeated. \"\" is the scope of all names that have no other
    #[arg(long, value_name = "PREFIX", required = true)]
    scope: Vec<String>,
    /// A policy that it follows; may be repeated
    #[arg(long, value_name = "NAME")]
    policy: Vec<String>,
    /// A rule of its own, such as read,list:prod/*; may be repeated
    #[arg(long, value_name = "CAPABILITIES:PATH", value_parser = parse_rule)]
    allow: Vec<Rule>,
    /// How long it is valid
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = output::parse_duration)]
    ttl: SignedDuration,
    /// How long it can be renewed for; without it, as long as it is valid
    #[arg(long, value_name = "TIME", value_parser = output::parse_duration)]
    max_ttl: Option<SignedDuration>,
    /// How many calls it is good for
    #[arg(long, value_name = "N")]
    uses: Option<u32>,
}

impl Grants {
    /// The request of such a token.
    pub(crate) fn request(&self, label: &str) -> TokenRequest {
        TokenRequest {
            scopes: self.scope.clone(),
            policies: self.policy.clone(),
            rules: self.allow.clone(),
            ttl: self.ttl,
            max_ttl: self.max_ttl.unwrap_or(self.ttl),
            uses: self.uses,
            label: label.to_owned(),
        }
    }
}
