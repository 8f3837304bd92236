//! `ephemeral "coffer_token"`

use std::time::SystemTime;

use coffer_plugin::{
    Close, Context, Diagnostic, EphemeralResource, Model, Opened, Renew, Result, Value, validators,
};
use coffer_rotation::generator::PasswordPolicy;
use coffer_vault::TokenRequest;

use super::renewal;
use crate::Coffer;
use crate::failure::cannot;
use crate::grants::Grants;
use crate::place::{Place, Placed};
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
    #[flatten]
    grants: Grants,
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
    fn request(&self) -> Result<TokenRequest, Diagnostic> {
        let label = self.label.clone().known_or_else(|| "terraform".to_owned());
        let uses = self.num_uses.as_known().copied();
        self.grants.token_request(uses, label)
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
