//! Making, listing and renewing tokens, and counting their uses.

use jiff::{SignedDuration, Timestamp};

use super::random_id::random_id;
use super::token_row::{open_grant, token_row};
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::Key;
use crate::keyring::Grant;
use crate::keys::{Keys, Opener};
use crate::policy::{Capability, PathPattern, Rule};
use crate::token::{Bearer, Exchange, Issue, NewToken, Rights, TokenInfo, TokenRequest};
use crate::work::Work;

impl Work<'_> {
    /// Makes a token. A token that makes one gives on at most what it has, and its own rules bind the new one too.
    pub(crate) fn create_token(
        &mut self,
        event: &mut AuditEvent,
        request: &TokenRequest,
        issue: Issue,
    ) -> Result<NewToken> {
        check(request)?;
        let scopes = self.granted(&request.scopes)?;
        let accessor = random_id::<12>()?;
        event.touch(format!("token {accessor}"), None);
        let mut rules = request.rules.clone();
        if rules.is_empty() && request.policies.is_empty() {
            rules = default_rules(&request.scopes)?;
        }
        let own = self.layer(&request.policies, &rules, true)?;
        let (mut layers, parent, latest) = match &self.keys.rights {
            Some(rights) => (
                rights.layers.clone(),
                Some(rights.accessor.clone()),
                rights.max_expires,
            ),
            None => (Vec::new(), None, Timestamp::MAX),
        };
        layers.push(own);
        let milliseconds =
            |time: SignedDuration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let (ttl, max_ttl, uses, exchange, role) = match &issue {
            Issue::Token => (request.ttl, request.max_ttl, request.uses, None, None),
            // A ticket waits for its machine as long as the token could live.
            Issue::Ticket => {
                let exchange = Exchange {
                    ttl: milliseconds(request.ttl),
                    max_ttl: None,
                    uses: request.uses,
                };
                (
                    request.max_ttl,
                    request.max_ttl,
                    Some(1),
                    Some(exchange),
                    None,
                )
            }
            Issue::SecretId {
                role, ttl, uses, ..
            } => {
                let exchange = Exchange {
                    ttl: milliseconds(request.ttl),
                    max_ttl: Some(milliseconds(request.max_ttl)),
                    uses: request.uses,
                };
                (*ttl, *ttl, Some(*uses), Some(exchange), Some(role.clone()))
            }
        };
        let max_expires = self.after(max_ttl).min(latest);
        let rights = Rights {
            accessor,
            label: request.label.clone(),
            parent,
            created: self.now,
            expires: self.after(ttl).min(max_expires),
            max_expires,
            uses_left: uses,
            exchange,
            role,
            policies: request.policies.clone(),
            rules,
            layers,
        };
        let grant = Grant {
            writer: self.keys.writer.clone(),
            set: self.keys.set.clone(),
            outbox: self.keys.outbox,
            scopes,
            rights,
        };
        let bearer = match issue {
            Issue::SecretId { opens_with, .. } => opens_with,
            Issue::Token | Issue::Ticket => new_bearer()?,
        };
        let outbox = self.keys.outbox;
        self.insert_token(bearer.id(), &bearer.key(), &outbox, &grant)?;
        Ok(NewToken {
            secret: bearer.text(),
            info: self.token_info(&grant),
        })
    }

    /// Refuses a request that could not be granted.
    pub(super) fn check_request(&self, request: &TokenRequest) -> Result<()> {
        check(request)?;
        self.granted(&request.scopes)?;
        self.layer(&request.policies, &request.rules, true)
            .map(drop)
    }

    /// Exchanges the ticket or secret id that opened the vault for a token with its rights. With its last use it is gone,
    /// so whoever comes second to one for a single use is refused, and by that learns that someone was there before.
    pub(crate) fn exchange_ticket(&mut self, event: &mut AuditEvent) -> Result<NewToken> {
        let not_one = || Error::Invalid {
            what: "the token",
            problem: "is no ticket, so it cannot be exchanged".into(),
        };
        let Opener::Token(ticket) = self.opener.clone() else {
            return Err(not_one());
        };
        let row = token_row(self.db, self.path, &ticket.id())?.ok_or_else(not_one)?;
        let mut grant = self.own_grant(&ticket)?;
        let exchange = grant.rights.exchange.take().ok_or_else(not_one)?;
        let accessor = random_id::<12>()?;
        event.touch(format!("token {accessor}"), None);
        grant.rights.accessor = accessor;
        let is_spent = grant.rights.uses_left == Some(0);
        grant.rights.uses_left = exchange.uses;
        if let Some(max_ttl) = exchange.max_ttl {
            grant.rights.max_expires = self.after(SignedDuration::from_millis(max_ttl));
        }
        if let Some(role) = &grant.rights.role {
            grant.rights.label = format!("role {role}");
        }
        grant.rights.expires = self
            .after(SignedDuration::from_millis(exchange.ttl))
            .min(grant.rights.max_expires);
        if is_spent {
            self.delete_token(&row)?;
            self.shredded = true;
        }
        let bearer = new_bearer()?;
        let outbox = self.keys.outbox;
        self.insert_token(bearer.id(), &bearer.key(), &outbox, &grant)?;
        Ok(NewToken {
            secret: bearer.text(),
            info: self.token_info(&grant),
        })
    }

    /// All tokens, for the owner; for a token, itself.
    pub(crate) fn tokens(&self) -> Result<Vec<TokenInfo>> {
        if let Opener::Token(bearer) = &self.opener {
            let grant = self.own_grant(bearer)?;
            return Ok(vec![self.token_info(&grant)]);
        }
        let mut found = Vec::new();
        for row in self.token_rows()? {
            let (_, grant) = self.open_token(&row)?;
            found.push(self.token_info(&grant));
        }
        found.sort_by(|a, b| (a.created, &a.accessor).cmp(&(b.created, &b.accessor)));
        Ok(found)
    }

    /// Moves a token's end to `ttl` from now, at most to its maximum. A token may renew itself alone.
    pub(crate) fn renew_token(
        &mut self,
        event: &mut AuditEvent,
        accessor: &str,
        ttl: SignedDuration,
    ) -> Result<TokenInfo> {
        event.touch(format!("token {accessor}"), None);
        check_ttl(ttl)?;
        let opener = self.opener.clone();
        let (mut row, key, mut grant) = match &opener {
            Opener::Token(bearer) => {
                let row = token_row(self.db, self.path, &bearer.id())?
                    .filter(|row| row.accessor == accessor)
                    .ok_or_else(|| Error::Denied {
                        capability: "renew".into(),
                        path: format!("token {accessor}"),
                    })?;
                let grant = self.own_grant(bearer)?;
                (row, bearer.key(), grant)
            }
            Opener::Root(_) => {
                let row = self.find_token(accessor)?;
                let (key, grant) = self.open_token(&row)?;
                (row, key, grant)
            }
        };
        grant.rights.expires = self.after(ttl).min(grant.rights.max_expires);
        self.save_grant(&mut row, &key, &grant)?;
        self.keys_changed()?;
        Ok(self.token_info(&grant))
    }

    /// Refuses a token that has ended, and counts a use of one that has a limit. Reads the file and not what the handle
    /// remembers, because another process may have spent the last use.
    pub(crate) fn admit(&mut self) -> Result<()> {
        let Opener::Token(bearer) = self.opener.clone() else {
            return Ok(());
        };
        let refused = |why| Err(Error::TokenRefused { why });
        match &self.keys.rights {
            Some(rights) if rights.uses_left.is_none() => {
                return rights.refusal(self.now).map_or(Ok(()), refused);
            }
            _ => {}
        }
        let mut grant = self.own_grant(&bearer)?;
        if let Some(why) = grant.rights.refusal(self.now) {
            return refused(why);
        }
        grant.rights.uses_left = grant.rights.uses_left.map(|left| left.saturating_sub(1));
        if let Some(mut row) = token_row(self.db, self.path, &bearer.id())? {
            self.save_grant(&mut row, &bearer.key(), &grant)?;
        }
        let mut keys = Keys::load(self.db, self.path, &self.opener)?;
        keys.generation = self.keys.generation;
        self.keys = std::sync::Arc::new(keys);
        Ok(())
    }

    /// The rules that policies and own rules come to.
    pub(super) fn layer(
        &self,
        policies: &[String],
        rules: &[Rule],
        must_exist: bool,
    ) -> Result<Vec<Rule>> {
        let mut layer = rules.to_vec();
        for name in policies {
            match self.policy(name) {
                Ok(policy) => layer.extend(policy.rules),
                Err(Error::NoSuchPolicy { .. }) if !must_exist => {}
                Err(error) => return Err(error),
            }
        }
        Ok(layer)
    }

    /// What the vault tells about a token.
    pub(super) fn token_info(&self, grant: &Grant) -> TokenInfo {
        let mut prefixes: Vec<String> = grant
            .scopes
            .iter()
            .filter_map(|(id, _)| self.keys.scope(*id))
            .map(|scope| scope.keyring.prefix.clone())
            .collect();
        prefixes.sort();
        grant.rights.info(prefixes)
    }

    fn own_grant(&self, bearer: &Bearer) -> Result<Grant> {
        let row =
            token_row(self.db, self.path, &bearer.id())?.ok_or_else(|| Error::TokenRefused {
                why: "it was revoked".into(),
            })?;
        open_grant(self.keys.vault, &bearer.key(), &row).map_err(|what| self.damaged(what))
    }

    /// The ids and keys of the scopes with these prefixes.
    fn granted(&self, prefixes: &[String]) -> Result<Vec<(u64, Key)>> {
        let mut granted = Vec::new();
        for prefix in prefixes {
            let scope = self
                .keys
                .scopes
                .iter()
                .find(|scope| scope.keyring.prefix == *prefix)
                .ok_or_else(|| super::terms::no_scope(prefix))?;
            granted.push((scope.id, scope.key.clone()));
        }
        Ok(granted)
    }

    fn after(&self, time: SignedDuration) -> Timestamp {
        self.now
            .checked_add(time)
            .ok()
            .and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

fn new_bearer() -> Result<Bearer> {
    Bearer::random().map_err(|error| Error::Random(error.to_string()))
}

/// Reading and listing everything in the scopes.
fn default_rules(prefixes: &[String]) -> Result<Vec<Rule>> {
    prefixes
        .iter()
        .map(|prefix| {
            Ok(Rule {
                path: PathPattern::parse(&format!("{prefix}*"))?,
                capabilities: [Capability::Read, Capability::List].into(),
            })
        })
        .collect()
}

fn check(request: &TokenRequest) -> Result<()> {
    let invalid = |what, problem: &str| {
        Err(Error::Invalid {
            what,
            problem: problem.to_owned(),
        })
    };
    if request.scopes.is_empty() {
        return invalid(
            "the scopes of the token",
            "are none, so it would open nothing",
        );
    }
    if request.uses == Some(0) {
        return invalid("the use count", "is 0, so the token would open nothing");
    }
    if request.max_ttl < request.ttl {
        return invalid("the maximum lifetime", "is shorter than the lifetime");
    }
    check_ttl(request.ttl)?;
    crate::administration::check_label(&request.label)
}

fn check_ttl(ttl: SignedDuration) -> Result<()> {
    if ttl.is_positive() {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the lifetime",
        problem: "is not positive".into(),
    })
}
