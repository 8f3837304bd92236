//! What all clones of an open vault share: the connection, the keys, the queue of calls.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, TransactionBehavior};

use crate::audit::{AuditRecord, AuditSink, Session};
use crate::error::{Error, Result};
use crate::hazmat::Key;
use crate::keys::{Keys, Opener};
use crate::queue::{Pending, Ticket};
use crate::store::{self, Fault, Stored};
use crate::work::{Rest, Work};

/// How many calls may share a transaction. More would make the first of them wait for the last.
const GROUP: usize = 64;

/// The shared part of an open vault.
pub(crate) struct Engine {
    pub(crate) path: PathBuf,
    db: Mutex<Connection>,
    queue: Mutex<VecDeque<Box<dyn Pending>>>,
    shared: Mutex<Shared>,
    sinks: Mutex<Vec<Arc<dyn AuditSink>>>,
}

/// What changes while the vault is open.
struct Shared {
    opener: Opener,
    keys: Arc<Keys>,
    session: Option<Session>,
}

impl Engine {
    /// Loads the keys and makes the file ready for calls.
    pub(crate) fn start(path: PathBuf, db: Connection, opener: Opener) -> Result<Self> {
        let keys = Arc::new(load(&db, &path, &opener)?);
        Ok(Self {
            path,
            db: Mutex::new(db),
            queue: Mutex::default(),
            sinks: Mutex::default(),
            shared: Mutex::new(Shared {
                opener,
                keys,
                session: None,
            }),
        })
    }

    /// The keys as they were loaded last.
    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&lock(&self.shared).keys)
    }

    /// The root key; none where a token opened the vault.
    pub(crate) fn root_key(&self) -> Option<Key> {
        match &lock(&self.shared).opener {
            Opener::Root(root) => Some(root.clone()),
            Opener::Token(_) => None,
        }
    }

    /// The number of a slot that is free at this moment.
    pub(crate) fn next_slot(&self) -> Result<u64> {
        let newest: Option<u64> = lock(&self.db)
            .query_row("SELECT max(id) FROM slot", [], |row| row.get(0))
            .stored(&self.path)?;
        Ok(newest.unwrap_or(0).saturating_add(1))
    }

    /// Runs a call, alone or together with calls of other threads, and returns when it is on disk.
    pub(crate) fn submit<T>(&self, call: Box<dyn Pending>, ticket: &Ticket<T>) -> Result<T> {
        lock(&self.queue).push_back(call);
        let mut db = lock(&self.db);
        loop {
            // Another thread may have run the call while this one waited for the connection.
            if let Some(result) = ticket.take() {
                return result;
            }
            let group: VecDeque<_> = {
                let mut queue = lock(&self.queue);
                let size = queue.len().min(GROUP);
                queue.drain(..size).collect()
            };
            self.serve(&mut db, group);
        }
    }

    /// Hands every audit row to `sink` too, from now on.
    pub(crate) fn add_sink(&self, sink: Arc<dyn AuditSink>) {
        lock(&self.sinks).push(sink);
    }

    /// Hands something to all sinks; fails with the first sink's name and reason.
    fn sink(
        &self,
        hand_over: impl Fn(&dyn AuditSink) -> std::result::Result<(), String>,
    ) -> std::result::Result<(), (String, String)> {
        let sinks = lock(&self.sinks).clone();
        for sink in sinks {
            hand_over(sink.as_ref()).map_err(|why| (sink.describe(), why))?;
        }
        Ok(())
    }

    /// Hands a signed checkpoint to all sinks.
    pub(crate) fn sink_checkpoint(&self, note: &str) -> Result<()> {
        self.sink(|sink| sink.deliver_checkpoint(note))
            .map_err(|(sink, why)| Error::SinkFailed { sink, why })
    }

    /// Writes the file as it is at one moment into the empty file `to`.
    pub(crate) fn snapshot(&self, to: &Path) -> Result<()> {
        let db = lock(&self.db);
        // The target must be text for SQLite.
        let target = to.to_str().ok_or(Error::Invalid {
            what: "the path of the backup",
            problem: "is not UTF-8".into(),
        })?;
        db.execute("VACUUM INTO ?1", [target])
            .stored(&self.path)
            .map(drop)
    }

    /// Wipes deleted keys from the file.
    pub(crate) fn wipe(&self) -> Result<()> {
        store::wipe(&lock(&self.db), &self.path)
    }

    /// Runs a group of calls and delivers their results. A call that breaks the transaction is answered with its
    /// error, and the others run again without it.
    fn serve(&self, db: &mut Connection, mut group: VecDeque<Box<dyn Pending>>) {
        while !group.is_empty() {
            match self.attempt(db, &mut group) {
                Attempt::Committed { shredded, records } => {
                    let unsunk = self.sink(|sink| sink.deliver(&records)).err();
                    for call in group.drain(..) {
                        call.deliver(unsunk.as_ref().map(|(sink, why)| Error::SinkFailed {
                            sink: sink.clone(),
                            why: why.clone(),
                        }));
                    }
                    if shredded {
                        // Calls that promise it wipe again and report; old versions are wiped as well as possible.
                        let _ = store::wipe(db, &self.path);
                    }
                }
                Attempt::NotCommitted(fault) => {
                    for call in group.drain(..) {
                        call.deliver(Some(fault.clone().into_commit_error(&self.path)));
                    }
                }
                Attempt::Broken { call, error } => {
                    if let Some(call) = group.remove(call) {
                        call.deliver(Some(error));
                    }
                }
            }
        }
    }

    fn attempt(&self, db: &mut Connection, group: &mut VecDeque<Box<dyn Pending>>) -> Attempt {
        let broken = |call: usize, error: Error| Attempt::Broken { call, error };
        let transaction = match db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .stored(&self.path)
        {
            Ok(transaction) => transaction,
            Err(error) => return broken(0, error),
        };
        let work = self
            .fresh_keys(&transaction)
            .and_then(|(keys, opener, session)| {
                Work::start(&transaction, &self.path, keys, opener, session)
            });
        let mut work = match work {
            Ok(work) => work,
            Err(error) => return broken(0, error),
        };
        if let Err(error) = work.record_attempts() {
            return broken(0, error);
        }
        for (at, call) in group.iter_mut().enumerate() {
            if let Err(error) = call.run(&mut work) {
                return broken(at, error);
            }
        }
        let Rest {
            keys,
            opener,
            session,
            shredded,
            records,
        } = match work.finish() {
            Ok(rest) => rest,
            Err(error) => return broken(0, error),
        };
        if let Err(error) = transaction.commit() {
            return Attempt::NotCommitted(Fault::of(&error));
        }
        *lock(&self.shared) = Shared {
            opener,
            keys,
            session,
        };
        Attempt::Committed { shredded, records }
    }

    /// The keys, loaded anew where another process changed them since.
    fn fresh_keys(&self, db: &Connection) -> Result<(Arc<Keys>, Opener, Option<Session>)> {
        let mut shared = lock(&self.shared);
        let current = shared.keys.state(db, &self.path);
        if !current.is_ok_and(|state| state.generation == shared.keys.generation) {
            let loaded = load(db, &self.path, &shared.opener);
            // It opened before, so what does not open any more was replaced by a rekey.
            shared.keys = Arc::new(loaded.map_err(|error| match error {
                Error::Corrupted { path, .. } => Error::WrongKey {
                    path,
                    given: "the key with which this program opened it".into(),
                },
                error => error,
            })?);
        }
        Ok((
            Arc::clone(&shared.keys),
            shared.opener.clone(),
            shared.session.clone(),
        ))
    }
}

/// Loads the keys and notes which generation they belong to.
fn load(db: &Connection, path: &Path, opener: &Opener) -> Result<Keys> {
    let mut keys = Keys::load(db, path, opener)?;
    keys.generation = keys.state(db, path)?.generation;
    Ok(keys)
}

/// How a transaction ended.
enum Attempt {
    Committed {
        shredded: bool,
        records: Vec<AuditRecord>,
    },
    /// The commit itself failed.
    NotCommitted(Fault),
    /// The call of this number failed in a way that leaves the transaction unusable; it was rolled back.
    Broken { call: usize, error: Error },
}

/// Locks without minding a thread that panicked while it held the lock: what the locks guard is changed in single
/// steps, and transactions roll back by themselves.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
