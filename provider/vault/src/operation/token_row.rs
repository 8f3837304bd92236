//! A token's row: what finds it, its keyring, and its key for whoever holds the root keyring.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::Result;
use crate::hazmat::{BoxPublic, Key, Kind, Place, VaultId, open, seal};
use crate::keyring::Grant;
use crate::store::Stored;
use crate::work::{Work, not_sealed};

/// A row of the table `token`.
#[derive(Clone)]
pub(crate) struct TokenRow {
    pub(crate) id: Vec<u8>,
    pub(crate) accessor: String,
    pub(crate) parent: Option<String>,
    /// The token's key, in a box.
    record: Vec<u8>,
    sealed_grant: Vec<u8>,
}

impl TokenRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            accessor: row.get(1)?,
            parent: row.get(2)?,
            record: row.get(3)?,
            sealed_grant: row.get(4)?,
        })
    }

    /// What the set digest covers.
    pub(crate) fn digest_row(&self) -> [Vec<u8>; 6] {
        [
            b"token".to_vec(),
            self.id.clone(),
            self.accessor.clone().into_bytes(),
            self.parent.clone().unwrap_or_default().into_bytes(),
            self.record.clone(),
            self.sealed_grant.clone(),
        ]
    }
}

/// The row of the token with this id.
pub(crate) fn token_row(db: &Connection, path: &Path, id: &[u8]) -> Result<Option<TokenRow>> {
    db.prepare_cached("SELECT id, accessor, parent, record, sealed_grant FROM token WHERE id = ?1")
        .and_then(|mut one| one.query_row(params![id], TokenRow::read).optional())
        .stored(path)
}

/// Opens a token's keyring with the token's key.
pub(crate) fn open_grant(vault: VaultId, key: &Key, row: &TokenRow) -> Result<Grant, String> {
    let place = Place::new(vault, Kind::TokenGrant).path(&row.id);
    let opened = open(key, &place, &row.sealed_grant)
        .map_err(|error| format!("the grant of token {}: {error}", row.accessor))?;
    Grant::decode(opened.danger_expose())
        .ok_or_else(|| format!("the grant of token {} has unknown contents", row.accessor))
}

impl Work<'_> {
    /// All tokens' rows.
    pub(crate) fn token_rows(&self) -> Result<Vec<TokenRow>> {
        self.db
            .prepare_cached(
                "SELECT id, accessor, parent, record, sealed_grant FROM token ORDER BY accessor",
            )
            .and_then(|mut all| all.query_map([], TokenRow::read)?.collect())
            .stored(self.path)
    }

    /// A token's key and keyring, by the root keyring's word.
    pub(crate) fn open_token(&self, row: &TokenRow) -> Result<(Key, Grant)> {
        let root = self.root_keyring("see the tokens of")?;
        let place = Place::new(self.keys.vault, Kind::TokenRecord).path(row.accessor.as_bytes());
        let key = root
            .boxes
            .iter()
            .rev()
            .find_map(|secret| secret.open(&place, &row.record).ok())
            .and_then(|key| Key::from_bytes(key.danger_expose()))
            .ok_or_else(|| {
                self.damaged(format!(
                    "the record of token {} does not open",
                    row.accessor
                ))
            })?;
        let grant = open_grant(self.keys.vault, &key, row).map_err(|what| self.damaged(what))?;
        Ok((key, grant))
    }

    /// Stores a new token.
    pub(crate) fn insert_token(
        &mut self,
        id: Vec<u8>,
        key: &Key,
        outbox: &BoxPublic,
        grant: &Grant,
    ) -> Result<()> {
        let accessor = grant.rights.accessor.clone();
        let place = Place::new(self.keys.vault, Kind::TokenRecord).path(accessor.as_bytes());
        let record = outbox
            .seal(&place, key.danger_bytes())
            .map_err(not_sealed)?;
        let row = TokenRow {
            sealed_grant: self.seal_grant(&id, key, grant)?,
            id,
            accessor,
            parent: grant.rights.parent.clone(),
            record,
        };
        self.db
            .prepare_cached(
                "INSERT INTO token (id, accessor, parent, record, sealed_grant) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut insert| {
                insert.execute(params![row.id, row.accessor, row.parent, row.record, row.sealed_grant])
            })
            .stored(self.path)?;
        self.toggle(&row.digest_row());
        Ok(())
    }

    /// Seals a token's keyring anew.
    pub(crate) fn save_grant(
        &mut self,
        row: &mut TokenRow,
        key: &Key,
        grant: &Grant,
    ) -> Result<()> {
        self.toggle(&row.digest_row());
        row.sealed_grant = self.seal_grant(&row.id, key, grant)?;
        self.db
            .prepare_cached("UPDATE token SET sealed_grant = ?1 WHERE id = ?2")
            .and_then(|mut update| update.execute(params![row.sealed_grant, row.id]))
            .stored(self.path)?;
        self.toggle(&row.digest_row());
        Ok(())
    }

    /// Removes a token.
    pub(crate) fn delete_token(&mut self, row: &TokenRow) -> Result<()> {
        self.db
            .prepare_cached("DELETE FROM token WHERE id = ?1")
            .and_then(|mut delete| delete.execute(params![row.id]))
            .stored(self.path)?;
        self.toggle(&row.digest_row());
        Ok(())
    }

    fn seal_grant(&self, id: &[u8], key: &Key, grant: &Grant) -> Result<Vec<u8>> {
        let place = Place::new(self.keys.vault, Kind::TokenGrant).path(id);
        let bytes = grant
            .encode()
            .map_err(|error| self.damaged(format!("a grant: {error}")))?;
        seal(key, &place, &bytes).map_err(not_sealed)
    }
}
