//! Failed attempts to open the vault.
//!
//! Whoever fails to open the vault has no key with which to write an audit row. The attempt is noted in the clear, and the
//! next call of whoever can open the vault moves it into the trail. Until then, whoever can write the file can remove it.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::event::{AuditEvent, Operation, Outcome};
use crate::actor::Actor;
use crate::error::Result;
use crate::store::Stored;
use crate::work::Work;

/// How many attempts are kept until someone opens the vault; a guesser must not be able to fill the disk.
const KEPT: u32 = 1000;

/// Notes that `given` did not open the vault. What goes wrong here must not hide why the attempt failed.
pub(crate) fn note(db: &Connection, given: &str, actor: &Actor) {
    let Ok(actor) = serde_json::to_string(actor) else {
        return;
    };
    let now = Timestamp::now();
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let _ = db.execute(
        "INSERT INTO attempt (at, given, actor) SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM attempt) < ?4",
        params![at.to_string(), given, actor, KEPT],
    );
}

impl Work<'_> {
    /// Moves what [`note`] left behind into the trail.
    pub(crate) fn record_attempts(&mut self) -> Result<()> {
        for (at, given, actor) in noted(self.db, self.path)? {
            let actor = serde_json::from_str(&actor).unwrap_or_else(|_| Actor {
                user: "unknown".into(),
                host: "unknown".into(),
                process: 0,
                via: "unknown".into(),
                reason: None,
                accessor: None,
            });
            let at = at.parse().unwrap_or(self.now);
            let mut event = AuditEvent::new(at, Operation::OpenFailed, actor);
            event.outcome = Outcome::Denied;
            event.error = Some(format!("{given} did not open the vault"));
            self.record(event)?;
        }
        Ok(())
    }
}

fn noted(db: &Connection, path: &Path) -> Result<Vec<(String, String, String)>> {
    let rows: Vec<_> = db
        .prepare_cached("SELECT at, given, actor FROM attempt ORDER BY rowid")
        .and_then(|mut all| {
            all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
        .stored(path)?;
    if !rows.is_empty() {
        db.execute("DELETE FROM attempt", []).stored(path)?;
    }
    Ok(rows)
}
