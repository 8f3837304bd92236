//! What coffer keeps with a secret in Secret Manager that the system has no place for: one annotation in JSON.

use std::collections::{BTreeMap, VecDeque};

use coffer_vault::Timestamp;
use serde::{Deserialize, Serialize};

use super::SYSTEM;
use crate::error::{Error, Result};

/// The annotation's key.
pub(super) const KEY: &str = "coffer";
/// How many idempotency tokens are remembered.
const REMEMBERED_TOKENS: usize = 16;
/// The longest record in bytes. Google allows 16 KiB for all annotations together.
const LONGEST: usize = 12 * 1024;

/// The record. It holds no secret: metadata is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// The newest version that coffer has written.
    pub(super) latest: u64,
    /// How often coffer has changed the secret.
    pub(super) revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) current_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) versions_to_keep: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deleted: Option<Deleted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) claim: Option<Claim>,
    /// The hashes of idempotency tokens with the versions that they made, the oldest first.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    pub(super) tokens: VecDeque<(String, u64)>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) versions: BTreeMap<u64, VersionRecord>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A deletion that can be taken back: Google itself knows none, so the versions are disabled and the secret expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deleted {
    pub(super) at: Timestamp,
    pub(super) until: Timestamp,
    /// The versions that the deletion disabled.
    pub(super) disabled: Vec<u64>,
    /// When the secret would have expired without the deletion.
    pub(super) expired: Option<Timestamp>,
}

/// A write under way. Adding a version knows no condition, but changing the secret does: whoever gets the claim in may
/// add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    /// What tells this write from others.
    pub(super) id: String,
    /// The hash of its idempotency token.
    pub(super) token: Option<String>,
    pub(super) at: Timestamp,
    /// The newest version before it.
    pub(super) base: u64,
}

/// What a version has that Google has no place for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct VersionRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
}

impl Record {
    /// The record among `annotations`; `None` in a secret that coffer has not written.
    pub(super) fn read(annotations: &BTreeMap<String, String>) -> Result<Option<Self>> {
        let Some(text) = annotations.get(KEY) else {
            return Ok(None);
        };
        serde_json::from_str(text)
            .map(Some)
            .map_err(|error| Error::Unexpected {
                system: SYSTEM,
                said: format!("the annotation \"{KEY}\" is none of coffer's: {error}"),
            })
    }

    /// As the annotation's text. What Google has room for is kept of the versions, the newest first.
    pub(super) fn write(&self) -> Result<String> {
        let mut record = self.clone();
        loop {
            let text = serde_json::to_string(&record).map_err(|error| Error::Unexpected {
                system: SYSTEM,
                said: error.to_string(),
            })?;
            if text.len() <= LONGEST || record.versions.pop_first().is_none() {
                return Ok(text);
            }
        }
    }

    pub(super) fn remember_token(&mut self, token: String, version: u64) {
        while self.tokens.len() >= REMEMBERED_TOKENS {
            self.tokens.pop_front();
        }
        self.tokens.push_back((token, version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_grows_too_long_forgets_the_oldest_versions_first() {
        let mut record = Record::default();
        for number in 1..=300 {
            let content_type = Some("application/fake+json; charset=utf-8; v=1".to_owned());
            let version = VersionRecord {
                content_type,
                ..VersionRecord::default()
            };
            record.versions.insert(number, version);
        }
        let text = record.write().unwrap();
        assert!(text.len() <= LONGEST);
        let annotations = BTreeMap::from([(KEY.to_owned(), text)]);
        let read = Record::read(&annotations).unwrap().unwrap();
        assert!(!read.versions.contains_key(&1) && read.versions.contains_key(&300));
        assert_eq!(Record::read(&BTreeMap::new()).unwrap(), None);
    }
}
