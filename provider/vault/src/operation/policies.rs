//! Policies: named rules that tokens follow. A change reaches the tokens that have it at once.

use rusqlite::{OptionalExtension, params};

use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, Place, open, seal};
use crate::name::SecretName;
use crate::policy::Policy;
use crate::secret::Secret;
use crate::store::Stored;
use crate::work::{Work, not_sealed};

/// A policy's row as the set digest covers it.
pub(crate) fn digest_row(name: &str, sealed: &[u8]) -> [Vec<u8>; 3] {
    [
        b"policy".to_vec(),
        name.as_bytes().to_vec(),
        sealed.to_vec(),
    ]
}

impl Work<'_> {
    /// The names of all policies.
    pub(crate) fn policy_names(&self) -> Result<Vec<String>> {
        let mut names = self.document_names()?;
        names.retain(|name| !name.contains('/'));
        Ok(names)
    }

    /// The names of everything that stands among the policies: those, and roles.
    pub(super) fn document_names(&self) -> Result<Vec<String>> {
        self.root_keyring("see the policies of")?;
        self.db
            .prepare_cached("SELECT name FROM policy ORDER BY name")
            .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect())
            .stored(self.path)
    }

    /// A policy.
    pub(crate) fn policy(&self, name: &str) -> Result<Policy> {
        let text = self.document(name)?.filter(|_| !name.contains('/'));
        let text = text.ok_or_else(|| Error::NoSuchPolicy {
            name: name.to_owned(),
        })?;
        serde_json::from_slice(text.danger_expose())
            .map_err(|error| self.damaged(format!("the policy \"{name}\": {error}")))
    }

    /// The JSON of a policy or a role.
    pub(super) fn document(&self, name: &str) -> Result<Option<Secret>> {
        let root = self.root_keyring("see the policies of")?;
        let Some(sealed) = self.sealed_policy(name)? else {
            return Ok(None);
        };
        let place = Place::new(self.keys.vault, Kind::Policy).path(name.as_bytes());
        open(&root.policies, &place, &sealed)
            .map(Some)
            .map_err(|error| self.does_not_open(&format!("the policy \"{name}\""), error))
    }

    /// Writes a policy, new or in place of the one of this name.
    pub(crate) fn write_policy(
        &mut self,
        event: &mut AuditEvent,
        name: &str,
        policy: &Policy,
    ) -> Result<()> {
        event.touch(format!("policy {name}"), None);
        let key = self.root_keyring("write a policy of")?.policies.clone();
        if name.contains('/') {
            return Err(Error::Invalid {
                what: "the policy's name",
                problem: "has a slash".into(),
            });
        }
        SecretName::parse(name)?;
        let text = serde_json::to_vec(policy)
            .map_err(|error| self.damaged(format!("a policy: {error}")))?;
        self.store_document(&key, name, &text)?;
        self.regrant()?;
        self.keys_changed()
    }

    /// Seals and writes the JSON of a policy or a role.
    pub(super) fn store_document(&mut self, key: &Key, name: &str, text: &[u8]) -> Result<()> {
        let place = Place::new(self.keys.vault, Kind::Policy).path(name.as_bytes());
        let sealed = seal(key, &place, text).map_err(not_sealed)?;
        if let Some(old) = self.sealed_policy(name)? {
            self.toggle(&digest_row(name, &old));
        }
        self.db
            .prepare_cached(
                "INSERT INTO policy (name, sealed) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
            )
            .and_then(|mut write| write.execute(params![name, sealed]))
            .stored(self.path)?;
        self.toggle(&digest_row(name, &sealed));
        Ok(())
    }

    /// Removes a policy. Tokens that have it lose its rules.
    pub(crate) fn remove_policy(&mut self, event: &mut AuditEvent, name: &str) -> Result<()> {
        event.touch(format!("policy {name}"), None);
        self.root_keyring("remove a policy of")?;
        if name.contains('/') || !self.remove_document(name)? {
            return Err(Error::NoSuchPolicy {
                name: name.to_owned(),
            });
        }
        self.regrant()?;
        self.keys_changed()
    }

    /// Removes a policy or a role; says whether it was there.
    pub(super) fn remove_document(&mut self, name: &str) -> Result<bool> {
        let Some(old) = self.sealed_policy(name)? else {
            return Ok(false);
        };
        self.db
            .prepare_cached("DELETE FROM policy WHERE name = ?1")
            .and_then(|mut delete| delete.execute(params![name]))
            .stored(self.path)?;
        self.toggle(&digest_row(name, &old));
        Ok(true)
    }

    fn sealed_policy(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.db
            .prepare_cached("SELECT sealed FROM policy WHERE name = ?1")
            .and_then(|mut one| one.query_row(params![name], |row| row.get(0)).optional())
            .stored(self.path)
    }
}
