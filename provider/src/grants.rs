//! What is granted to a token, or to the tokens of a role.

use std::collections::BTreeSet;

use coffer_plugin::{Diagnostic, Model, Value, validators};
use coffer_vault::{Role, Rule, SignedDuration, TokenRequest};

use crate::period::{Period, refreshed};
use crate::policy_rule::PolicyRule;

/// What is granted.
#[derive(Clone, Model)]
pub(crate) struct Grants {
    /// The scopes that it opens, such as `prod/payments/`; `coffer scope add` makes them. `""` is the scope of all names
    /// that have no other.
    #[attr(required, requires_replace, validate = validators::items(1..=100))]
    scopes: Value<BTreeSet<String>>,
    /// The names of policies that it follows.
    #[attr(optional, requires_replace)]
    policies: Value<BTreeSet<String>>,
    /// For how long a token is valid unless it is renewed, such as `15m`, which it is unless set.
    #[attr(optional, requires_replace)]
    ttl: Value<Period>,
    /// For how long a token can be renewed. 12 hours unless set.
    #[attr(optional, requires_replace)]
    explicit_max_ttl: Value<Period>,
    /// What it may do, beside what its policies say. With neither, everything inside its scopes.
    #[block]
    rule: Vec<PolicyRule>,
}

const TTL: SignedDuration = SignedDuration::from_mins(15);
const MAX_TTL: SignedDuration = SignedDuration::from_hours(12);

impl Grants {
    /// The request of a token of these, for `uses` calls.
    ///
    /// # Errors
    /// Where a rule is none.
    pub(crate) fn token_request(
        &self,
        uses: Option<u32>,
        label: String,
    ) -> Result<TokenRequest, Diagnostic> {
        let length =
            |value: &Value<Period>, default| value.as_known().map_or(default, Period::length);
        let names = |value: &Value<BTreeSet<String>>| -> Vec<String> {
            value.as_known().into_iter().flatten().cloned().collect()
        };
        let ttl = length(&self.ttl, TTL);
        Ok(TokenRequest {
            scopes: names(&self.scopes),
            policies: names(&self.policies),
            rules: self.rules()?,
            ttl,
            max_ttl: length(&self.explicit_max_ttl, MAX_TTL).max(ttl),
            uses,
            label,
        })
    }

    /// Whether `other` has the same rules, as far as both are known.
    pub(crate) fn has_the_rules_of(&self, other: &Self) -> bool {
        matches!((self.rules(), other.rules()), (Ok(own), Ok(others)) if own == others)
    }

    fn rules(&self) -> Result<Vec<Rule>, Diagnostic> {
        self.rule.iter().map(PolicyRule::to_rule).collect()
    }

    /// With what the vault says of the role now. What is not set here and is the default there stays unset.
    pub(crate) fn refreshed(self, role: &Role) -> Self {
        let policies = if role.policies.is_empty() && self.policies.is_null() {
            Value::Null
        } else {
            Value::Known(role.policies.iter().cloned().collect())
        };
        let unchanged = self.rules().is_ok_and(|own| own == role.rules);
        let max_default = MAX_TTL.max(SignedDuration::from_secs(role.ttl));
        Self {
            scopes: Value::Known(role.scopes.iter().cloned().collect()),
            policies,
            ttl: refreshed(self.ttl, role.ttl, TTL),
            explicit_max_ttl: refreshed(self.explicit_max_ttl, role.max_ttl, max_default),
            rule: if unchanged {
                self.rule
            } else {
                role.rules.iter().map(PolicyRule::of).collect()
            },
        }
    }
}
