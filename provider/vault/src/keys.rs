//! The keys of an open vault: those that its opener is entitled to, and no others.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::hazmat::{BoxPublic, BoxSecret, Key, Kind, Place, VaultId, open, seal};
use crate::keyring::{RootKeyring, ScopeKeyring};
use crate::name::SecretName;
use crate::operation::{open_grant, token_row};
use crate::policy::Capability;
use crate::state::State;
use crate::store::Stored;
use crate::token::{Bearer, Rights};

/// What opened the vault. It is kept to load the keys anew after another process changed them.
#[derive(Clone)]
pub(crate) enum Opener {
    /// The root key, from a slot.
    Root(Key),
    /// A token.
    Token(Bearer),
}

/// A scope whose keys are open.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) id: u64,
    /// The key that seals the keyring; tokens are granted this.
    pub(crate) key: Key,
    pub(crate) keyring: ScopeKeyring,
}

/// The open keys.
pub(crate) struct Keys {
    pub(crate) vault: VaultId,
    /// The state's generation that these keys belong to; 0 until whoever loads them sets it.
    pub(crate) generation: u64,
    /// Opens the state.
    pub(crate) writer: Key,
    /// Keys the set digest.
    pub(crate) set: Key,
    /// Seals what only the root keyring opens.
    pub(crate) outbox: BoxPublic,
    /// The root keyring; none for a token.
    pub(crate) root: Option<RootKeyring>,
    /// What a token may do; none for whoever opened the vault with a slot, who may do everything.
    pub(crate) rights: Option<Rights>,
    /// The scopes that are open, the longest prefix first.
    pub(crate) scopes: Vec<Scope>,
}

impl Keys {
    /// Opens everything that `opener` opens.
    pub(crate) fn load(db: &Connection, path: &Path, opener: &Opener) -> Result<Self> {
        let damaged = |what: String| Error::Corrupted {
            path: path.to_path_buf(),
            what,
        };
        let (vault, sealed_root): (Vec<u8>, Vec<u8>) = db
            .prepare_cached("SELECT id, root FROM vault")
            .and_then(|mut one| one.query_row([], |row| Ok((row.get(0)?, row.get(1)?))))
            .stored(path)?;
        let vault = vault_id(&vault).ok_or_else(|| damaged("its id is not 16 bytes".into()))?;
        match opener {
            Opener::Root(root_key) => {
                let keyring = open(
                    root_key,
                    &Place::new(vault, Kind::RootKeyring),
                    &sealed_root,
                )
                .map_err(|error| damaged(format!("the root keyring: {error}")))?;
                let keyring = RootKeyring::decode(keyring.danger_expose())
                    .ok_or_else(|| damaged("the root keyring has unknown contents".into()))?;
                let outbox = keyring
                    .boxes
                    .last()
                    .map(BoxSecret::public)
                    .ok_or_else(|| damaged("the root keyring has no box key".into()))?;
                Ok(Self {
                    vault,
                    generation: 0,
                    writer: keyring.writer.clone(),
                    set: keyring.set.clone(),
                    outbox,
                    scopes: load_scopes(db, path, vault, |id, sealed| {
                        let place = Place::new(vault, Kind::ScopeKey).scope(id);
                        let key =
                            open(&keyring.scopes, &place, sealed).map_err(|e| e.to_string())?;
                        Key::from_bytes(key.danger_expose())
                            .map(Some)
                            .ok_or_else(|| "the scope's key is not 32 bytes".into())
                    })?,
                    root: Some(keyring),
                    rights: None,
                })
            }
            Opener::Token(bearer) => {
                let row =
                    token_row(db, path, &bearer.id())?.ok_or_else(|| Error::TokenRefused {
                        why: "it was revoked, or is of another vault".into(),
                    })?;
                let grant = open_grant(vault, &bearer.key(), &row).map_err(damaged)?;
                let granted = |id: u64, _: &[u8]| {
                    let found = grant.scopes.iter().find(|(granted, _)| *granted == id);
                    Ok(found.map(|(_, key)| key.clone()))
                };
                Ok(Self {
                    vault,
                    generation: 0,
                    scopes: load_scopes(db, path, vault, granted)?,
                    writer: grant.writer,
                    set: grant.set,
                    outbox: grant.outbox,
                    root: None,
                    rights: Some(grant.rights),
                })
            }
        }
    }

    /// Whether whoever opened the vault may do this on `path`.
    pub(crate) fn allow(&self, wanted: Capability, path: &str) -> Result<()> {
        match &self.rights {
            Some(rights) if !rights.allow(wanted, path) => Err(Error::Denied {
                capability: wanted.as_str().into(),
                path: path.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Reads the running state.
    pub(crate) fn state(&self, db: &Connection, path: &Path) -> Result<State> {
        let sealed: Vec<u8> = db
            .prepare_cached("SELECT state FROM vault")
            .and_then(|mut one| one.query_row([], |row| row.get(0)))
            .stored(path)?;
        let opened = open(&self.writer, &Place::new(self.vault, Kind::State), &sealed);
        let opened = opened.map_err(|error| Error::Corrupted {
            path: path.to_path_buf(),
            what: format!("the running state: {error}"),
        })?;
        State::decode(opened.danger_expose()).ok_or_else(|| Error::Corrupted {
            path: path.to_path_buf(),
            what: "the running state has unknown contents".into(),
        })
    }

    /// Writes the running state.
    pub(crate) fn save_state(&self, db: &Connection, path: &Path, state: &State) -> Result<()> {
        let place = Place::new(self.vault, Kind::State);
        let sealed = seal(&self.writer, &place, state.encode().danger_expose())
            .map_err(|error| Error::Random(error.to_string()))?;
        db.prepare_cached("UPDATE vault SET state = ?1")
            .and_then(|mut update| update.execute(params![sealed]))
            .stored(path)
            .map(drop)
    }

    /// The scope that a name lies in.
    ///
    /// # Errors
    /// [`Error::Denied`] where it lies in a scope that is not open.
    pub(crate) fn scope_of(&self, name: &SecretName) -> Result<&Scope> {
        self.scope_of_path(name.as_str())
    }

    /// The scope that a path lies in, which may end in the middle of a name.
    pub(crate) fn scope_of_path(&self, path: &str) -> Result<&Scope> {
        let denied = || Error::Denied {
            capability: "reach".into(),
            path: path.to_owned(),
        };
        let scope = self
            .scopes
            .iter()
            .find(|scope| path.starts_with(&scope.keyring.prefix))
            .ok_or_else(denied)?;
        // A deeper scope that is open would have been found first, so this one is closed.
        let closed = scope.keyring.children.iter().any(|child| {
            path.starts_with(child) && !self.scopes.iter().any(|open| &open.keyring.prefix == child)
        });
        if closed { Err(denied()) } else { Ok(scope) }
    }

    /// The scope of this id.
    pub(crate) fn scope(&self, id: u64) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.id == id)
    }
}

impl Scope {
    /// What finds `name` in the table of secrets.
    pub(crate) fn lookup(&self, name: &str) -> Vec<u8> {
        crate::hazmat::mac(&self.keyring.index, &[b"name", name.as_bytes()]).to_vec()
    }

    /// What finds the names below `folder` (which ends in a slash or is empty).
    pub(crate) fn folder_lookup(&self, folder: &str) -> Vec<u8> {
        let full = crate::hazmat::mac(&self.keyring.index, &[b"folder", folder.as_bytes()]);
        full.iter().copied().take(16).collect()
    }

    /// The scope's row as the set digest covers it.
    pub(crate) fn row(id: u64, sealed_key: &[u8], keyring: &[u8]) -> [Vec<u8>; 4] {
        [
            b"scope".to_vec(),
            id.to_be_bytes().to_vec(),
            sealed_key.to_vec(),
            keyring.to_vec(),
        ]
    }
}

/// Opens the scopes whose key `key_of` gives.
fn load_scopes(
    db: &Connection,
    path: &Path,
    vault: VaultId,
    key_of: impl Fn(u64, &[u8]) -> std::result::Result<Option<Key>, String>,
) -> Result<Vec<Scope>> {
    let rows: Vec<(u64, Vec<u8>, Vec<u8>)> = db
        .prepare_cached("SELECT id, sealed_key, keyring FROM scope ORDER BY id")
        .and_then(|mut all| {
            all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
        .stored(path)?;
    let mut scopes = Vec::with_capacity(rows.len());
    for (id, sealed_key, sealed_keyring) in rows {
        let damaged = |what: String| Error::Corrupted {
            path: path.to_path_buf(),
            what: format!("the keys of scope {id}: {what}"),
        };
        if let Some(key) = key_of(id, &sealed_key).map_err(damaged)? {
            scopes.push(open_scope(vault, id, key, &sealed_keyring).map_err(damaged)?);
        }
    }
    sort_scopes(&mut scopes);
    Ok(scopes)
}

/// Opens a scope's keyring with the scope's key.
pub(crate) fn open_scope(
    vault: VaultId,
    id: u64,
    key: Key,
    sealed: &[u8],
) -> std::result::Result<Scope, String> {
    let place = Place::new(vault, Kind::Keyring).scope(id);
    let keyring = open(&key, &place, sealed).map_err(|error| error.to_string())?;
    let keyring = ScopeKeyring::decode(keyring.danger_expose())
        .ok_or_else(|| "the keyring has unknown contents".to_owned())?;
    Ok(Scope { id, key, keyring })
}

/// The longest prefix first, so that the first match is the deepest scope.
pub(crate) fn sort_scopes(scopes: &mut [Scope]) {
    scopes.sort_by_key(|scope| std::cmp::Reverse(scope.keyring.prefix.len()));
}

/// Parses the vault's id.
pub(crate) fn vault_id(bytes: &[u8]) -> Option<VaultId> {
    <[u8; 16]>::try_from(bytes).ok().map(VaultId)
}
