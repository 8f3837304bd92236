//! Scopes: path prefixes with keyrings of their own.

use jiff::Timestamp;
use rusqlite::params;

use super::secret_row::SecretRow;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, Place, seal};
use crate::keyring::ScopeKeyring;
use crate::keys::Scope;
use crate::name::SecretName;
use crate::store::Stored;
use crate::work::{Work, not_sealed};

/// A scope without its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeInfo {
    /// The scope's number.
    pub id: u64,
    /// The prefix of its names: empty for the outermost, or a folder with its slash.
    pub prefix: String,
    /// The number of the term in use.
    pub term: u32,
    /// When that term began.
    pub term_created: Timestamp,
    /// How many terms the keyring keeps.
    pub terms: u64,
    /// How many secrets lie in the scope, the deleted ones included.
    pub secrets: u64,
}

impl Work<'_> {
    /// The open scopes in order of their prefixes.
    pub(crate) fn scopes(&self) -> Result<Vec<ScopeInfo>> {
        let mut found = Vec::new();
        for scope in &self.keys.scopes {
            let (term, newest) = scope
                .keyring
                .terms
                .last_key_value()
                .ok_or_else(|| self.damaged(format!("scope {} has no term", scope.id)))?;
            let secrets = self
                .db
                .prepare_cached("SELECT count(*) FROM secret WHERE scope = ?1")
                .and_then(|mut one| one.query_row(params![scope.id], |row| row.get(0)))
                .stored(self.path)?;
            found.push(ScopeInfo {
                id: scope.id,
                prefix: scope.keyring.prefix.clone(),
                term: *term,
                term_created: newest.created,
                terms: u64::try_from(scope.keyring.terms.len()).unwrap_or(u64::MAX),
                secrets,
            });
        }
        found.sort_by(|a, b| a.prefix.cmp(&b.prefix));
        Ok(found)
    }

    /// Makes a scope for the names below `prefix` and moves those that exist into it.
    pub(crate) fn add_scope(&mut self, event: &mut AuditEvent, prefix: &str) -> Result<ScopeInfo> {
        event.touch(prefix, None);
        let wrapping = self.root_keyring("add a scope to")?.scopes.clone();
        check_prefix(prefix)?;
        if self
            .keys
            .scopes
            .iter()
            .any(|scope| scope.keyring.prefix == prefix)
        {
            return Err(Error::Invalid {
                what: "the scope",
                problem: format!("\"{prefix}\" exists already"),
            });
        }
        let mut parent = self.keys.scope_of_path(prefix)?.clone();
        let mut scope = Scope {
            id: 0,
            key: self.fresh_key()?,
            keyring: ScopeKeyring::random(prefix, self.now)
                .map_err(|error| Error::Random(error.to_string()))?,
        };
        // Scopes that lay directly in the parent and below the new prefix now lie in the new scope.
        let (inner, outer) = parent
            .keyring
            .children
            .drain(..)
            .partition(|child| child.starts_with(prefix));
        scope.keyring.children = inner;
        // Whoever kept a fingerprint of a secret that moves still knows its value by it.
        scope.keyring.fingerprint = Some(parent.keyring.fingerprint());
        parent.keyring.children = outer;
        parent.keyring.children.push(prefix.to_owned());
        let moving = self.rows_to_move(&parent, prefix)?;
        scope.id = self.insert_scope(&wrapping, &scope)?;
        self.save_scope(&wrapping, &parent)?;
        self.keys_changed()?;
        for row in moving {
            self.move_secret(row, &parent, &scope)?;
        }
        let made = self
            .scopes()?
            .into_iter()
            .find(|found| found.id == scope.id);
        made.ok_or_else(|| self.damaged("the new scope is missing"))
    }

    pub(super) fn fresh_key(&self) -> Result<Key> {
        Key::random().map_err(|error| Error::Random(error.to_string()))
    }

    fn rows_to_move(&self, parent: &Scope, prefix: &str) -> Result<Vec<SecretRow>> {
        let below = self.rows_below(prefix, usize::MAX)?;
        Ok(below
            .into_iter()
            .filter(|row| row.scope == parent.id)
            .collect())
    }

    fn insert_scope(&mut self, wrapping: &Key, scope: &Scope) -> Result<u64> {
        // The number is part of what the keys are sealed for, so it is taken first.
        self.db
            .prepare_cached("INSERT INTO scope (sealed_key, keyring) VALUES (x'', x'')")
            .and_then(|mut insert| insert.execute([]))
            .stored(self.path)?;
        let id = self.db.last_insert_rowid().unsigned_abs();
        self.toggle(&Scope::row(id, &[], &[]));
        self.save_scope(
            wrapping,
            &Scope {
                id,
                ..scope.clone()
            },
        )?;
        Ok(id)
    }

    /// Seals and writes a scope's key and keyring.
    pub(super) fn save_scope(&mut self, wrapping: &Key, scope: &Scope) -> Result<()> {
        let vault = self.keys.vault;
        let (old_key, old_keyring): (Vec<u8>, Vec<u8>) = self
            .db
            .prepare_cached("SELECT sealed_key, keyring FROM scope WHERE id = ?1")
            .and_then(|mut one| {
                one.query_row(params![scope.id], |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .stored(self.path)?;
        self.toggle(&Scope::row(scope.id, &old_key, &old_keyring));
        let place = |kind| Place::new(vault, kind).scope(scope.id);
        let sealed_key =
            seal(wrapping, &place(Kind::ScopeKey), scope.key.danger_bytes()).map_err(not_sealed)?;
        let keyring =
            seal(&scope.key, &place(Kind::Keyring), &scope.keyring.encode()).map_err(not_sealed)?;
        self.db
            .prepare_cached("UPDATE scope SET sealed_key = ?1, keyring = ?2 WHERE id = ?3")
            .and_then(|mut update| update.execute(params![sealed_key, keyring, scope.id]))
            .stored(self.path)?;
        self.toggle(&Scope::row(scope.id, &sealed_key, &keyring));
        Ok(())
    }

    /// Files a secret in another scope: its name is looked up, and its keys are wrapped, by that scope's keys.
    fn move_secret(&mut self, mut row: SecretRow, from: &Scope, to: &Scope) -> Result<()> {
        let name = SecretName::parse(&row.head.name)?;
        let mut versions = Vec::new();
        for version in self.all_versions(&row)? {
            let data_key = match version.data_key {
                Some(_) => Some(self.data_key(&row, &version)?),
                None => None,
            };
            versions.push((version, data_key));
        }
        self.db
            .prepare_cached("DELETE FROM folder WHERE secret = ?1 AND scope = ?2")
            .and_then(|mut delete| delete.execute(params![row.id, from.id]))
            .stored(self.path)?;
        self.refile(&mut row, to, name.as_str())?;
        for (mut version, data_key) in versions {
            self.rewrap_version(&row, &mut version, data_key.as_ref())?;
        }
        Ok(())
    }
}

fn check_prefix(prefix: &str) -> Result<()> {
    let folder = prefix.strip_suffix('/').ok_or_else(|| Error::Invalid {
        what: "the scope",
        problem: format!(
            "\"{prefix}\" is no folder; write it with a slash at the end: \"{prefix}/\""
        ),
    })?;
    SecretName::parse(folder)?;
    Ok(())
}
