//! Where a record belongs: what its encryption is bound to.

use super::random::{RandomError, random};

/// Separates this format's records from everything else that might be sealed under the same key.
const DOMAIN: &[u8] = b"coffer/vault/1";

/// A vault's random identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VaultId(pub(crate) [u8; 16]);

impl VaultId {
    pub(crate) fn random() -> Result<Self, RandomError> {
        Ok(Self(random()?))
    }
}

/// What a record is. The number stands in the record's header and is part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The root key, under a slot's key.
    Slot = 1,
    /// The root keyring, under the root key.
    RootKeyring = 2,
    /// A scope's key, under the root keyring's scope key.
    ScopeKey = 3,
    /// A scope's terms, under the scope's key.
    Keyring = 4,
    /// What is known of a secret but its values, under a term.
    Head = 5,
    /// What is known of a version but its value, under a term.
    VersionMeta = 6,
    /// A version's data key, under a term.
    DataKey = 7,
    /// A version's value, under its data key.
    Value = 8,
    /// The vault's running state, under the audit writer's key.
    State = 9,
    /// The key of one writer's audit rows, to the vault's box key.
    AuditSession = 10,
    /// An audit row, under its session's key.
    AuditRow = 11,
    /// A token's keyring, under the token's key.
    TokenGrant = 12,
    /// A token's key, to the vault's box key.
    TokenRecord = 13,
    /// A lease, under a term.
    Lease = 14,
    /// A policy, under the root keyring's policy key.
    Policy = 15,
    /// The key of a backup's stream, under the root key.
    Backup = 16,
}

/// A record's place. Every field is bound; one that a kind does not use is zero or empty.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The vault.
    pub(crate) vault: VaultId,
    /// What the record is.
    pub(crate) kind: Kind,
    /// The scope's id.
    pub(crate) scope: u64,
    /// The secret's name, or what identifies another object.
    pub(crate) path: &'a [u8],
    /// The version's number, a slot's id, an audit row's sequence number.
    pub(crate) number: u64,
    /// The term of the key in use.
    pub(crate) term: u32,
}

impl<'a> Place<'a> {
    /// A place with everything but the vault and kind empty.
    pub(crate) fn new(vault: VaultId, kind: Kind) -> Self {
        Self {
            vault,
            kind,
            scope: 0,
            path: &[],
            number: 0,
            term: 0,
        }
    }

    pub(crate) fn scope(self, scope: u64) -> Self {
        Self { scope, ..self }
    }

    pub(crate) fn path(self, path: &'a [u8]) -> Self {
        Self { path, ..self }
    }

    pub(crate) fn number(self, number: u64) -> Self {
        Self { number, ..self }
    }

    pub(crate) fn term(self, term: u32) -> Self {
        Self { term, ..self }
    }

    /// The canonical bytes: each field after its length in four big-endian bytes, so that no two places share them.
    pub(super) fn canonical(&self, header: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(112_usize.saturating_add(self.path.len()));
        let mut field = |data: &[u8]| {
            // No field reaches 4 GiB: names end at 512 bytes, other paths are shorter.
            let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(data);
        };
        field(DOMAIN);
        field(header);
        field(&self.vault.0);
        field(&[self.kind as u8]);
        field(&self.scope.to_be_bytes());
        field(self.path);
        field(&self.number.to_be_bytes());
        field(&self.term.to_be_bytes());
        bytes
    }
}
