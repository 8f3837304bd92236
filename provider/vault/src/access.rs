//! The part of [`Vault`] that looks after tokens and policies.

use jiff::SignedDuration;

use crate::audit::Operation;
use crate::error::{Error, Result};
use crate::policy::Policy;
use crate::token::{Issue, NewToken, Revocation, Role, RoleRequest, TokenInfo, TokenRequest};
use crate::vault::Vault;

impl Vault {
    /// Makes a token: a limited key, valid for a while, that opens the scopes named in `request` and nothing else. A
    /// token can make tokens too; they get at most what it has, and end with it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a scope does not exist or is not open, [`Error::NoSuchPolicy`] and others.
    pub fn create_token(&self, request: TokenRequest) -> Result<NewToken> {
        self.call(Operation::TokenCreate, move |work, event| {
            work.create_token(event, &request, Issue::Token)
        })
    }

    /// Makes a ticket: a token that is good for one thing, to be exchanged once for the token that `request` describes,
    /// until that one's maximum lifetime is over. Give a machine the ticket, and it exchanges it when it starts: a ticket
    /// that someone else has used is refused, and that is noticed.
    pub fn create_ticket(&self, request: TokenRequest) -> Result<NewToken> {
        self.call(Operation::TokenCreate, move |work, event| {
            work.create_token(event, &request, Issue::Ticket)
        })
    }

    /// Exchanges the ticket that opened the vault for its token. The handle is of no use afterwards.
    ///
    /// # Errors
    /// [`Error::TokenRefused`] where it was exchanged before; [`Error::Invalid`] where it is no ticket.
    pub fn exchange_ticket(&self) -> Result<NewToken> {
        self.call(Operation::TokenCreate, |work, event| {
            work.exchange_ticket(event)
        })
    }

    /// All tokens, the oldest first. A token sees itself.
    pub fn tokens(&self) -> Result<Vec<TokenInfo>> {
        self.call(Operation::TokenList, |work, _| work.tokens())
    }

    /// One token by its accessor; without one, the token that opened the vault.
    ///
    /// # Errors
    /// [`Error::NoSuchToken`].
    pub fn token(&self, accessor: Option<&str>) -> Result<TokenInfo> {
        let own = self
            .engine
            .keys()
            .rights
            .as_ref()
            .map(|rights| rights.accessor.clone());
        let wanted = accessor.map(str::to_owned).or(own).unwrap_or_default();
        let found = self
            .tokens()?
            .into_iter()
            .find(|token| token.accessor == wanted);
        found.ok_or(Error::NoSuchToken { accessor: wanted })
    }

    /// Moves a token's end to `ttl` from now, at most to its maximum. A token can renew itself.
    pub fn renew_token(&self, accessor: &str, ttl: SignedDuration) -> Result<TokenInfo> {
        let accessor = accessor.to_owned();
        self.call(Operation::TokenRenew, move |work, event| {
            work.renew_token(event, &accessor, ttl)
        })
    }

    /// Revokes a token and all that it made. What is written to its scopes afterwards is sealed under new keys. What it
    /// could read before it may have read: the answer lists it, so that it can be rotated.
    pub fn revoke_token(&self, accessor: &str) -> Result<Revocation> {
        let accessor = accessor.to_owned();
        let done = self.call(Operation::TokenRevoke, move |work, event| {
            work.revoke_token(event, &accessor)
        })?;
        self.engine.wipe()?;
        Ok(done)
    }

    /// Revokes the tokens that have expired or spent their uses. Until this is done, such a token is refused by this
    /// software, and still opens what it was granted for whoever writes software of his own.
    pub fn sweep_tokens(&self) -> Result<Revocation> {
        self.call(Operation::TokenRevoke, |work, event| {
            work.sweep_tokens(event)
        })
    }

    /// Makes a role, to which machines log in with its id and a secret id ([`Vault::create_secret_id`]): give the id to
    /// the machine's configuration and the secret id to the machine, each by a way of its own. Neither opens anything
    /// without the other.
    ///
    /// # Errors
    /// Where it exists, and those of [`Vault::create_token`].
    pub fn create_role(&self, name: &str, request: RoleRequest) -> Result<Role> {
        let name = name.to_owned();
        self.call(Operation::RoleCreate, move |work, event| {
            work.create_role(event, &name, &request)
        })
    }

    /// The roles with their names.
    pub fn roles(&self) -> Result<Vec<(String, Role)>> {
        self.call(Operation::RoleRead, |work, _| {
            let names = work.role_names()?;
            names
                .into_iter()
                .map(|name| work.role(&name).map(|role| (name, role)))
                .collect()
        })
    }

    /// Removes a role, and revokes its secret ids and the tokens of its machines.
    ///
    /// # Errors
    /// [`Error::NoSuchRole`].
    pub fn delete_role(&self, name: &str) -> Result<Revocation> {
        let name = name.to_owned();
        let done = self.call(Operation::RoleDelete, move |work, event| {
            work.delete_role(event, &name)
        })?;
        self.engine.wipe()?;
        Ok(done)
    }

    /// Makes a secret id for a role. It is shown this once.
    ///
    /// # Errors
    /// [`Error::NoSuchRole`].
    pub fn create_secret_id(&self, role: &str) -> Result<NewToken> {
        let role = role.to_owned();
        self.call(Operation::SecretIdCreate, move |work, event| {
            work.create_secret_id(event, &role)
        })
    }

    /// The names of the policies.
    pub fn policies(&self) -> Result<Vec<String>> {
        self.call(Operation::PolicyRead, |work, _| work.policy_names())
    }

    /// A policy.
    ///
    /// # Errors
    /// [`Error::NoSuchPolicy`].
    pub fn policy(&self, name: &str) -> Result<Policy> {
        let name = name.to_owned();
        self.call(Operation::PolicyRead, move |work, event| {
            event.touch(format!("policy {name}"), None);
            work.policy(&name)
        })
    }

    /// Writes a policy, new or in place of the one of this name. Tokens that have it follow it at once.
    pub fn write_policy(&self, name: &str, policy: Policy) -> Result<()> {
        let name = name.to_owned();
        self.call(Operation::PolicyWrite, move |work, event| {
            work.write_policy(event, &name, &policy)
        })
    }

    /// Removes a policy. Tokens that have it lose its rules.
    pub fn remove_policy(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.call(Operation::PolicyRemove, move |work, event| {
            work.remove_policy(event, &name)
        })
    }
}
