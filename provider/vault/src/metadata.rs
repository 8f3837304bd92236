//! What the vault tells about a secret: everything but its value, and the value.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::SecretName;
use crate::secret::Secret;
use crate::selector::{Stage, VersionSelector};

/// Whether a version can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "at")]
pub enum VersionState {
    /// It can be read.
    Enabled,
    /// It keeps its value but cannot be read until it is enabled again.
    Disabled,
    /// Its key was shredded at this time; nothing brings the value back.
    Destroyed(Timestamp),
}

/// One version of a secret without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionMetadata {
    /// The secret.
    pub name: SecretName,
    /// The version's number, counted from 1.
    pub version: u64,
    /// When it was stored.
    pub created: Timestamp,
    /// The user who stored it.
    pub created_by: String,
    /// The stages it carries now.
    pub stages: Vec<Stage>,
    /// Whether it can be read.
    pub state: VersionState,
    /// What the value is, where the writer said so.
    pub content_type: Option<String>,
    /// When the value stops being valid, where the writer said so.
    pub expires: Option<Timestamp>,
    /// Labels of this version.
    pub labels: BTreeMap<String, String>,
    /// Whether a put found the version already stored under its idempotency token and wrote nothing.
    pub repeated: bool,
}

impl VersionMetadata {
    /// An enabled version of which nothing more is known, for stores that fill in what they know.
    pub fn new(name: SecretName, version: u64, created: Timestamp) -> Self {
        Self {
            name,
            version,
            created,
            created_by: String::new(),
            stages: Vec::new(),
            state: VersionState::Enabled,
            content_type: None,
            expires: None,
            labels: BTreeMap::new(),
            repeated: false,
        }
    }
}

/// A secret without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretMetadata {
    /// The secret.
    pub name: SecretName,
    /// Goes up by one with each change of the secret, its versions or its metadata.
    pub revision: u64,
    /// When its first version was stored.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// The newest version's number.
    pub latest: u64,
    /// The current version's number, where there is one.
    pub current: Option<u64>,
    /// The pending version's number, where there is one.
    pub pending: Option<u64>,
    /// The previous version's number, where there is one.
    pub previous: Option<u64>,
    /// When the current version became current.
    pub current_since: Option<Timestamp>,
    /// When the current version's value stops being valid, where the writer said so.
    pub expires: Option<Timestamp>,
    /// What it is for.
    pub description: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Texts that programs keep with the secret.
    pub annotations: BTreeMap<String, String>,
    /// How many versions keep their value; 0 is all.
    pub versions_to_keep: u32,
    /// Set where the secret is deleted and can still be restored.
    pub deleted: Option<Deletion>,
}

impl SecretMetadata {
    /// A secret of which nothing more is known, for stores that fill in what they know.
    pub fn new(name: SecretName, created: Timestamp) -> Self {
        Self {
            name,
            revision: 0,
            created,
            updated: created,
            latest: 0,
            current: None,
            pending: None,
            previous: None,
            current_since: None,
            expires: None,
            description: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            versions_to_keep: 0,
            deleted: None,
        }
    }

    /// The number of the version that `selector` means, where there is one.
    pub fn select(&self, selector: VersionSelector) -> Option<u64> {
        match selector {
            VersionSelector::Current | VersionSelector::Stage(Stage::Current) => self.current,
            VersionSelector::Stage(Stage::Pending) => self.pending,
            VersionSelector::Stage(Stage::Previous) => self.previous,
            VersionSelector::Version(number) => Some(number),
        }
    }
}

/// A deletion that can still be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When the secret was deleted.
    pub at: Timestamp,
    /// Until when [`crate::Vault::restore`] brings it back.
    pub recoverable_until: Timestamp,
}

/// A version with its value.
#[derive(Clone)]
#[non_exhaustive]
pub struct SecretVersion {
    /// The value.
    pub value: Secret,
    /// The rest.
    pub metadata: VersionMetadata,
}

impl SecretVersion {
    /// `value` with its metadata.
    pub fn new(value: Secret, metadata: VersionMetadata) -> Self {
        Self { value, metadata }
    }
}
