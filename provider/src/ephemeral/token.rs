//! `ephemeral "coffer_token"`

use std::collections::BTreeSet;
use std::time::SystemTime;

use coffer_plugin::{
    Close, Context, Diagnostic, EphemeralResource, Model, Opened, Renew, Result, Value, validators,
};
use coffer_rotation::generator::PasswordPolicy;
use coffer_vault::{Rule, SignedDuration, TokenRequest};

use super::renewal;
use crate::Coffer;
use crate::failure::cannot;
use crate::period::Period;
use crate::place::{Place, Placed};
use crate::policy_rule::PolicyRule;
use crate::reading::Opening;
use crate::secret_text::SecretText;
use crate::token_lease::{self, TokenLease};

/// A token of the embedded vault for this run: it opens the scopes that are granted to it, by encryption, and nothing
/// else. Hand it to a program, or to another `coffer` provider block.
///
/// It is renewed while Terraform needs it and revoked when Terraform is done, also after a failed run. If the process
/// is killed, the next run that uses the vault revokes it, and it ends by itself after `ttl`.
#[derive(Model)]
pub(crate) struct Token {
    /// The scopes that it opens, such as `prod/payments/`; `coffer scope add` makes them. `""` is the scope of all names
    /// that have no other.
    #[attr(required, validate = validators::items(1..=100))]
    scopes: Value<BTreeSet<String>>,
    /// The names of policies that it follows.
    #[attr(optional)]
    policies: Value<BTreeSet<String>>,
    /// For how long it is valid unless it is renewed, such as `15m`, which it is unless set.
    #[attr(optional)]
    ttl: Value<Period>,
    /// For how long it can be renewed. 12 hours unless set.
    #[attr(optional)]
    explicit_max_ttl: Value<Period>,
    /// How many calls it is good for. Any number unless set.
    #[attr(optional, validate = validators::at_least(1))]
    num_uses: Value<u32>,
    /// What it is for, as the list of tokens shows it.
    #[attr(optional, validate = validators::length(0..=100))]
    label: Value<String>,
    #[flatten]
    place: Place,
    #[flatten]
    opening: Opening,
    /// What it may do, beside what its policies say. With neither, everything inside its scopes.
    #[block]
    rule: Vec<PolicyRule>,
    /// The token.
    #[attr(computed, sensitive)]
    client_token: Value<SecretText>,
    /// What the token is called in lists and in the audit trail. It opens nothing.
    #[attr(computed)]
    accessor: Value<String>,
    /// When it ends unless it is renewed (RFC 3339).
    #[attr(computed)]
    expires_at: Value<String>,
}

const TTL: SignedDuration = SignedDuration::from_mins(15);
const MAX_TTL: SignedDuration = SignedDuration::from_hours(12);

impl EphemeralResource for Token {
    type Provider = Coffer;
    /// None where nothing was opened in earnest.
    type Lease = Option<Placed<TokenLease>>;
    const TYPE_NAME: &'static str = "coffer_token";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.opening.is_due(ctx) {
            let result = Self {
                client_token: Value::Unknown,
                accessor: Value::Unknown,
                expires_at: Value::Unknown,
                ..config
            };
            return Ok(Opened::leased(result, None));
        }
        let request = config.request()?;
        let mark = mark()?;
        let vault = config.place.vault_for_lease(ctx, Self::TYPE_NAME).await?;
        let (token, lease) = vault
            .with(move |vault| token_lease::open(&vault, request, &mark))
            .await
            .map_err(|error| cannot("make a token", &error))?;
        let expires = token.info.expires;
        let place = config.place.clone();
        let result = Self {
            client_token: SecretText::new(token.secret).into(),
            accessor: Value::Known(token.info.accessor),
            expires_at: Value::Known(expires.to_string()),
            ..config
        };
        Ok(Opened::leased(result, Some(place.keep(lease))).renew_at(renewal(expires)))
    }
}

impl Renew for Token {
    async fn renew(
        ctx: &Context<Coffer>,
        lease: &Option<Placed<TokenLease>>,
    ) -> Result<Option<SystemTime>> {
        let Some(lease) = lease.clone() else {
            return Ok(None);
        };
        let expires = lease
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| token_lease::renew(&vault, &lease.lease))
            .await
            .map_err(|error| cannot("renew a token", &error))?;
        Ok(renewal(expires))
    }
}

impl Close for Token {
    async fn close(ctx: &Context<Coffer>, lease: Option<Placed<TokenLease>>) -> Result<()> {
        let Some(lease) = lease else {
            return Ok(());
        };
        lease
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| token_lease::close(&vault, &lease.lease))
            .await
            .map_err(|error| cannot("revoke a token", &error).into())
    }
}

impl Token {
    fn request(&self) -> Result<TokenRequest> {
        let length = |value: &Value<Period>, default| {
            value.as_known().map_or(default, |period| period.length())
        };
        let names = |value: &Value<BTreeSet<String>>| -> Vec<String> {
            value.as_known().into_iter().flatten().cloned().collect()
        };
        let ttl = length(&self.ttl, TTL);
        let rules: Result<Vec<Rule>, Diagnostic> =
            self.rule.iter().map(PolicyRule::to_rule).collect();
        Ok(TokenRequest {
            scopes: names(&self.scopes),
            policies: names(&self.policies),
            rules: rules?,
            ttl,
            max_ttl: length(&self.explicit_max_ttl, MAX_TTL).max(ttl),
            uses: self.num_uses.as_known().copied(),
            label: self.label.clone().known_or_else(|| "terraform".to_owned()),
        })
    }
}

/// A random text that finds the token again.
fn mark() -> Result<String, Diagnostic> {
    let policy = PasswordPolicy {
        length: 24,
        special: false,
        ..PasswordPolicy::default()
    };
    let failed = || Diagnostic::error("No token could be made", "There are no random bytes.");
    let generated = policy.generate().map_err(|_| failed())?;
    let text = generated.value.danger_expose_str().map_err(|_| failed())?;
    Ok(text.to_owned())
}
