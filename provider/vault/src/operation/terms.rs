//! Terms: a scope's new key, and bringing what exists under it.

use rusqlite::params;

use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::keyring::Term;
use crate::keys::Scope;
use crate::store::Stored;
use crate::work::Work;

use super::scopes::ScopeInfo;

/// How far a rewrap has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RewrapProgress {
    /// How many secrets this call rewrapped.
    pub done: u64,
    /// How many secrets still have a record under an older term.
    pub left: u64,
}

impl Work<'_> {
    /// Gives a scope a new term. Nothing that exists is rewritten.
    pub(crate) fn rotate_term(
        &mut self,
        event: &mut AuditEvent,
        prefix: &str,
    ) -> Result<ScopeInfo> {
        event.touch(prefix, None);
        let wrapping = self.root_keyring("rotate the term of")?.scopes.clone();
        let found = self
            .keys
            .scopes
            .iter()
            .find(|scope| scope.keyring.prefix == prefix);
        let mut scope = found.cloned().ok_or_else(|| no_scope(prefix))?;
        self.renew_scope(&mut scope)?;
        self.save_scope(&wrapping, &scope)?;
        self.keys_changed()?;
        self.regrant()?;
        let info = self.scopes()?.into_iter().find(|info| info.id == scope.id);
        info.ok_or_else(|| no_scope(prefix))
    }

    /// Adds a term, and a new scope key, without which whoever was granted the old one would open the new keyring.
    pub(super) fn renew_scope(&self, scope: &mut Scope) -> Result<()> {
        let newest = scope.keyring.terms.keys().next_back().copied().unwrap_or(0);
        let next = newest
            .checked_add(1)
            .ok_or_else(|| self.damaged("a scope ran out of terms"))?;
        let term = Term {
            key: self.fresh_key()?,
            created: self.now,
        };
        scope.keyring.terms.insert(next, term);
        scope.key = self.fresh_key()?;
        Ok(())
    }

    /// Brings up to `limit` secrets of a scope under its newest term. When none is left, the older terms are removed
    /// from the keyring: a copy of a destroyed key in an old backup then opens nothing of this file.
    pub(crate) fn rewrap(
        &mut self,
        event: &mut AuditEvent,
        prefix: &str,
        limit: u64,
    ) -> Result<RewrapProgress> {
        event.touch(prefix, None);
        let wrapping = self.root_keyring("rewrap")?.scopes.clone();
        let found = self
            .keys
            .scopes
            .iter()
            .find(|scope| scope.keyring.prefix == prefix);
        let mut scope = found.cloned().ok_or_else(|| no_scope(prefix))?;
        let (newest, _) = scope
            .keyring
            .current()
            .ok_or_else(|| self.damaged("a scope has no term"))?;
        let old = self.secrets_before_term(scope.id, newest)?;
        let mut progress = RewrapProgress::default();
        for id in &old {
            if progress.done >= limit {
                break;
            }
            self.rewrap_secret(&scope, *id)?;
            progress.done = progress.done.saturating_add(1);
        }
        let total = u64::try_from(old.len()).unwrap_or(u64::MAX);
        progress.left = total.saturating_sub(progress.done);
        if progress.left == 0
            && scope.keyring.terms.len() > 1
            && !self.has_leases_before(scope.id, newest)?
        {
            scope.keyring.terms.retain(|number, _| *number == newest);
            self.save_scope(&wrapping, &scope)?;
            self.keys_changed()?;
            self.shredded = true;
        }
        Ok(progress)
    }

    /// The secrets of a scope with a head or a version under a term before `newest`. Bytes 7 to 10 of a record are
    /// its term.
    fn secrets_before_term(&self, scope: u64, newest: u32) -> Result<Vec<i64>> {
        self.db
            .prepare_cached(
                "SELECT id FROM secret WHERE scope = ?1 AND (substr(head, 7, 4) <> ?2 OR EXISTS
                 (SELECT 1 FROM version WHERE version.secret = secret.id AND version.term <> ?3))",
            )
            .and_then(|mut all| {
                let bytes = newest.to_be_bytes();
                all.query_map(params![scope, bytes.as_slice(), newest], |row| row.get(0))?
                    .collect()
            })
            .stored(self.path)
    }

    fn has_leases_before(&self, scope: u64, newest: u32) -> Result<bool> {
        self.db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM lease WHERE scope = ?1 AND substr(sealed, 7, 4) <> ?2)",
            )
            .and_then(|mut one| {
                one.query_row(params![scope, newest.to_be_bytes().as_slice()], |row| row.get(0))
            })
            .stored(self.path)
    }

    fn rewrap_secret(&mut self, scope: &Scope, id: i64) -> Result<()> {
        let (lookup, revision, head) = self
            .db
            .prepare_cached("SELECT lookup, revision, head FROM secret WHERE id = ?1")
            .and_then(|mut one| {
                one.query_row(params![id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
            })
            .stored(self.path)?;
        let mut row = self.open_head(scope, id, lookup, revision, head)?;
        for mut version in self.all_versions(&row)? {
            let shredded = version.data_key.is_none();
            self.save_version(&row, &mut version, shredded)?;
        }
        self.save_head_untouched(&mut row)
    }
}

pub(super) fn no_scope(prefix: &str) -> Error {
    Error::Invalid {
        what: "the scope",
        problem: format!("\"{prefix}\" does not exist; `coffer scope list` names those that do"),
    }
}
