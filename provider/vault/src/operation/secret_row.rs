//! A secret's row: what is known of it but its values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::hazmat::{Kind, Place, open, seal, sealed_term};
use crate::keys::Scope;
use crate::metadata::{Deletion, SecretMetadata};
use crate::name::SecretName;
use crate::selector::{Stage, VersionSelector};
use crate::store::Stored;
use crate::work::{Work, not_sealed};

/// How many idempotency tokens a secret remembers.
const REMEMBERED_TOKENS: usize = 32;

/// The sealed part of the row. Its JSON is part of the format.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) latest: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current_since: Option<Timestamp>,
    /// When the current version expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) annotations: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) versions_to_keep: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted: Option<Deletion>,
    /// The hashes of idempotency tokens with the versions that they made, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tokens: Vec<(String, u64)>,
}

impl Head {
    /// A secret without versions.
    pub(crate) fn new(name: &SecretName, now: Timestamp) -> Self {
        Self {
            name: name.as_str().to_owned(),
            created: now,
            updated: now,
            latest: 0,
            current: None,
            pending: None,
            previous: None,
            current_since: None,
            expires: None,
            description: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            versions_to_keep: 0,
            deleted: None,
            tokens: Vec::new(),
        }
    }

    /// The version that carries `stage`.
    pub(crate) fn staged(&self, stage: Stage) -> Option<u64> {
        match stage {
            Stage::Current => self.current,
            Stage::Pending => self.pending,
            Stage::Previous => self.previous,
        }
    }

    /// The stages that `version` carries.
    pub(crate) fn stages_of(&self, version: u64) -> Vec<Stage> {
        Stage::ALL
            .into_iter()
            .filter(|stage| self.staged(*stage) == Some(version))
            .collect()
    }

    /// The number that `selector` means.
    pub(crate) fn select(&self, name: &SecretName, selector: VersionSelector) -> Result<u64> {
        let number = match selector {
            VersionSelector::Current => self.current,
            VersionSelector::Stage(stage) => self.staged(stage),
            VersionSelector::Version(number) => {
                (number >= 1 && number <= self.latest).then_some(number)
            }
        };
        number.ok_or_else(|| Error::NoSuchVersion {
            name: name.clone(),
            selector,
            latest: self.latest,
        })
    }

    pub(crate) fn remember_token(&mut self, token: String, version: u64) {
        if self.tokens.len() >= REMEMBERED_TOKENS {
            self.tokens.remove(0);
        }
        self.tokens.push((token, version));
    }
}

/// A row of the table `secret`, opened.
pub(crate) struct SecretRow {
    /// 0 until it is stored.
    pub(crate) id: i64,
    pub(crate) scope: u64,
    pub(crate) lookup: Vec<u8>,
    pub(crate) revision: u64,
    /// The sealed head as stored; empty until it is stored.
    sealed: Vec<u8>,
    pub(crate) head: Head,
}

impl SecretRow {
    /// A row that is not stored yet.
    pub(crate) fn new(scope: &Scope, name: &SecretName, now: Timestamp) -> Self {
        Self {
            id: 0,
            scope: scope.id,
            lookup: scope.lookup(name.as_str()),
            revision: 0,
            sealed: Vec::new(),
            head: Head::new(name, now),
        }
    }

    /// What the set digest covers.
    pub(crate) fn digest_row(&self) -> [Vec<u8>; 6] {
        [
            b"secret".to_vec(),
            self.id.to_be_bytes().to_vec(),
            self.scope.to_be_bytes().to_vec(),
            self.lookup.clone(),
            self.revision.to_be_bytes().to_vec(),
            self.sealed.clone(),
        ]
    }

    /// What the vault tells about the secret.
    pub(crate) fn metadata(&self, work: &Work<'_>) -> Result<SecretMetadata> {
        let head = self.head.clone();
        let name = SecretName::parse(&head.name)
            .map_err(|error| work.damaged(format!("a secret's name: {error}")))?;
        Ok(SecretMetadata {
            name,
            revision: self.revision,
            created: head.created,
            updated: head.updated,
            latest: head.latest,
            current: head.current,
            pending: head.pending,
            previous: head.previous,
            current_since: head.current_since,
            expires: head.expires,
            description: head.description,
            labels: head.labels,
            annotations: head.annotations,
            versions_to_keep: head.versions_to_keep,
            deleted: head.deleted,
        })
    }
}

impl Work<'_> {
    /// The row of `name`, also where the secret is deleted but can be restored.
    pub(crate) fn find(&self, name: &SecretName) -> Result<Option<SecretRow>> {
        let now = self.now;
        let over = |deletion: Deletion| deletion.recoverable_until < now;
        Ok(self
            .find_any(name)?
            .filter(|row| !row.head.deleted.is_some_and(over)))
    }

    /// The row of `name`, whether deleted or not.
    pub(crate) fn find_any(&self, name: &SecretName) -> Result<Option<SecretRow>> {
        let scope = self.keys.scope_of(name)?;
        let lookup = scope.lookup(name.as_str());
        let found: Option<(i64, u64, Vec<u8>)> = self
            .db
            .prepare_cached(
                "SELECT id, revision, head FROM secret WHERE scope = ?1 AND lookup = ?2",
            )
            .and_then(|mut one| {
                one.query_row(params![scope.id, lookup], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
            })
            .stored(self.path)?;
        let Some((id, revision, sealed)) = found else {
            return Ok(None);
        };
        let row = self.open_head(scope, id, lookup, revision, sealed)?;
        if row.head.name != name.as_str() {
            return Err(self.damaged(format!("the record of \"{name}\" is another secret's")));
        }
        Ok(Some(row))
    }

    /// The row of `name`, where the secret exists and is not deleted.
    pub(crate) fn find_live(&self, name: &SecretName) -> Result<SecretRow> {
        let row = self.find(name)?.ok_or_else(|| self.not_found(name))?;
        match row.head.deleted {
            Some(Deletion {
                at,
                recoverable_until,
            }) => Err(Error::Deleted {
                name: name.clone(),
                at,
                recoverable_until,
            }),
            None => Ok(row),
        }
    }

    /// Opens a head.
    pub(crate) fn open_head(
        &self,
        scope: &Scope,
        id: i64,
        lookup: Vec<u8>,
        revision: u64,
        sealed: Vec<u8>,
    ) -> Result<SecretRow> {
        let term = sealed_term(&sealed)
            .and_then(|number| scope.keyring.terms.get(&number).map(|term| (number, term)));
        let Some((number, term)) = term else {
            return Err(self.damaged(format!("the record of secret {id} has an unknown term")));
        };
        let place = Place::new(self.keys.vault, Kind::Head)
            .scope(scope.id)
            .path(&lookup)
            .number(revision)
            .term(number);
        let opened = open(&term.key, &place, &sealed)
            .map_err(|error| self.does_not_open(&format!("the record of secret {id}"), error))?;
        let head: Head = serde_json::from_slice(opened.danger_expose()).map_err(|error| {
            self.damaged(format!(
                "the record of secret {id} has unknown contents: {error}"
            ))
        })?;
        Ok(SecretRow {
            id,
            scope: scope.id,
            lookup,
            revision,
            sealed,
            head,
        })
    }

    /// Seals and writes the head under the newest term.
    pub(crate) fn save_head(&mut self, row: &mut SecretRow) -> Result<()> {
        let is_new = row.id == 0;
        if !is_new {
            self.toggle(&row.digest_row());
        }
        row.revision = row.revision.saturating_add(1);
        row.head.updated = self.now;
        self.write_head(row, is_new)
    }

    /// Seals the head as it is under the newest term.
    pub(crate) fn save_head_untouched(&mut self, row: &mut SecretRow) -> Result<()> {
        self.toggle(&row.digest_row());
        self.write_head(row, false)
    }

    /// Files a stored secret in another scope.
    pub(super) fn refile(&mut self, row: &mut SecretRow, scope: &Scope, name: &str) -> Result<()> {
        self.toggle(&row.digest_row());
        row.scope = scope.id;
        row.lookup = scope.lookup(name);
        self.db
            .prepare_cached("UPDATE secret SET scope = ?1, lookup = ?2 WHERE id = ?3")
            .and_then(|mut update| update.execute(params![row.scope, row.lookup, row.id]))
            .stored(self.path)?;
        self.save_folders(row)?;
        self.write_head(row, false)
    }

    /// Seals and writes a head that the set digest does not cover at the moment.
    fn write_head(&mut self, row: &mut SecretRow, is_new: bool) -> Result<()> {
        row.sealed = self.seal_head(row)?;
        if is_new {
            self.db
                .prepare_cached(
                    "INSERT INTO secret (scope, lookup, revision, head) VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut insert| {
                    insert.execute(params![row.scope, row.lookup, row.revision, row.sealed])
                })
                .stored(self.path)?;
            row.id = self.db.last_insert_rowid();
            self.save_folders(row)?;
        } else {
            self.db
                .prepare_cached("UPDATE secret SET revision = ?1, head = ?2 WHERE id = ?3")
                .and_then(|mut update| update.execute(params![row.revision, row.sealed, row.id]))
                .stored(self.path)?;
        }
        self.toggle(&row.digest_row());
        Ok(())
    }

    fn seal_head(&self, row: &SecretRow) -> Result<Vec<u8>> {
        let scope = self.scope_by_id(row.scope)?;
        let (number, key) = scope
            .keyring
            .current()
            .ok_or_else(|| self.damaged("a scope has no term"))?;
        let text = serde_json::to_vec(&row.head)
            .map_err(|error| self.damaged(format!("a secret's record: {error}")))?;
        let place = Place::new(self.keys.vault, Kind::Head)
            .scope(row.scope)
            .path(&row.lookup)
            .number(row.revision)
            .term(number);
        seal(key, &place, &text).map_err(not_sealed)
    }

    /// The open scope of this id.
    pub(crate) fn scope_by_id(&self, id: u64) -> Result<&Scope> {
        self.keys
            .scope(id)
            .ok_or_else(|| self.damaged(format!("there is no scope {id}")))
    }

    /// Files the secret under each folder on its path inside its scope.
    fn save_folders(&self, row: &SecretRow) -> Result<()> {
        let scope = self.scope_by_id(row.scope)?;
        let name = SecretName::parse(&row.head.name)?;
        let mut insert = self
            .db
            .prepare_cached("INSERT INTO folder (scope, lookup, secret) VALUES (?1, ?2, ?3)")
            .stored(self.path)?;
        for folder in name
            .folders()
            .filter(|folder| folder.starts_with(&scope.keyring.prefix))
        {
            insert
                .execute(params![scope.id, scope.folder_lookup(folder), row.id])
                .stored(self.path)?;
        }
        Ok(())
    }
}
