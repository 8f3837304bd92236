//! A version's row: its metadata, its wrapped data key and its value.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::secret_row::{Head, SecretRow};
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, Place, open, seal};
use crate::metadata::{VersionMetadata, VersionState};
use crate::name::SecretName;
use crate::secret::Secret;
use crate::store::Stored;
use crate::work::{Work, not_sealed};

/// The sealed metadata. Its JSON is part of the format.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct VersionMeta {
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(flatten)]
    pub(crate) state: VersionState,
}

/// A row of the table `version`, with its metadata opened.
pub(crate) struct VersionRow {
    secret: i64,
    pub(crate) number: u64,
    pub(crate) term: u32,
    /// None where the version is destroyed.
    pub(crate) data_key: Option<Vec<u8>>,
    sealed_meta: Vec<u8>,
    pub(crate) meta: VersionMeta,
}

impl VersionRow {
    /// What the set digest covers. The value is not in it: only the data key opens it, and that never changes.
    pub(crate) fn digest_row(&self) -> [Vec<u8>; 6] {
        [
            b"version".to_vec(),
            self.secret.to_be_bytes().to_vec(),
            self.number.to_be_bytes().to_vec(),
            self.term.to_be_bytes().to_vec(),
            self.data_key.clone().unwrap_or_default(),
            self.sealed_meta.clone(),
        ]
    }

    /// Refuses a version of `name` whose value cannot be handed out.
    pub(crate) fn readable(&self, name: &SecretName) -> Result<()> {
        let (name, version) = (name.clone(), self.number);
        match self.meta.state {
            VersionState::Enabled => Ok(()),
            VersionState::Disabled => Err(Error::Disabled { name, version }),
            VersionState::Destroyed(at) => Err(Error::Destroyed { name, version, at }),
        }
    }

    /// What the vault tells about the version.
    pub(crate) fn metadata(&self, name: &SecretName, head: &Head) -> VersionMetadata {
        VersionMetadata {
            name: name.clone(),
            version: self.number,
            created: self.meta.created,
            created_by: self.meta.created_by.clone(),
            stages: head.stages_of(self.number),
            state: self.meta.state,
            content_type: self.meta.content_type.clone(),
            expires: self.meta.expires,
            labels: self.meta.labels.clone(),
            repeated: false,
        }
    }
}

/// Where a version's records belong.
struct Places<'a> {
    scope: u64,
    name: &'a str,
    number: u64,
    term: u32,
}

impl Places<'_> {
    fn under_term(&self, work: &Work<'_>, kind: Kind) -> Place<'_> {
        Place::new(work.keys.vault, kind)
            .scope(self.scope)
            .path(self.name.as_bytes())
            .number(self.number)
            .term(self.term)
    }

    /// A value is bound to its name and version; its data key binds it to the scope and the term, which may change.
    fn value(&self, work: &Work<'_>) -> Place<'_> {
        Place::new(work.keys.vault, Kind::Value)
            .path(self.name.as_bytes())
            .number(self.number)
    }
}

impl Work<'_> {
    /// Stores a new version's records and returns its row.
    pub(crate) fn insert_version(
        &mut self,
        secret: &SecretRow,
        number: u64,
        meta: VersionMeta,
        value: &Secret,
    ) -> Result<VersionRow> {
        let (term, term_key) = self.current_term(secret.scope)?;
        let places = Places {
            scope: secret.scope,
            name: &secret.head.name,
            number,
            term,
        };
        let data_key = Key::random().map_err(|error| Error::Random(error.to_string()))?;
        let sealed_value =
            seal(&data_key, &places.value(self), value.danger_expose()).map_err(not_sealed)?;
        let wrapped = seal(
            &term_key,
            &places.under_term(self, Kind::DataKey),
            data_key.danger_bytes(),
        )
        .map_err(not_sealed)?;
        let sealed_meta = self.seal_meta(&places, &term_key, &meta)?;
        self.db
            .prepare_cached(
                "INSERT INTO version (secret, number, term, data_key, meta, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut insert| {
                insert.execute(params![secret.id, number, term, wrapped, sealed_meta, sealed_value])
            })
            .stored(self.path)?;
        let row = VersionRow {
            secret: secret.id,
            number,
            term,
            data_key: Some(wrapped),
            sealed_meta,
            meta,
        };
        self.toggle(&row.digest_row());
        Ok(row)
    }

    /// A version's row.
    pub(crate) fn version(&self, secret: &SecretRow, number: u64) -> Result<VersionRow> {
        let found: Option<(u32, Option<Vec<u8>>, Vec<u8>)> = self
            .db
            .prepare_cached(
                "SELECT term, data_key, meta FROM version WHERE secret = ?1 AND number = ?2",
            )
            .and_then(|mut one| {
                one.query_row(params![secret.id, number], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
            })
            .stored(self.path)?;
        let (term, data_key, sealed_meta) = found.ok_or_else(|| {
            self.damaged(format!(
                "version {number} of \"{}\" is missing",
                secret.head.name
            ))
        })?;
        let places = Places {
            scope: secret.scope,
            name: &secret.head.name,
            number,
            term,
        };
        let key = self.term_key(secret.scope, term)?;
        let opened = open(
            &key,
            &places.under_term(self, Kind::VersionMeta),
            &sealed_meta,
        )
        .map_err(|error| self.version_damaged(secret, number, "metadata", error))?;
        let meta: VersionMeta = serde_json::from_slice(opened.danger_expose())
            .map_err(|error| self.damaged(format!("a version's metadata: {error}")))?;
        let destroyed = matches!(meta.state, VersionState::Destroyed(_));
        if destroyed != data_key.is_none() {
            return Err(self.damaged(format!(
                "version {number} of \"{}\" has lost its key, or kept one that was destroyed",
                secret.head.name
            )));
        }
        Ok(VersionRow {
            secret: secret.id,
            number,
            term,
            data_key,
            sealed_meta,
            meta,
        })
    }

    /// All version rows of a secret, the oldest first.
    pub(crate) fn all_versions(&self, secret: &SecretRow) -> Result<Vec<VersionRow>> {
        (1..=secret.head.latest)
            .map(|number| self.version(secret, number))
            .collect()
    }

    /// A version's value, whatever its stage or state; fails where it is destroyed.
    pub(crate) fn value(&self, secret: &SecretRow, version: &VersionRow) -> Result<Secret> {
        let (number, name) = (version.number, &secret.head.name);
        let data_key = self.data_key(secret, version)?;
        let sealed: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT value FROM version WHERE secret = ?1 AND number = ?2")
            .and_then(|mut one| one.query_row(params![secret.id, number], |row| row.get(0)))
            .stored(self.path)?;
        let sealed = sealed.ok_or_else(|| {
            self.damaged(format!(
                "the value of version {number} of \"{name}\" is missing"
            ))
        })?;
        let places = Places {
            scope: secret.scope,
            name,
            number,
            term: version.term,
        };
        open(&data_key, &places.value(self), &sealed)
            .map_err(|error| self.version_damaged(secret, number, "value", error))
    }

    /// A version's data key.
    pub(crate) fn data_key(&self, secret: &SecretRow, version: &VersionRow) -> Result<Key> {
        let (number, name) = (version.number, &secret.head.name);
        let wrapped = version
            .data_key
            .as_ref()
            .ok_or_else(|| self.damaged(format!("version {number} of \"{name}\" has no key")))?;
        let places = Places {
            scope: secret.scope,
            name,
            number,
            term: version.term,
        };
        let term_key = self.term_key(secret.scope, version.term)?;
        let opened = open(&term_key, &places.under_term(self, Kind::DataKey), wrapped)
            .map_err(|error| self.version_damaged(secret, number, "key", error))?;
        Key::from_bytes(opened.danger_expose())
            .ok_or_else(|| self.damaged(format!("the key of version {number} of \"{name}\"")))
    }

    /// Seals the metadata and, unless `shred`, the data key under the newest term; with `shred` the key and the value
    /// are deleted instead.
    pub(crate) fn save_version(
        &mut self,
        secret: &SecretRow,
        row: &mut VersionRow,
        shred: bool,
    ) -> Result<()> {
        let data_key = if shred {
            None
        } else {
            Some(self.data_key(secret, row)?)
        };
        self.rewrap_version(secret, row, data_key.as_ref())
    }

    /// Seals the metadata and `data_key` under the newest term of the secret's scope.
    pub(super) fn rewrap_version(
        &mut self,
        secret: &SecretRow,
        row: &mut VersionRow,
        data_key: Option<&Key>,
    ) -> Result<()> {
        self.toggle(&row.digest_row());
        let (term, term_key) = self.current_term(secret.scope)?;
        let places = Places {
            scope: secret.scope,
            name: &secret.head.name,
            number: row.number,
            term,
        };
        row.sealed_meta = self.seal_meta(&places, &term_key, &row.meta)?;
        row.data_key = data_key
            .map(|key| {
                seal(
                    &term_key,
                    &places.under_term(self, Kind::DataKey),
                    key.danger_bytes(),
                )
            })
            .transpose()
            .map_err(not_sealed)?;
        row.term = term;
        self.db
            .prepare_cached(
                "UPDATE version SET term = ?1, data_key = ?2, meta = ?3,
                 value = CASE WHEN ?2 IS NULL THEN NULL ELSE value END WHERE secret = ?4 AND number = ?5",
            )
            .and_then(|mut update| {
                update.execute(params![term, row.data_key, row.sealed_meta, secret.id, row.number])
            })
            .stored(self.path)?;
        self.toggle(&row.digest_row());
        Ok(())
    }

    fn seal_meta(&self, places: &Places<'_>, key: &Key, meta: &VersionMeta) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(meta)
            .map_err(|error| self.damaged(format!("a version's metadata: {error}")))?;
        seal(key, &places.under_term(self, Kind::VersionMeta), &text).map_err(not_sealed)
    }

    /// The newest term of a scope and its key.
    pub(super) fn current_term(&self, scope: u64) -> Result<(u32, Key)> {
        let scope = self.scope_by_id(scope)?;
        let (number, key) = scope
            .keyring
            .current()
            .ok_or_else(|| self.damaged("a scope has no term"))?;
        Ok((number, key.clone()))
    }

    fn term_key(&self, scope: u64, term: u32) -> Result<Key> {
        let scope = self.scope_by_id(scope)?;
        let found = scope.keyring.terms.get(&term).map(|term| term.key.clone());
        found.ok_or_else(|| self.damaged(format!("scope {} has no term {term}", scope.id)))
    }

    fn version_damaged(
        &self,
        secret: &SecretRow,
        number: u64,
        part: &str,
        error: crate::hazmat::OpenError,
    ) -> Error {
        let name = &secret.head.name;
        self.does_not_open(
            &format!("the {part} of version {number} of \"{name}\""),
            error,
        )
    }
}
