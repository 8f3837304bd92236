//! The tables, and the numbers that mark the file as a vault.

use std::path::Path;

use rusqlite::Connection;

use super::fault::Stored;
use crate::error::{Error, Result};

/// "CFRV" in SQLite's header, at byte 68.
pub(crate) const APPLICATION_ID: u32 = 0x4346_5256;
/// The format's version, in SQLite's header as the user version, at byte 60.
pub(crate) const FORMAT: u32 = 1;

/// Every column that is not an id, a number, a kind or a label is a sealed record or a MAC.
/// `docs/design/vault-format.md` specifies each.
const TABLES: &str = "
CREATE TABLE vault (
    one INTEGER PRIMARY KEY CHECK (one = 1), id BLOB NOT NULL, root BLOB NOT NULL, state BLOB NOT NULL
) STRICT;
CREATE TABLE slot (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, label TEXT NOT NULL, params TEXT NOT NULL,
    sealed BLOB NOT NULL, checksum BLOB NOT NULL
) STRICT;
CREATE TABLE scope (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sealed_key BLOB NOT NULL, keyring BLOB NOT NULL
) STRICT;
CREATE TABLE secret (
    id INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER NOT NULL REFERENCES scope (id), lookup BLOB NOT NULL,
    revision INTEGER NOT NULL, head BLOB NOT NULL, UNIQUE (scope, lookup)
) STRICT;
CREATE TABLE folder (
    scope INTEGER NOT NULL, lookup BLOB NOT NULL, secret INTEGER NOT NULL REFERENCES secret (id),
    PRIMARY KEY (scope, lookup, secret)
) STRICT, WITHOUT ROWID;
CREATE INDEX folder_of_secret ON folder (secret);
CREATE TABLE version (
    secret INTEGER NOT NULL REFERENCES secret (id), number INTEGER NOT NULL, term INTEGER NOT NULL,
    data_key BLOB, meta BLOB NOT NULL, value BLOB, PRIMARY KEY (secret, number)
) STRICT;
CREATE INDEX version_by_term ON version (term, secret);
CREATE TABLE audit_session (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed_key BLOB NOT NULL) STRICT;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, session INTEGER NOT NULL, row BLOB NOT NULL, mac BLOB NOT NULL
) STRICT;
CREATE TABLE attempt (at TEXT NOT NULL, given TEXT NOT NULL, actor TEXT NOT NULL) STRICT;
CREATE TABLE policy (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE token (
    id BLOB PRIMARY KEY, accessor TEXT NOT NULL UNIQUE, parent TEXT, record BLOB NOT NULL, sealed_grant BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE lease (
    id TEXT PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope (id), revision INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Makes the tables of the newest format.
pub(super) fn create(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(TABLES)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    db.pragma_update(None, "user_version", FORMAT)
}

/// Checks that the file has the tables of its format and nothing that could run.
pub(super) fn check(db: &Connection, path: &Path) -> Result<()> {
    let foreign: u32 = db
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')",
            [],
            |row| row.get(0),
        )
        .stored(path)?;
    if foreign != 0 {
        return Err(Error::Corrupted {
            path: path.to_path_buf(),
            what: "it has triggers or views, which a vault never has".into(),
        });
    }
    Ok(())
}
