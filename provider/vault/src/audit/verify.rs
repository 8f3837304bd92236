//! Verifying the trail and reading it back. Only the root keyring can do either.

use std::collections::HashMap;

use rusqlite::params;
use serde::Serialize;

use super::event::AuditEvent;
use super::trail::{link, next};
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, MAC_LENGTH, Mac, Place, mac_matches, open};
use crate::keyring::{AuditSegment, RootKeyring};
use crate::store::Stored;
use crate::work::Work;

/// A row of the trail with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRecord {
    /// The row's number, counted from 1 without gaps.
    pub seq: u64,
    /// What it says.
    #[serde(flatten)]
    pub event: AuditEvent,
}

/// What is wrong with the trail at one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditProblem {
    /// The row's number.
    pub row: u64,
    /// What is wrong.
    pub what: String,
}

/// What a verification of the trail found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// How many rows there are.
    pub rows: u64,
    /// The MAC of the newest row, as hexadecimal.
    pub head: String,
    /// What is wrong, the first row first; empty where the trail is whole.
    pub problems: Vec<AuditProblem>,
}

/// A row as stored.
struct StoredRow {
    seq: u64,
    session: i64,
    row: Vec<u8>,
    mac: Vec<u8>,
}

impl Work<'_> {
    /// The root keyring.
    ///
    /// # Errors
    /// [`Error::Denied`] for whoever holds a token.
    pub(crate) fn root_keyring(&self, capability: &str) -> Result<&RootKeyring> {
        self.keys.root.as_ref().ok_or_else(|| Error::Denied {
            capability: capability.to_owned(),
            path: "the whole vault".into(),
        })
    }

    /// Verifies every row's MAC, number and seal.
    pub(crate) fn verify_audit(&self) -> Result<AuditReport> {
        let root = self.root_keyring("verify the audit trail of")?;
        let mut chain = Chain::start(&root.audit);
        let mut sessions = Sessions::default();
        let mut problems = Vec::new();
        self.each_row(1, |row| {
            if let Some(what) = chain.check(&row) {
                problems.push(AuditProblem { row: row.seq, what });
            } else if let Err(what) = sessions.read(self, root, &row) {
                problems.push(AuditProblem { row: row.seq, what });
            }
            Ok(true)
        })?;
        let rows = chain.expected.saturating_sub(1);
        if rows != self.state.audit_rows {
            problems.push(AuditProblem {
                row: rows.saturating_add(1),
                what: format!(
                    "the trail ends here and should have {} rows",
                    self.state.audit_rows
                ),
            });
        } else if !mac_matches(&chain.before, &self.state.audit_head) {
            problems.push(AuditProblem {
                row: rows,
                what: "it is not the row that the vault remembers as the newest".into(),
            });
        }
        Ok(AuditReport {
            rows,
            head: hex(&self.state.audit_head),
            problems,
        })
    }

    /// Reads rows from `first` on, in order, until `keep` returns false.
    pub(crate) fn read_audit(
        &self,
        first: u64,
        mut keep: impl FnMut(AuditRecord) -> bool,
    ) -> Result<()> {
        let root = self.root_keyring("read the audit trail of")?;
        let mut sessions = Sessions::default();
        self.each_row(first, |row| {
            let event = sessions
                .read(self, root, &row)
                .map_err(|what| self.damaged(format!("audit row {}: {what}", row.seq)))?;
            Ok(keep(AuditRecord {
                seq: row.seq,
                event,
            }))
        })
    }

    fn each_row(&self, first: u64, mut visit: impl FnMut(StoredRow) -> Result<bool>) -> Result<()> {
        let mut all = self
            .db
            .prepare_cached("SELECT seq, session, row, mac FROM audit WHERE seq >= ?1 ORDER BY seq")
            .stored(self.path)?;
        let mut rows = all.query(params![first]).stored(self.path)?;
        while let Some(row) = rows.next().stored(self.path)? {
            let row = StoredRow {
                seq: row.get(0).stored(self.path)?,
                session: row.get(1).stored(self.path)?,
                row: row.get(2).stored(self.path)?,
                mac: row.get(3).stored(self.path)?,
            };
            if !visit(row)? {
                break;
            }
        }
        Ok(())
    }
}

/// The chain as it is walked.
struct Chain<'a> {
    segments: &'a [AuditSegment],
    ratchet: Option<Key>,
    before: Mac,
    expected: u64,
}

impl<'a> Chain<'a> {
    fn start(segments: &'a [AuditSegment]) -> Self {
        Self {
            segments,
            ratchet: None,
            before: [0; MAC_LENGTH],
            expected: 1,
        }
    }

    /// What is wrong with the next row, if anything.
    fn check(&mut self, row: &StoredRow) -> Option<String> {
        let missing = (row.seq != self.expected).then(|| {
            format!(
                "the rows from {} to {} are missing",
                self.expected,
                row.seq.saturating_sub(1)
            )
        });
        while self.expected < row.seq {
            self.key();
            self.expected = self.expected.saturating_add(1);
        }
        let key = self.key();
        let expected = key.map(|key| link(&key, row.seq, &self.before, row.session, &row.row));
        self.expected = row.seq.saturating_add(1);
        let holds = expected.is_some_and(|expected| mac_matches(&expected, &row.mac));
        self.before = <Mac>::try_from(row.mac.as_slice()).unwrap_or([0; MAC_LENGTH]);
        match (missing, holds) {
            (Some(missing), _) => Some(missing),
            (None, false) => Some("it was changed, moved or inserted".into()),
            (None, true) => None,
        }
    }

    /// The key of the row `expected`; each call moves the ratchet.
    fn key(&mut self) -> Option<Key> {
        if let Some(segment) = self
            .segments
            .iter()
            .find(|segment| segment.first == self.expected)
        {
            self.ratchet = Some(segment.seed.clone());
        }
        let key = self.ratchet.take()?;
        self.ratchet = Some(next(&key));
        Some(key)
    }
}

/// Session keys that were opened already.
#[derive(Default)]
struct Sessions(HashMap<i64, Key>);

impl Sessions {
    fn read(
        &mut self,
        work: &Work<'_>,
        root: &RootKeyring,
        row: &StoredRow,
    ) -> std::result::Result<AuditEvent, String> {
        let key = match self.0.get(&row.session) {
            Some(key) => key.clone(),
            None => {
                let key = session_key(work, root, row.session)?;
                self.0.insert(row.session, key.clone());
                key
            }
        };
        let place = Place::new(work.keys.vault, Kind::AuditRow).number(row.seq);
        let text = open(&key, &place, &row.row).map_err(|error| error.to_string())?;
        serde_json::from_slice(text.danger_expose())
            .map_err(|error| format!("it has unknown contents: {error}"))
    }
}

fn session_key(
    work: &Work<'_>,
    root: &RootKeyring,
    session: i64,
) -> std::result::Result<Key, String> {
    let sealed: Vec<u8> = work
        .db
        .prepare_cached("SELECT sealed_key FROM audit_session WHERE id = ?1")
        .and_then(|mut one| one.query_row(params![session], |row| row.get(0)))
        .map_err(|_| format!("its session {session} is missing"))?;
    let place = Place::new(work.keys.vault, Kind::AuditSession).number(session.unsigned_abs());
    root.boxes
        .iter()
        .rev()
        .find_map(|secret| secret.open(&place, &sealed).ok())
        .and_then(|key| Key::from_bytes(key.danger_expose()))
        .ok_or_else(|| format!("the key of its session {session} does not open"))
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
