//! One write transaction in progress.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::actor::Actor;
use crate::audit::{self, AuditEvent, AuditRecord, Operation, Outcome, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::hazmat::{OpenError, SealError};
use crate::keys::{Keys, Opener};
use crate::state::State;
use crate::store::Stored;

/// A transaction that several calls may share, each inside a savepoint of its own.
pub(crate) struct Work<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) path: &'a Path,
    pub(crate) keys: Arc<Keys>,
    /// The root key, where the caller opened the vault with a slot.
    pub(crate) opener: Opener,
    pub(crate) state: State,
    pub(crate) session: Option<Session>,
    pub(crate) now: Timestamp,
    /// Whether a key was deleted, so that the file must be wiped after the commit.
    pub(crate) shredded: bool,
    /// The audit rows that were appended, for sinks.
    pub(crate) records: Vec<AuditRecord>,
}

/// What remains of a transaction after its commit.
pub(crate) struct Rest {
    pub(crate) keys: Arc<Keys>,
    pub(crate) opener: Opener,
    pub(crate) session: Option<Session>,
    pub(crate) shredded: bool,
    pub(crate) records: Vec<AuditRecord>,
}

impl<'a> Work<'a> {
    /// Starts work inside the transaction that `db` is in.
    pub(crate) fn start(
        db: &'a Connection,
        path: &'a Path,
        keys: Arc<Keys>,
        opener: Opener,
        session: Option<Session>,
    ) -> Result<Self> {
        let mut state = keys.state(db, path)?;
        let newest: Option<u64> = db
            .prepare_cached("SELECT max(seq) FROM audit")
            .and_then(|mut max| max.query_row([], |row| row.get(0)))
            .stored(path)?;
        if newest.unwrap_or(0) != state.audit_rows {
            return Err(Error::Corrupted {
                path: path.to_path_buf(),
                what: format!(
                    "the audit trail ends at row {} and should end at row {}",
                    newest.unwrap_or(0),
                    state.audit_rows
                ),
            });
        }
        state.epoch = state.epoch.saturating_add(1);
        // Milliseconds, because that is what records keep.
        let now = Timestamp::now();
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Ok(Self {
            db,
            path,
            keys,
            opener,
            state,
            session,
            now,
            shredded: false,
            records: Vec::new(),
        })
    }

    /// Runs one call. What it wrote is undone where it fails; its audit row stays either way.
    ///
    /// # Errors
    /// The outer error is of the transaction, which must be rolled back; the inner one is the call's.
    pub(crate) fn call<T>(
        &mut self,
        operation: Operation,
        actor: &Actor,
        run: impl FnOnce(&mut Self, &mut AuditEvent) -> Result<T>,
    ) -> Result<Result<T>> {
        let mut event = AuditEvent::new(self.now, operation, actor.clone());
        if let Some(rights) = &self.keys.rights {
            event.actor.accessor = Some(rights.accessor.clone());
        }
        if let Err(error) = self.admit() {
            if error.kind() != ErrorKind::Denied {
                return Err(error);
            }
            event.outcome = Outcome::Denied;
            event.error = Some(error.to_string());
            self.record(event)?;
            return Ok(Err(error));
        }
        self.run_sql("SAVEPOINT call")?;
        let before = (
            self.state.clone(),
            Arc::clone(&self.keys),
            self.opener.clone(),
        );
        let result = run(self, &mut event);
        if let Err(error) = &result {
            if error.kind() == ErrorKind::Unavailable {
                // Without room or access there is no audit row either, and so no answer.
                return result.map(Ok);
            }
            self.run_sql("ROLLBACK TO call")?;
            (self.state, self.keys, self.opener) = before;
            event.outcome = match error.kind() {
                ErrorKind::Denied => Outcome::Denied,
                _ => Outcome::Failed,
            };
            event.error = Some(error.to_string());
        }
        self.run_sql("RELEASE call")?;
        self.record(event)?;
        Ok(result)
    }

    /// Appends a row to the audit trail.
    pub(crate) fn record(&mut self, event: AuditEvent) -> Result<()> {
        let (state, session) = (&mut self.state, &mut self.session);
        audit::append(self.db, self.path, &self.keys, state, session, &event)?;
        self.records.push(AuditRecord {
            seq: self.state.audit_rows,
            event,
        });
        Ok(())
    }

    /// Puts a row into the set that the state's digest covers, or takes it out.
    pub(crate) fn toggle(&mut self, row: &[impl AsRef<[u8]>]) {
        let parts: Vec<&[u8]> = row.iter().map(AsRef::as_ref).collect();
        self.state.toggle(&self.keys.set, &parts);
    }

    /// Says that slots, scopes, terms or tokens changed, and loads the keys anew.
    pub(crate) fn keys_changed(&mut self) -> Result<()> {
        self.state.generation = self.state.generation.saturating_add(1);
        let mut keys = Keys::load(self.db, self.path, &self.opener)?;
        keys.generation = self.state.generation;
        self.keys = Arc::new(keys);
        Ok(())
    }

    /// Writes the state; the caller commits, and keeps the rest for the next transaction.
    pub(crate) fn finish(self) -> Result<Rest> {
        self.keys.save_state(self.db, self.path, &self.state)?;
        let Self {
            keys,
            opener,
            session,
            shredded,
            records,
            ..
        } = self;
        Ok(Rest {
            keys,
            opener,
            session,
            shredded,
            records,
        })
    }

    /// The error of a damaged part.
    pub(crate) fn damaged(&self, what: impl Into<String>) -> Error {
        Error::Corrupted {
            path: self.path.to_path_buf(),
            what: what.into(),
        }
    }

    /// The error of a record that does not open.
    pub(crate) fn does_not_open(&self, what: &str, error: OpenError) -> Error {
        self.damaged(format!("{what}: {error}"))
    }

    fn run_sql(&self, sql: &str) -> Result<()> {
        self.db
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .stored(self.path)
            .map(drop)
    }
}

/// The vault's error of a failed sealing.
pub(crate) fn not_sealed(error: SealError) -> Error {
    match error {
        SealError::Random(error) => Error::Random(error.to_string()),
        SealError::TooLong => Error::Invalid {
            what: "the value",
            problem: error.to_string(),
        },
    }
}
