//! Tokens: limited keys. A token opens the scopes that were granted to it, by encryption, and no others.

mod bearer;
#[cfg(test)]
mod reach;
mod role;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::policy::{Capability, Rule, allows};
use crate::secret::Secret;

pub(crate) use bearer::Bearer;
pub use role::{Role, RoleRequest};

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// The prefixes of the scopes that it opens. A scope inside a granted one is not granted with it.
    pub scopes: Vec<String>,
    /// The policies whose rules it follows.
    pub policies: Vec<String>,
    /// Rules of its own. With no policy and no rule, it may read and list everything in its scopes.
    pub rules: Vec<Rule>,
    /// How long it is valid.
    pub ttl: SignedDuration,
    /// How long it can be renewed for, counted from now.
    pub max_ttl: SignedDuration,
    /// How many calls it is good for; no limit where none.
    pub uses: Option<u32>,
    /// What it is for.
    pub label: String,
}

/// A token that was made. The secret is shown this once and stored nowhere.
#[derive(Clone)]
pub struct NewToken {
    /// What opens the vault.
    pub secret: Secret,
    /// The rest.
    pub info: TokenInfo,
}

/// What the vault tells about a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TokenInfo {
    /// What names the token in audit rows and for revoking; opens nothing.
    pub accessor: String,
    /// What it is for.
    pub label: String,
    /// The accessor of the token that made it.
    pub parent: Option<String>,
    /// The prefixes of its scopes.
    pub scopes: Vec<String>,
    /// Its policies.
    pub policies: Vec<String>,
    /// Its own rules.
    pub rules: Vec<Rule>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Until when it can be renewed.
    pub max_expires: Timestamp,
    /// How many calls are left.
    pub uses_left: Option<u32>,
    /// The role that it is a secret id or a token of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl TokenInfo {
    /// Whether it opens nothing any more, by time or by use.
    pub fn is_spent(&self, now: Timestamp) -> bool {
        self.expires <= now || self.uses_left == Some(0)
    }
}

/// A revocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revocation {
    /// The tokens that were revoked: the one that was named and those that it made.
    pub tokens: Vec<TokenInfo>,
    /// The secrets that they could read until now: their values are known to whoever held a token.
    pub readable: Vec<String>,
}

/// What a token may do, as its grant says. The JSON is part of the format.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rights {
    pub(crate) accessor: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) max_expires: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uses_left: Option<u32>,
    /// Set on a ticket: what the token that it is exchanged for will have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exchange: Option<Exchange>,
    /// The role that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) policies: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<Rule>,
    /// The rules of the token's forebears and its own, resolved. Each layer must allow what is done.
    pub(crate) layers: Vec<Vec<Rule>>,
}

/// What a ticket is exchanged for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Exchange {
    /// The token's lifetime in milliseconds, counted from the exchange.
    pub(crate) ttl: i64,
    /// How long it can be renewed for in milliseconds, counted from the exchange; until the ticket would have ended,
    /// where that is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_ttl: Option<i64>,
    /// How many calls it is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uses: Option<u32>,
}

/// What is made of a request.
pub(crate) enum Issue {
    /// A token.
    Token,
    /// What is exchanged once for the token.
    Ticket,
    /// What is exchanged for the token by whoever also knows the role's id.
    SecretId {
        role: String,
        ttl: SignedDuration,
        uses: u32,
        opens_with: Bearer,
    },
}

impl Rights {
    /// Whether every layer allows it.
    pub(crate) fn allow(&self, wanted: Capability, path: &str) -> bool {
        !self.layers.is_empty() && self.layers.iter().all(|layer| allows(layer, wanted, path))
    }

    /// Why the token opens nothing any more, where that is so.
    pub(crate) fn refusal(&self, now: Timestamp) -> Option<String> {
        if self.expires <= now {
            return Some(format!("it expired at {}", self.expires));
        }
        (self.uses_left == Some(0)).then(|| "its uses are spent".to_owned())
    }

    /// What the vault tells about it.
    pub(crate) fn info(&self, scopes: Vec<String>) -> TokenInfo {
        TokenInfo {
            accessor: self.accessor.clone(),
            label: self.label.clone(),
            parent: self.parent.clone(),
            scopes,
            policies: self.policies.clone(),
            rules: self.rules.clone(),
            created: self.created,
            expires: self.expires,
            max_expires: self.max_expires,
            uses_left: self.uses_left,
            role: self.role.clone(),
        }
    }
}
