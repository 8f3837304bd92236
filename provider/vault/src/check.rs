//! Walking everything in the vault to say what is damaged and what is safe.

use rusqlite::params;

use crate::error::{Error, ErrorKind, Result};
use crate::hazmat::{MAC_LENGTH, mac_matches};
use crate::keys::Scope;
use crate::lease::LeaseRow;
use crate::metadata::VersionState;
use crate::name::SecretName;
use crate::operation::{ROLE_PREFIX, policy_row};
use crate::progress::Progress;
use crate::slot;
use crate::state::State;
use crate::store::Stored;
use crate::work::Work;

/// Something that is wrong with the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The part.
    pub what: String,
    /// How it fails.
    pub detail: String,
}

/// What a check of the whole vault found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How many secrets there are, the deleted ones included.
    pub secrets: u64,
    /// How many versions can be read and were opened.
    pub versions: u64,
    /// How many versions are destroyed.
    pub destroyed: u64,
    /// How many rows the audit trail has.
    pub audit_rows: u64,
    /// Everything that is wrong; empty where all is well.
    pub problems: Vec<Problem>,
    /// The secrets whose current values opened although there are problems.
    pub safe: Vec<SecretName>,
}

impl CheckReport {
    fn problem(&mut self, what: impl Into<String>, detail: impl Into<String>) {
        self.problems.push(Problem {
            what: what.into(),
            detail: detail.into(),
        });
    }
}

impl Work<'_> {
    /// Walks everything.
    pub(crate) fn check(&self, progress: &dyn Progress) -> Result<CheckReport> {
        self.root_keyring("check")?;
        let mut report = CheckReport::default();
        // The set's digest is computed anew on a copy of the state.
        let mut tally = self.state.clone();
        tally.digest = [0; MAC_LENGTH];
        self.check_structure(&mut report)?;
        self.check_slots(&mut report, &mut tally)?;
        self.count_scopes(&mut tally)?;
        self.check_leases(&mut report, &mut tally)?;
        self.check_access(&mut report, &mut tally)?;
        let secrets = self.secret_ids()?;
        let total = u64::try_from(secrets.len()).unwrap_or(u64::MAX);
        for (id, scope) in secrets {
            progress.at(report.secrets, total);
            report.secrets = report.secrets.saturating_add(1);
            if let Err(error) = self.check_secret(&mut report, &mut tally, id, scope) {
                tolerate(&mut report, format!("secret {id}"), error)?;
            }
        }
        if !mac_matches(&tally.digest, &self.state.digest) {
            report.problem(
                "the set of rows",
                "a row was removed, inserted or replaced by an older one without the vault's keys",
            );
        }
        let audit = self.verify_audit()?;
        report.audit_rows = audit.rows;
        for problem in audit.problems {
            report.problem(format!("audit row {}", problem.row), problem.what);
        }
        Ok(report)
    }

    /// SQLite's own check of pages, indexes and references.
    fn check_structure(&self, report: &mut CheckReport) -> Result<()> {
        for pragma in ["PRAGMA integrity_check(20)", "PRAGMA foreign_key_check"] {
            let mut statement = self.db.prepare(pragma).stored(self.path)?;
            let mut rows = statement.query([]).stored(self.path)?;
            while let Some(row) = rows.next().stored(self.path)? {
                let text: String = row.get(0).stored(self.path)?;
                if text != "ok" {
                    report.problem("the file's structure", text);
                }
            }
        }
        Ok(())
    }

    fn check_slots(&self, report: &mut CheckReport, tally: &mut State) -> Result<()> {
        for slot in slot::all(self.db, self.path)? {
            if !slot.is_whole() {
                report.problem(
                    format!("the slot {}", slot.describe()),
                    "its bytes were changed",
                );
            }
            self.tally(tally, &slot.row());
        }
        Ok(())
    }

    fn count_scopes(&self, tally: &mut State) -> Result<()> {
        let rows: Vec<(u64, Vec<u8>, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT id, sealed_key, keyring FROM scope")
            .and_then(|mut all| {
                all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                    .collect()
            })
            .stored(self.path)?;
        for (id, sealed_key, keyring) in rows {
            self.tally(tally, &Scope::row(id, &sealed_key, &keyring));
        }
        Ok(())
    }

    fn check_leases(&self, report: &mut CheckReport, tally: &mut State) -> Result<()> {
        let rows: Vec<(String, u64, u64, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT id, scope, revision, sealed FROM lease")
            .and_then(|mut all| {
                all.query_map([], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?
                .collect()
            })
            .stored(self.path)?;
        for (id, scope, revision, sealed) in &rows {
            let row = LeaseRow {
                id,
                scope: *scope,
                revision: *revision,
                sealed,
            };
            self.tally(tally, &row.digest_row());
        }
        match self.leases() {
            Ok(_) => Ok(()),
            Err(error) => tolerate(report, "the leases".into(), error),
        }
    }

    /// Opens every policy, every role and every token's keyring.
    fn check_access(&self, report: &mut CheckReport, tally: &mut State) -> Result<()> {
        let policies: Vec<(String, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT name, sealed FROM policy")
            .and_then(|mut all| {
                all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .stored(self.path)?;
        for (name, sealed) in &policies {
            self.tally(tally, &policy_row(name, sealed));
            let (what, opened) = match name.strip_prefix(ROLE_PREFIX) {
                Some(role) => (format!("the role \"{role}\""), self.role(role).map(drop)),
                None => (
                    format!("the policy \"{name}\""),
                    self.policy(name).map(drop),
                ),
            };
            if let Err(error) = opened {
                tolerate(report, what, error)?;
            }
        }
        for row in self.token_rows()? {
            self.tally(tally, &row.digest_row());
            if let Err(error) = self.open_token(&row) {
                tolerate(report, format!("token {}", row.accessor), error)?;
            }
        }
        Ok(())
    }

    fn secret_ids(&self) -> Result<Vec<(i64, u64)>> {
        self.db
            .prepare_cached("SELECT id, scope FROM secret ORDER BY id")
            .and_then(|mut all| {
                all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .stored(self.path)
    }

    /// Opens a secret's head and every version of it, and looks it up the way readers do.
    fn check_secret(
        &self,
        report: &mut CheckReport,
        tally: &mut State,
        id: i64,
        scope: u64,
    ) -> Result<()> {
        let scope = self.scope_by_id(scope)?;
        let (lookup, revision, sealed): (Vec<u8>, u64, Vec<u8>) = self
            .db
            .prepare_cached("SELECT lookup, revision, head FROM secret WHERE id = ?1")
            .and_then(|mut one| {
                one.query_row(params![id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
            })
            .stored(self.path)?;
        let row = self.open_head(scope, id, lookup, revision, sealed)?;
        self.tally(tally, &row.digest_row());
        let name = SecretName::parse(&row.head.name)?;
        if row.lookup != scope.lookup(name.as_str()) {
            report.problem(format!("\"{name}\""), "it is filed under another name");
        }
        self.check_folders(report, scope, &name, id)?;
        let mut current_opened = false;
        for number in 1..=row.head.latest {
            let version = match self.version(&row, number) {
                Ok(version) => version,
                Err(error) => {
                    tolerate(report, format!("version {number} of \"{name}\""), error)?;
                    continue;
                }
            };
            self.tally(tally, &version.digest_row());
            if matches!(version.meta.state, VersionState::Destroyed(_)) {
                report.destroyed = report.destroyed.saturating_add(1);
                continue;
            }
            match self.value(&row, &version) {
                Ok(_) => {
                    report.versions = report.versions.saturating_add(1);
                    current_opened |= row.head.current == Some(number);
                }
                Err(error) => tolerate(report, format!("version {number} of \"{name}\""), error)?,
            }
        }
        if current_opened {
            report.safe.push(name);
        }
        Ok(())
    }

    fn check_folders(
        &self,
        report: &mut CheckReport,
        scope: &Scope,
        name: &SecretName,
        id: i64,
    ) -> Result<()> {
        let mut expected: Vec<Vec<u8>> = name
            .folders()
            .filter(|folder| folder.starts_with(&scope.keyring.prefix))
            .map(|folder| scope.folder_lookup(folder))
            .collect();
        let mut found: Vec<Vec<u8>> = self
            .db
            .prepare_cached("SELECT lookup FROM folder WHERE secret = ?1 AND scope = ?2")
            .and_then(|mut all| {
                all.query_map(params![id, scope.id], |row| row.get(0))?
                    .collect()
            })
            .stored(self.path)?;
        expected.sort();
        found.sort();
        if expected != found {
            report.problem(
                format!("\"{name}\""),
                "listings by prefix do not find it everywhere",
            );
        }
        Ok(())
    }

    fn tally(&self, state: &mut State, row: &[Vec<u8>]) {
        let parts: Vec<&[u8]> = row.iter().map(Vec::as_slice).collect();
        state.toggle(&self.keys.set, &parts);
    }
}

/// Notes damage and goes on; passes on what is no damage, such as a disk that fails.
fn tolerate(report: &mut CheckReport, what: String, error: Error) -> Result<()> {
    match (error.kind(), error) {
        (ErrorKind::Damaged, Error::Corrupted { what: detail, .. }) => {
            report.problem(what, detail);
            Ok(())
        }
        (_, error) => Err(error),
    }
}
