//! Appending to the trail.

use std::path::Path;

use rusqlite::{Connection, params};

use super::event::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, Mac, Place, mac, seal};
use crate::keys::Keys;
use crate::state::State;
use crate::store::Stored;

/// The key of one writer's rows. Every handle draws its own and seals it to the root keyring's box key, so that a
/// writer with a limited token reads no row of anyone else.
#[derive(Clone)]
pub(crate) struct Session {
    id: i64,
    key: Key,
}

impl Session {
    fn start(db: &Connection, path: &Path, keys: &Keys) -> Result<Self> {
        let random = |error: &dyn std::fmt::Display| Error::Random(error.to_string());
        let key = Key::random().map_err(|error| random(&error))?;
        db.prepare_cached("INSERT INTO audit_session (sealed_key) VALUES (x'')")
            .and_then(|mut insert| insert.execute([]))
            .stored(path)?;
        let id = db.last_insert_rowid();
        let place = Place::new(keys.vault, Kind::AuditSession).number(id.unsigned_abs());
        let sealed = keys
            .outbox
            .seal(&place, key.danger_bytes())
            .map_err(|error| random(&error))?;
        db.prepare_cached("UPDATE audit_session SET sealed_key = ?1 WHERE id = ?2")
            .and_then(|mut update| update.execute(params![sealed, id]))
            .stored(path)?;
        Ok(Self { id, key })
    }
}

/// Appends one row and ratchets the chain's key. Starts a session where none is given.
pub(crate) fn append(
    db: &Connection,
    path: &Path,
    keys: &Keys,
    state: &mut State,
    session: &mut Option<Session>,
    event: &AuditEvent,
) -> Result<()> {
    let current = match session {
        Some(session) => session,
        None => session.insert(Session::start(db, path, keys)?),
    };
    let seq = state.audit_rows.saturating_add(1);
    let text = serde_json::to_vec(event).map_err(|error| Error::Corrupted {
        path: path.to_path_buf(),
        what: format!("an audit row cannot be written: {error}"),
    })?;
    let place = Place::new(keys.vault, Kind::AuditRow).number(seq);
    let row =
        seal(&current.key, &place, &text).map_err(|error| Error::Random(error.to_string()))?;
    let head = link(&state.ratchet, seq, &state.audit_head, current.id, &row);
    db.prepare_cached("INSERT INTO audit (seq, session, row, mac) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| insert.execute(params![seq, current.id, row, head.as_slice()]))
        .stored(path)?;
    state.audit_rows = seq;
    state.audit_head = head;
    state.ratchet = next(&state.ratchet);
    Ok(())
}

/// A row's MAC: over its number, the MAC before it, its session and its sealed bytes.
pub(super) fn link(ratchet: &Key, seq: u64, before: &Mac, session: i64, row: &[u8]) -> Mac {
    mac(
        ratchet,
        &[
            b"audit row",
            &seq.to_be_bytes(),
            before,
            &session.to_be_bytes(),
            row,
        ],
    )
}

/// The key after `ratchet`. There is no way back.
pub(super) fn next(ratchet: &Key) -> Key {
    ratchet.subkey("coffer/audit/ratchet/1")
}
