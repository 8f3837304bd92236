//! Roles: what machines log in to, with the role's id and a secret id that is good for a few times, usually once.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::TokenRequest;
use crate::error::{Error, Result};
use crate::policy::Rule;

/// A role to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRequest {
    /// What the tokens of its machines are like. The lifetimes count from the login; the label is of no use here.
    pub token: TokenRequest,
    /// How long a secret id is good for.
    pub secret_id_ttl: SignedDuration,
    /// For how many logins a secret id is good.
    pub secret_id_uses: u32,
}

/// A role, as the vault keeps it. It holds no secret. The JSON is part of the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// The role's id: with a secret id, it opens the vault; without one, it opens nothing.
    pub id: String,
    /// The prefixes of the scopes that its tokens open.
    pub scopes: Vec<String>,
    /// The policies that they follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Rules of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// How long they are valid, in seconds.
    pub ttl: i64,
    /// How long they can be renewed for, in seconds.
    pub max_ttl: i64,
    /// How many calls they are good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// How long a secret id is good for, in seconds.
    pub secret_id_ttl: i64,
    /// For how many logins a secret id is good.
    pub secret_id_uses: u32,
}

impl Role {
    pub(crate) fn new(id: String, request: &RoleRequest) -> Result<Self> {
        let invalid = |what, problem: &str| {
            Err(Error::Invalid {
                what,
                problem: problem.to_owned(),
            })
        };
        if request.secret_id_uses == 0 {
            return invalid(
                "the use count of secret ids",
                "is 0, so they would open nothing",
            );
        }
        if request.secret_id_ttl.as_secs() <= 0 {
            return invalid("the lifetime of secret ids", "is less than a second");
        }
        if request.token.ttl.as_secs() <= 0 {
            return invalid("the lifetime", "is less than a second");
        }
        let token = &request.token;
        Ok(Self {
            id,
            scopes: token.scopes.clone(),
            policies: token.policies.clone(),
            rules: token.rules.clone(),
            ttl: token.ttl.as_secs(),
            max_ttl: token.max_ttl.as_secs(),
            uses: token.uses,
            secret_id_ttl: request.secret_id_ttl.as_secs(),
            secret_id_uses: request.secret_id_uses,
        })
    }

    /// The request of a token for it.
    pub(crate) fn token_request(&self, name: &str) -> TokenRequest {
        TokenRequest {
            scopes: self.scopes.clone(),
            policies: self.policies.clone(),
            rules: self.rules.clone(),
            ttl: SignedDuration::from_secs(self.ttl),
            max_ttl: SignedDuration::from_secs(self.max_ttl),
            uses: self.uses,
            label: format!("secret id of {name}"),
        }
    }
}
