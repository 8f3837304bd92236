//! What coffer keeps with each version: the version's description, which is stored with the value or not at all.

use std::collections::BTreeMap;

use coffer_vault::Stage;
use serde::{Deserialize, Serialize};

use super::{SYSTEM, invalid};
use crate::error::{Error, Result};

/// What begins a description that is coffer's; JSON follows.
const PREFIX: &str = "coffer ";
/// The longest description, in characters.
const LONGEST: usize = 1024;

/// A version's note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Stands for the idempotency token of the write, or is random.
    pub(super) write: String,
    /// The newest version when the write began.
    pub(super) base: u64,
    /// Whether the write counts only where no other came between.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) exact: bool,
    /// Whether the version was to be pending.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) pending: bool,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
}

impl Note {
    /// Reads a description. One that coffer has not written is none.
    pub(super) fn read(description: &str) -> Option<Self> {
        serde_json::from_str(description.strip_prefix(PREFIX)?).ok()
    }

    /// As a description.
    pub(super) fn write(&self) -> Result<String> {
        let text = serde_json::to_string(self).map_err(|error| Error::Unexpected {
            system: SYSTEM,
            said: error.to_string(),
        })?;
        let text = format!("{PREFIX}{text}");
        let length = text.chars().count();
        if length > LONGEST {
            return Err(invalid(format!(
                "the content type and the labels of a version are kept in its description, which would have {length} \
                 characters; {LONGEST} are the most"
            )));
        }
        Ok(text)
    }

    /// The stage that the write was for.
    pub(super) fn stage(&self) -> Stage {
        if self.pending {
            Stage::Pending
        } else {
            Stage::Current
        }
    }

    /// Whether the write lost against one that came between, as it would be known by the number that it got.
    pub(super) fn has_lost(&self, number: u64) -> bool {
        self.exact && number != self.base.saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_comes_back_and_descriptions_of_others_are_none() {
        let note = Note {
            write: "0123".to_owned(),
            base: 4,
            exact: true,
            pending: true,
            content_type: Some("application/json".to_owned()),
            labels: BTreeMap::from([("user".to_owned(), "app_a".to_owned())]),
        };
        assert_eq!(Note::read(&note.write().unwrap()), Some(note.clone()));
        assert!(note.has_lost(6) && !note.has_lost(5));
        for other in ["", "coffer", "coffer machine", "{}"] {
            assert_eq!(Note::read(other), None, "{other}");
        }
    }

    #[test]
    fn what_no_description_holds_is_refused() {
        let note = Note {
            content_type: Some("x".repeat(1024)),
            ..Note::default()
        };
        let error = note.write().unwrap_err().to_string();
        assert!(error.contains("1024 are the most"), "{error}");
    }
}
