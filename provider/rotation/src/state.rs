//! How far a rotation is, as it is kept with the secret.
//!
//! All of it stands in one annotation, which changes in the same write as the version or stage that it is about, or in
//! one that compares the secret's revision. So every store that keeps annotations can be rotated, and whoever comes
//! next knows where to go on.

use std::collections::BTreeMap;

use coffer_vault::{Actor, Holder, MetadataChange, SecretMetadata, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The annotation in which the state stands.
pub const STATE_ANNOTATION: &str = "coffer.rotation";

/// How far a secret's rotation is. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The rotation that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The last rotation that has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotated: Option<Rotated>,
    /// Whose credential a version is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub users: BTreeMap<u64, String>,
    /// The version before the current one, which ends later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retiring: Option<Retiring>,
    /// Someone said that the current version is known to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposed: Option<Exposure>,
    /// Why the last attempt failed; gone once one succeeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// A rotation that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The new version.
    pub version: u64,
    /// What is done of it.
    pub step: Step,
    /// When it began.
    pub started: Timestamp,
    /// Why.
    pub reason: String,
    /// Who is at it; nobody where one has given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// How far a rotation is: the last step that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The new version is stored; nothing outside has changed for certain.
    Pending,
    /// The system has it.
    Set,
    /// The system accepts it.
    Tested,
}

impl Step {
    /// Its name: `pending`, `set`, `tested`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Set => "set",
            Self::Tested => "tested",
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who is at a rotation. Nobody else touches it until the claim ends, so that no two undo each other's work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// A random number of one attempt.
    pub id: String,
    /// The process.
    pub holder: Holder,
    /// When it ends unless it is renewed.
    pub until: Timestamp,
}

impl Claim {
    /// A claim of this process.
    #[must_use]
    pub fn new(id: String, until: Timestamp) -> Self {
        let holder = Holder::of(&Actor::this_process("rotation"));
        Self { id, holder, until }
    }

    /// Whether it still keeps others away.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.until && !self.holder.is_gone()
    }
}

/// A rotation that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotated {
    /// The version that became current.
    pub version: u64,
    /// When.
    pub at: Timestamp,
}

/// A version that ends later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retiring {
    /// The version.
    pub version: u64,
    /// Until when it is valid.
    pub until: Timestamp,
}

/// Someone said that the current version is known to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// The version.
    pub version: u64,
    /// When it was said.
    pub at: Timestamp,
    /// Why: a finding's fingerprint, an alert, a ticket.
    pub why: String,
}

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// Of which new version.
    pub version: u64,
    /// After which step.
    pub step: Step,
    /// The system's word.
    pub why: String,
    /// How many attempts in a row have failed.
    #[serde(default)]
    pub attempts: u32,
}

/// What stands in the annotation is no state.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the rotation's state of {name} cannot be read: {why}")]
pub struct StateError {
    /// The secret.
    pub name: String,
    /// The parser's word.
    pub why: String,
}

impl State {
    /// The state that is kept with a secret; an empty one where none is.
    ///
    /// # Errors
    /// Where the annotation holds something else.
    pub fn of(found: &SecretMetadata) -> Result<Self, StateError> {
        match found.annotations.get(STATE_ANNOTATION) {
            None => Ok(Self::default()),
            Some(text) => serde_json::from_str(text).map_err(|error| StateError {
                name: found.name.to_string(),
                why: error.to_string(),
            }),
        }
    }

    /// The change that keeps this state, if the secret is still as `found`.
    #[must_use]
    pub fn change(&self, found: &SecretMetadata) -> MetadataChange {
        MetadataChange {
            annotations: self.annotations(),
            expect_revision: Some(found.revision),
            ..MetadataChange::default()
        }
    }

    /// The annotation that keeps this state.
    #[must_use]
    pub fn annotations(&self) -> BTreeMap<String, Option<String>> {
        // Texts and numbers always have a JSON form.
        let text = serde_json::to_string(self).unwrap_or_default();
        [(STATE_ANNOTATION.to_owned(), Some(text))].into()
    }

    /// When the current version became current: by the rotation's own clock where a rotation made it so.
    #[must_use]
    pub fn current_since(&self, found: &SecretMetadata) -> Option<Timestamp> {
        match (self.rotated, found.current) {
            (Some(rotated), Some(current)) if rotated.version == current => Some(rotated.at),
            _ => found.current_since,
        }
    }

    /// The exposure, where it is one of the version that is current.
    #[must_use]
    pub fn exposure(&self, found: &SecretMetadata) -> Option<&Exposure> {
        self.exposed
            .as_ref()
            .filter(|it| Some(it.version) == found.current)
    }

    /// Forgets whose credential the versions are that nobody can use any more.
    pub(crate) fn keep_users(&mut self, versions: &[Option<u64>]) {
        self.users
            .retain(|version, _| versions.contains(&Some(*version)));
    }
}
