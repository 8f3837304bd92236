//! The running state: one small record that every transaction opens, advances and seals again.

use crate::hazmat::{Key, MAC_LENGTH, Mac, mac};
use crate::secret::Secret;

/// The state between two transactions.
#[derive(Clone)]
pub(crate) struct State {
    /// Goes up by one with each transaction that writes, audited reads included.
    pub(crate) epoch: u64,
    /// Goes up when slots, scopes, terms or tokens change, so that open handles load their keys anew.
    pub(crate) generation: u64,
    /// The sequence number of the newest audit row; 0 before the first.
    pub(crate) audit_rows: u64,
    /// The MAC of the newest audit row; zeros before the first.
    pub(crate) audit_head: Mac,
    /// The key of the next audit row's MAC. The keys before it cannot be computed from it.
    pub(crate) ratchet: Key,
    /// The keyed digest of the set of all rows that hold keys, heads, tokens, leases and policies: a row taken away,
    /// put back or replaced by an older one changes it.
    pub(crate) digest: Mac,
}

impl State {
    /// The state of a new vault whose audit trail starts with `ratchet`.
    pub(crate) fn new(ratchet: Key) -> Self {
        Self {
            epoch: 0,
            generation: 1,
            audit_rows: 0,
            audit_head: [0; MAC_LENGTH],
            ratchet,
            digest: [0; MAC_LENGTH],
        }
    }

    /// Three numbers of eight big-endian bytes, then audit head, ratchet and digest of 32 bytes each.
    pub(crate) fn encode(&self) -> Secret {
        let mut bytes = Vec::with_capacity(120);
        for number in [self.epoch, self.generation, self.audit_rows] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&self.audit_head);
        bytes.extend_from_slice(self.ratchet.danger_bytes());
        bytes.extend_from_slice(&self.digest);
        Secret::new(bytes)
    }

    /// Parses what [`State::encode`] wrote.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (epoch, rest) = bytes.split_first_chunk::<8>()?;
        let (generation, rest) = rest.split_first_chunk::<8>()?;
        let (audit_rows, rest) = rest.split_first_chunk::<8>()?;
        let (audit_head, rest) = rest.split_first_chunk::<MAC_LENGTH>()?;
        let (ratchet, rest) = rest.split_first_chunk::<32>()?;
        let (digest, rest) = rest.split_first_chunk::<MAC_LENGTH>()?;
        rest.is_empty().then_some(())?;
        Some(Self {
            epoch: u64::from_be_bytes(*epoch),
            generation: u64::from_be_bytes(*generation),
            audit_rows: u64::from_be_bytes(*audit_rows),
            audit_head: *audit_head,
            ratchet: Key::from_bytes(ratchet)?,
            digest: *digest,
        })
    }

    /// Puts a row into the set, or takes it out: both are the same operation, because the digest is the XOR of the
    /// rows' MACs (the multiset hash MSet-XOR-Hash of Clarke et al. 2003; the digest itself is kept encrypted).
    pub(crate) fn toggle(&mut self, key: &Key, row: &[&[u8]]) {
        for (sum, byte) in self.digest.iter_mut().zip(mac(key, row)) {
            *sum ^= byte;
        }
    }
}
