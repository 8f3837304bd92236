//! The journal of leases: what was handed out and has to be taken back.
//!
//! Terraform skips Close after a failed apply and on Ctrl-C, and processes die. A lease stands here before the credential
//! that it is for exists, so that whoever starts next finds it and takes the credential back.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::random_id::random_id;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::{Kind, Place, open, seal, sealed_term};
use crate::lease::{Lease, LeaseRequest, LeaseRow, MAX_ATTEMPTS};
use crate::policy::Capability;
use crate::store::Stored;
use crate::work::{Work, not_sealed};

/// A lease with what the set digest needs to know.
struct StoredLease {
    lease: Lease,
    scope: u64,
    revision: u64,
    sealed: Vec<u8>,
}

impl StoredLease {
    fn digest_row(&self) -> [Vec<u8>; 5] {
        LeaseRow {
            id: &self.lease.id,
            scope: self.scope,
            revision: self.revision,
            sealed: &self.sealed,
        }
        .digest_row()
    }
}

impl Work<'_> {
    /// Registers a lease.
    pub(crate) fn register_lease(
        &mut self,
        event: &mut AuditEvent,
        request: &LeaseRequest,
    ) -> Result<Lease> {
        event.touch(request.name.as_str(), None);
        self.keys.allow(Capability::Read, request.name.as_str())?;
        let id = random_id::<12>()?;
        event.touch(format!("lease {id}"), None);
        let lease = Lease {
            id,
            name: request.name.as_str().to_owned(),
            kind: request.kind.clone(),
            revocation: request.revocation.clone(),
            created: self.now,
            expires: request.expires,
            holder: crate::lease::Holder::of(&event.actor),
            attempts: 0,
            last_error: None,
        };
        let scope = self.keys.scope_of(&request.name)?.id;
        let mut stored = StoredLease {
            lease,
            scope,
            revision: 0,
            sealed: Vec::new(),
        };
        self.write_lease(&mut stored, true)?;
        Ok(stored.lease)
    }

    /// Moves a lease's end.
    pub(crate) fn renew_lease(
        &mut self,
        event: &mut AuditEvent,
        id: &str,
        expires: Timestamp,
    ) -> Result<Lease> {
        let mut stored = self.lease(event, id)?;
        stored.lease.expires = expires;
        self.write_lease(&mut stored, false)?;
        Ok(stored.lease)
    }

    /// Notes that a lease could not be revoked.
    pub(crate) fn lease_failed(
        &mut self,
        event: &mut AuditEvent,
        id: &str,
        why: &str,
    ) -> Result<Lease> {
        let mut stored = self.lease(event, id)?;
        stored.lease.attempts = stored.lease.attempts.saturating_add(1).min(MAX_ATTEMPTS);
        stored.lease.last_error = Some(why.to_owned());
        self.write_lease(&mut stored, false)?;
        Ok(stored.lease)
    }

    /// Removes a lease whose credential is gone. A lease that is gone already stays gone.
    pub(crate) fn close_lease(&mut self, event: &mut AuditEvent, id: &str) -> Result<bool> {
        event.touch(format!("lease {id}"), None);
        let Some(stored) = self.find_lease(id)? else {
            return Ok(false);
        };
        event.touch(stored.lease.name.clone(), None);
        self.keys.allow(Capability::Read, &stored.lease.name)?;
        self.toggle(&stored.digest_row());
        self.db
            .prepare_cached("DELETE FROM lease WHERE id = ?1")
            .and_then(|mut delete| delete.execute(params![id]))
            .stored(self.path)?;
        Ok(true)
    }

    /// The leases of open scopes, the oldest first.
    pub(crate) fn leases(&self) -> Result<Vec<Lease>> {
        let ids: Vec<(String, u64)> = self
            .db
            .prepare_cached("SELECT id, scope FROM lease")
            .and_then(|mut all| {
                all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .stored(self.path)?;
        let mut found = Vec::new();
        for (id, scope) in ids {
            if self.keys.scope(scope).is_some()
                && let Some(stored) = self.find_lease(&id)?
                && self
                    .keys
                    .allow(Capability::Read, &stored.lease.name)
                    .is_ok()
            {
                found.push(stored.lease);
            }
        }
        found.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(found)
    }

    fn lease(&self, event: &mut AuditEvent, id: &str) -> Result<StoredLease> {
        event.touch(format!("lease {id}"), None);
        let stored = self
            .find_lease(id)?
            .ok_or_else(|| Error::NoSuchLease { id: id.to_owned() })?;
        event.touch(stored.lease.name.clone(), None);
        self.keys.allow(Capability::Read, &stored.lease.name)?;
        Ok(stored)
    }

    fn find_lease(&self, id: &str) -> Result<Option<StoredLease>> {
        let found: Option<(u64, u64, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT scope, revision, sealed FROM lease WHERE id = ?1")
            .and_then(|mut one| {
                one.query_row(params![id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
            })
            .stored(self.path)?;
        let Some((scope_id, revision, sealed)) = found else {
            return Ok(None);
        };
        let Some(scope) = self.keys.scope(scope_id) else {
            return Err(Error::Denied {
                capability: "reach".into(),
                path: format!("lease {id}"),
            });
        };
        let damaged = |what: &str| self.damaged(format!("lease {id}: {what}"));
        let (number, term) = sealed_term(&sealed)
            .and_then(|number| scope.keyring.terms.get(&number).map(|term| (number, term)))
            .ok_or_else(|| damaged("it has an unknown term"))?;
        let place = Place::new(self.keys.vault, Kind::Lease)
            .scope(scope_id)
            .path(id.as_bytes())
            .number(revision)
            .term(number);
        let opened =
            open(&term.key, &place, &sealed).map_err(|error| damaged(&error.to_string()))?;
        let lease: Lease = serde_json::from_slice(opened.danger_expose())
            .map_err(|error| damaged(&error.to_string()))?;
        Ok(Some(StoredLease {
            lease,
            scope: scope_id,
            revision,
            sealed,
        }))
    }

    fn write_lease(&mut self, stored: &mut StoredLease, is_new: bool) -> Result<()> {
        if !is_new {
            self.toggle(&stored.digest_row());
        }
        stored.revision = stored.revision.saturating_add(1);
        let text = serde_json::to_vec(&stored.lease)
            .map_err(|error| self.damaged(format!("a lease: {error}")))?;
        let (number, key) = self.current_term(stored.scope)?;
        let place = Place::new(self.keys.vault, Kind::Lease)
            .scope(stored.scope)
            .path(stored.lease.id.as_bytes())
            .number(stored.revision)
            .term(number);
        stored.sealed = seal(&key, &place, &text).map_err(not_sealed)?;
        self.db
            .prepare_cached(
                "INSERT INTO lease (id, scope, revision, sealed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, sealed = excluded.sealed",
            )
            .and_then(|mut write| {
                write.execute(params![
                    stored.lease.id,
                    stored.scope,
                    stored.revision,
                    stored.sealed
                ])
            })
            .stored(self.path)?;
        self.toggle(&stored.digest_row());
        Ok(())
    }
}
