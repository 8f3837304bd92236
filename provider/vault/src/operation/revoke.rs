//! Taking tokens back: new keys for what they opened.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::token_row::TokenRow;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, Place, seal};
use crate::keyring::{Grant, RootKeyring};
use crate::policy::{Capability, Rule};
use crate::store::Stored;
use crate::token::Revocation;
use crate::work::{Work, not_sealed};

impl Work<'_> {
    /// The row of the token with this accessor.
    pub(super) fn find_token(&self, accessor: &str) -> Result<TokenRow> {
        self.token_rows()?
            .into_iter()
            .find(|row| row.accessor == accessor)
            .ok_or_else(|| Error::NoSuchToken {
                accessor: accessor.to_owned(),
            })
    }

    /// Revokes a token and those that it made.
    pub(crate) fn revoke_token(
        &mut self,
        event: &mut AuditEvent,
        accessor: &str,
    ) -> Result<Revocation> {
        self.root_keyring("revoke tokens of")?;
        let named = self.find_token(accessor)?;
        self.revoke(event, BTreeSet::from([named.accessor]))
    }

    /// Revokes the tokens that have expired or spent their uses.
    pub(crate) fn sweep_tokens(&mut self, event: &mut AuditEvent) -> Result<Revocation> {
        self.root_keyring("revoke tokens of")?;
        let mut spent = BTreeSet::new();
        for row in self.token_rows()? {
            let (_, grant) = self.open_token(&row)?;
            if grant.rights.refusal(self.now).is_some() {
                spent.insert(row.accessor);
            }
        }
        self.revoke(event, spent)
    }

    pub(super) fn revoke(
        &mut self,
        event: &mut AuditEvent,
        named: BTreeSet<String>,
    ) -> Result<Revocation> {
        let rows = self.token_rows()?;
        let going = with_descendants(named, &rows);
        let mut revocation = Revocation::default();
        let mut scopes = BTreeSet::new();
        let mut readable = BTreeSet::new();
        for row in rows.iter().filter(|row| going.contains(&row.accessor)) {
            event.touch(format!("token {}", row.accessor), None);
            let (_, grant) = self.open_token(row)?;
            scopes.extend(grant.scopes.iter().map(|(id, _)| *id));
            readable.extend(self.readable_with(&grant)?);
            revocation.tokens.push(self.token_info(&grant));
            self.delete_token(row)?;
        }
        if revocation.tokens.is_empty() {
            return Ok(revocation);
        }
        revocation.readable = readable.into_iter().collect();
        self.renew_keys(&scopes)?;
        self.shredded = true;
        Ok(revocation)
    }

    /// New terms and keys for `scopes`, and a new key for the state and the trail: what is written from now on is closed
    /// to whoever held the old ones.
    fn renew_keys(&mut self, scopes: &BTreeSet<u64>) -> Result<()> {
        let first_row = self.state.audit_rows.saturating_add(1);
        let mut root = self.root_keyring("revoke tokens of")?.clone();
        root.renew_writer(first_row)
            .map_err(|error| Error::Random(error.to_string()))?;
        for mut scope in self.keys.scopes.clone() {
            if scopes.contains(&scope.id) {
                self.renew_scope(&mut scope)?;
                self.save_scope(&root.scopes, &scope)?;
            }
        }
        if let Some(segment) = root.audit.last() {
            self.state.ratchet = segment.seed.clone();
        }
        let root_key = self.root_key("revoke tokens of")?.clone();
        self.save_root(&root_key, &root)?;
        self.keys_changed()?;
        self.regrant()
    }

    /// Seals and writes the root keyring.
    pub(super) fn save_root(&self, root_key: &Key, keyring: &RootKeyring) -> Result<()> {
        let place = Place::new(self.keys.vault, Kind::RootKeyring);
        let sealed = seal(root_key, &place, &keyring.encode()).map_err(not_sealed)?;
        self.db
            .prepare_cached("UPDATE vault SET root = ?1")
            .and_then(|mut update| update.execute(params![sealed]))
            .stored(self.path)
            .map(drop)
    }

    /// Seals every token's keyring anew, with the keys and policies of now.
    pub(super) fn regrant(&mut self) -> Result<()> {
        let mut opened = BTreeMap::new();
        for row in self.token_rows()? {
            let (key, grant) = self.open_token(&row)?;
            opened.insert(row.accessor.clone(), (row, key, grant));
        }
        let mut layers = BTreeMap::new();
        for accessor in opened.keys() {
            layers.insert(accessor.clone(), self.layers(accessor, &opened)?);
        }
        for (accessor, (mut row, key, mut grant)) in opened {
            grant.writer = self.keys.writer.clone();
            grant.outbox = self.keys.outbox;
            grant.rights.layers = layers.remove(&accessor).unwrap_or_default();
            grant.scopes = grant
                .scopes
                .iter()
                .filter_map(|(id, _)| self.keys.scope(*id))
                .map(|scope| (scope.id, scope.key.clone()))
                .collect();
            self.save_grant(&mut row, &key, &grant)?;
        }
        Ok(())
    }

    /// The layers of a token's forebears and its own, the oldest first.
    fn layers(
        &self,
        accessor: &str,
        tokens: &BTreeMap<String, (TokenRow, Key, Grant)>,
    ) -> Result<Vec<Vec<Rule>>> {
        let mut layers = Vec::new();
        let mut next = Some(accessor.to_owned());
        let mut left = tokens.len();
        while let Some((_, _, grant)) = next.and_then(|accessor| tokens.get(&accessor)) {
            let rights = &grant.rights;
            layers.push(self.layer(&rights.policies, &rights.rules, false)?);
            next = rights.parent.clone().filter(|_| left > 0);
            left = left.saturating_sub(1);
        }
        layers.reverse();
        Ok(layers)
    }

    /// The names whose values a token could read.
    fn readable_with(&self, grant: &Grant) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for (id, _) in &grant.scopes {
            let Some(scope) = self.keys.scope(*id) else {
                continue;
            };
            for row in self.rows_below(&scope.keyring.prefix, usize::MAX)? {
                if row.scope == *id && grant.rights.allow(Capability::Read, &row.head.name) {
                    names.push(row.head.name);
                }
            }
        }
        Ok(names)
    }
}

fn with_descendants(mut going: BTreeSet<String>, rows: &[TokenRow]) -> BTreeSet<String> {
    loop {
        let children: Vec<String> = rows
            .iter()
            .filter(|row| {
                row.parent
                    .as_ref()
                    .is_some_and(|parent| going.contains(parent))
            })
            .filter(|row| !going.contains(&row.accessor))
            .map(|row| row.accessor.clone())
            .collect();
        if children.is_empty() {
            return going;
        }
        going.extend(children);
    }
}
