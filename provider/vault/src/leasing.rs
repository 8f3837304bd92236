//! The part of [`Vault`] that keeps the journal of leases.

use jiff::Timestamp;

use crate::audit::Operation;
use crate::error::Result;
use crate::lease::{Lease, LeaseRequest};
use crate::vault::Vault;

impl Vault {
    /// Registers a lease. Call it before the credential is made: a credential without a lease is never taken back.
    pub fn register_lease(&self, request: LeaseRequest) -> Result<Lease> {
        self.call(Operation::LeaseRegister, move |work, event| {
            work.register_lease(event, &request)
        })
    }

    /// Moves a lease's end after the credential's was moved.
    pub fn renew_lease(&self, id: &str, expires: Timestamp) -> Result<Lease> {
        let id = id.to_owned();
        self.call(Operation::LeaseRenew, move |work, event| {
            work.renew_lease(event, &id, expires)
        })
    }

    /// Removes a lease after the credential was revoked. Returns whether it was there.
    pub fn close_lease(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.call(Operation::LeaseClose, move |work, event| {
            work.close_lease(event, &id)
        })
    }

    /// Notes that a lease could not be revoked. After [`crate::MAX_ATTEMPTS`] failures it counts as irrevocable.
    pub fn lease_failed(&self, id: &str, why: &str) -> Result<Lease> {
        let (id, why) = (id.to_owned(), why.to_owned());
        self.call(Operation::LeaseFail, move |work, event| {
            work.lease_failed(event, &id, &why)
        })
    }

    /// All leases, the oldest first.
    pub fn leases(&self) -> Result<Vec<Lease>> {
        self.call(Operation::List, |work, _| work.leases())
    }

    /// The leases that whoever starts should revoke: expired, or of a process of this machine that has ended without
    /// closing them. After revoking each, call [`Vault::close_lease`] or [`Vault::lease_failed`].
    pub fn abandoned_leases(&self) -> Result<Vec<Lease>> {
        self.call(Operation::List, |work, _| {
            let mut leases = work.leases()?;
            leases.retain(|lease| lease.is_abandoned(work.now));
            Ok(leases)
        })
    }
}
