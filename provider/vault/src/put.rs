//! What a caller asks to store.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::secret::Secret;
use crate::selector::Stage;

/// What must hold of a secret for a write to happen (compare-and-set).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The secret does not exist.
    Absent,
    /// Its newest version has this number.
    Latest(u64),
}

/// A new version of a secret. Build it with [`PutRequest::new`] and the `with_` methods.
#[derive(Clone)]
#[non_exhaustive]
pub struct PutRequest {
    /// The value.
    pub value: Secret,
    /// The stage that the version gets: [`Stage::Current`], or [`Stage::Pending`].
    pub stage: Stage,
    /// What must hold for the write to happen.
    pub expect: Option<Expect>,
    /// What makes the put repeatable; see [`PutRequest::idempotency_token`].
    pub idempotency_token: Option<String>,
    /// What the value is.
    pub content_type: Option<String>,
    /// When the value stops being valid.
    pub expires: Option<Timestamp>,
    /// Labels of the version.
    pub version_labels: BTreeMap<String, String>,
    /// The change of the secret's metadata that goes with it.
    pub change: MetadataChange,
}

impl PutRequest {
    /// Stores `value` as the current version.
    pub fn new(value: Secret) -> Self {
        Self {
            value,
            stage: Stage::Current,
            expect: None,
            idempotency_token: None,
            content_type: None,
            expires: None,
            version_labels: BTreeMap::new(),
            change: MetadataChange::default(),
        }
    }

    /// Stores the value as the pending version instead: [`crate::Vault::promote`] makes it current.
    #[must_use]
    pub fn pending(mut self) -> Self {
        self.stage = Stage::Pending;
        self
    }

    /// Writes only if `expect` holds; [`crate::Error::Conflict`] otherwise.
    #[must_use]
    pub fn expect(mut self, expect: Expect) -> Self {
        self.expect = Some(expect);
        self
    }

    /// Makes the put repeatable: a second put to the same secret with the same token and value
    /// returns the version that the first one made. A token is up to 128 bytes; a hash of it is kept, encrypted.
    #[must_use]
    pub fn idempotency_token(mut self, token: impl Into<String>) -> Self {
        self.idempotency_token = Some(token.into());
        self
    }

    /// What the value is, such as `text/plain` or `application/json`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// When the value stops being valid. The vault reports it; it does not refuse to hand the value out.
    #[must_use]
    pub fn expires(mut self, at: Timestamp) -> Self {
        self.expires = Some(at);
        self
    }

    /// Adds a label to this version.
    #[must_use]
    pub fn version_label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.version_labels.insert(key.into(), value.into());
        self
    }

    /// Changes the secret's metadata in the same transaction.
    #[must_use]
    pub fn with_metadata(mut self, change: MetadataChange) -> Self {
        self.change = change;
        self
    }
}

/// A change to a secret's metadata. What is not set stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataChange {
    /// Sets the description; an empty text removes it.
    pub description: Option<String>,
    /// Sets (`Some`) or removes (`None`) labels.
    pub labels: BTreeMap<String, Option<String>>,
    /// Sets or removes annotations: texts that programs keep with a secret, such as the state of a rotation.
    /// They are encrypted like everything else, and must not hold a secret: metadata is shown.
    pub annotations: BTreeMap<String, Option<String>>,
    /// How many versions keep their value; older ones without a stage are destroyed by the next put. 0 keeps all.
    pub versions_to_keep: Option<u32>,
    /// Applies only if the metadata still has this revision ([`crate::SecretMetadata::revision`]).
    pub expect_revision: Option<u64>,
}
