//! Leases: credentials that were handed out for a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::name::SecretName;

/// After this many failed revocations a lease counts as irrevocable: it stays visible, and nobody tries again unasked.
pub const MAX_ATTEMPTS: u32 = 6;

/// A lease to be registered, before the credential that it is for is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRequest {
    /// The path that the credential belongs to; it decides which scope the lease is sealed for.
    pub name: SecretName,
    /// What made the credential, such as `postgresql` or `openbao`.
    pub kind: String,
    /// What whoever revokes it needs to know, such as a role's name or a server's lease id, as text of the caller's
    /// choice. It must not hold a secret.
    pub revocation: String,
    /// When the credential ends by itself.
    pub expires: Timestamp,
}

/// A registered lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lease {
    /// Its random id.
    pub id: String,
    /// The path that the credential belongs to.
    pub name: String,
    /// What made the credential.
    pub kind: String,
    /// What whoever revokes it needs to know.
    pub revocation: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When the credential ends by itself.
    pub expires: Timestamp,
    /// The process that uses it.
    pub holder: Holder,
    /// How often revoking it has failed.
    #[serde(default)]
    pub attempts: u32,
    /// Why it failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

impl Lease {
    /// Whether revoking it has failed too often.
    pub fn is_irrevocable(&self) -> bool {
        self.attempts >= MAX_ATTEMPTS
    }

    /// Whether a sweep should revoke it: it has expired, or the process that used it is gone from this machine.
    pub fn is_abandoned(&self, now: Timestamp) -> bool {
        !self.is_irrevocable() && (self.expires <= now || self.holder.is_gone())
    }
}

/// The process that uses a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Holder {
    /// Its machine.
    pub host: String,
    /// Its process id.
    pub process: u32,
    /// When it started, as the kernel counts it; tells it from a later process with the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<u64>,
}

impl Holder {
    /// The process that `actor` names.
    pub fn of(actor: &Actor) -> Self {
        Self {
            host: actor.host.clone(),
            process: actor.process,
            started: start_of_process(actor.process),
        }
    }

    /// Whether the process ran on this machine and has ended.
    pub fn is_gone(&self) -> bool {
        let here = rustix::system::uname();
        here.nodename().to_string_lossy() == self.host.as_str()
            && self.started.is_some()
            && start_of_process(self.process) != self.started
    }
}

/// The start of a process in clock ticks since boot (proc(5), stat, field 22); none where there is no such process, where it
/// has ended and merely waits to be reaped, or where there is no such file system.
fn start_of_process(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    if rest.starts_with(['Z', 'X', 'x']) {
        return None;
    }
    rest.split(' ').nth(19)?.parse().ok()
}

/// A lease's row as the set digest covers it.
pub(crate) struct LeaseRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) scope: u64,
    pub(crate) revision: u64,
    pub(crate) sealed: &'a [u8],
}

impl LeaseRow<'_> {
    pub(crate) fn digest_row(&self) -> [Vec<u8>; 5] {
        [
            b"lease".to_vec(),
            self.id.as_bytes().to_vec(),
            self.scope.to_be_bytes().to_vec(),
            self.revision.to_be_bytes().to_vec(),
            self.sealed.to_vec(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ended_is_gone_and_this_one_is_not() {
        let actor = Actor::this_process("test");
        assert!(!Holder::of(&actor).is_gone());
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let holder = Holder::of(&Actor {
            process: child.id(),
            ..actor.clone()
        });
        assert!(!holder.is_gone());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(holder.is_gone());
        let elsewhere = Holder {
            host: "another.example".into(),
            ..holder
        };
        assert!(!elsewhere.is_gone(), "of another machine nothing is known");
    }
}
