//! Making a vault.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::actor::Actor;
use crate::audit::{AuditEvent, Operation};
use crate::error::{Error, Result};
use crate::hazmat::{BoxSecret, Key, Kind, Place, VaultId, seal};
use crate::keyring::{RootKeyring, ScopeKeyring};
use crate::keys::{Keys, Scope};
use crate::slot::{KeySource, StoredSlot, seal_slot};
use crate::state::State;
use crate::store::{self, Stored};
use crate::work::not_sealed;

/// Makes the file with one slot, one scope that holds every name, and the first audit row. Returns the root key.
pub(crate) fn init(path: &Path, source: &KeySource, actor: &Actor) -> Result<Key> {
    let random = |error: crate::hazmat::RandomError| Error::Random(error.to_string());
    let vault = VaultId::random().map_err(random)?;
    let root = Key::random().map_err(random)?;
    // Stretching a passphrase takes its time, so it happens before the file is there.
    let slot = seal_slot(vault, 1, source, "", &root)?;
    store::create(path, |db| fill(db, path, vault, &root, &slot, actor))?;
    Ok(root)
}

fn fill(
    db: &Connection,
    path: &Path,
    vault: VaultId,
    root: &Key,
    slot: &StoredSlot,
    actor: &Actor,
) -> Result<()> {
    let random = |error: crate::hazmat::RandomError| Error::Random(error.to_string());
    let now = Timestamp::now();
    let keyring = RootKeyring::random().map_err(random)?;
    let (Some(segment), Some(outbox)) = (
        keyring.audit.first(),
        keyring.boxes.last().map(BoxSecret::public),
    ) else {
        return Err(Error::Random("a fresh keyring has no keys".into()));
    };
    let mut state = State::new(segment.seed.clone());
    let sealed_root = seal(
        root,
        &Place::new(vault, Kind::RootKeyring),
        &keyring.encode(),
    )
    .map_err(not_sealed)?;
    db.execute(
        "INSERT INTO vault (one, id, root, state) VALUES (1, ?1, ?2, x'')",
        params![vault.0.as_slice(), sealed_root],
    )
    .stored(path)?;
    slot.insert(db, path)?;

    let scope_keyring = ScopeKeyring::random("", now).map_err(random)?;
    let scope_key = Key::random().map_err(random)?;
    let sealed_key = seal(
        &keyring.scopes,
        &Place::new(vault, Kind::ScopeKey).scope(1),
        scope_key.danger_bytes(),
    )
    .map_err(not_sealed)?;
    let sealed_keyring = seal(
        &scope_key,
        &Place::new(vault, Kind::Keyring).scope(1),
        &scope_keyring.encode(),
    )
    .map_err(not_sealed)?;
    db.execute(
        "INSERT INTO scope (id, sealed_key, keyring) VALUES (1, ?1, ?2)",
        params![sealed_key, sealed_keyring],
    )
    .stored(path)?;

    let keys = Keys {
        vault,
        generation: state.generation,
        writer: keyring.writer.clone(),
        set: keyring.set.clone(),
        outbox,
        root: Some(keyring),
        rights: None,
        scopes: Vec::new(),
    };
    let slot_row = slot.row();
    let scope_row = Scope::row(1, &sealed_key, &sealed_keyring);
    for row in [slot_row.as_slice(), scope_row.as_slice()] {
        let parts: Vec<&[u8]> = row.iter().map(Vec::as_slice).collect();
        state.toggle(&keys.set, &parts);
    }
    let event = AuditEvent::new(now, Operation::Init, actor.clone());
    crate::audit::append(db, path, &keys, &mut state, &mut None, &event)?;
    keys.save_state(db, path, &state)
}
