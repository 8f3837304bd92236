//! What coffer keeps in the tags of versions: what a version is (`coffer-version`), and what the whole secret is
//! (`coffer-secret`), which counts in the newest version.

use std::collections::BTreeMap;

use coffer_vault::{SecretName, Stage};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::wire::{Item, Tags};
use super::{SPELLING, tags};
use crate::error::Result;

const VERSION: &str = "coffer-version";
const SECRET: &str = "coffer-secret";
/// The name that coffer calls the secret by, where Key Vault writes it otherwise or does not tell its case.
const NAME: &str = "coffer-name";
/// How many changes are remembered: whoever wrote one finds it among them, unless it was overwritten.
const REMEMBERED_CHANGES: usize = 4;

/// How far a version is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Stored; nobody knows yet whether another writer had the same number in mind.
    Writing,
    /// Its writer has seen nobody else who was further.
    Ready,
    /// It has its number.
    #[default]
    Done,
    /// Another writer had the number. It is disabled, and no version of coffer's.
    Lost,
}

/// What a version is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Its number.
    #[serde(rename = "n")]
    pub(super) number: u64,
    #[serde(rename = "s", default)]
    pub(super) state: State,
    /// What tells the write that stored it from others.
    #[serde(rename = "w", default, skip_serializing_if = "String::is_empty")]
    pub(super) write: String,
    /// The hash of the idempotency token.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    #[serde(rename = "l", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
}

/// What a secret is. It holds no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// How often coffer has changed the secret.
    #[serde(rename = "r")]
    pub(super) revision: u64,
    /// When the first version was stored, in seconds.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none")]
    pub(super) born: Option<i64>,
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<u64>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<u64>,
    #[serde(rename = "q", skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<u64>,
    /// Since when the current version is that, in seconds.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<i64>,
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(rename = "a", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
    /// The last changes, the newest last.
    #[serde(rename = "h", skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<String>,
}

impl Note {
    /// What `tags` say of their version; `None` where another program stored it.
    pub(super) fn read(tags: &Tags) -> Option<Self> {
        read(tags, VERSION)
    }

    /// The note alone as tags.
    pub(super) fn tags(&self) -> Tags {
        let mut tags = Tags::new();
        write(&mut tags, VERSION, self);
        tags
    }
}

impl Record {
    /// What `tags` say of the secret; `None` where coffer has never written them.
    pub(super) fn read(tags: &Tags) -> Option<Self> {
        read(tags, SECRET)
    }

    /// The name that coffer calls the secret of a version by; `None` where coffer has never written it.
    pub(super) fn name(item: &Item) -> Option<SecretName> {
        let tags = item.tags.as_ref()?;
        Self::read(tags)?;
        let Some(name) = tags.get(NAME) else {
            return SecretName::parse(&item.name().to_ascii_lowercase()).ok();
        };
        let name = SecretName::parse(name).ok()?;
        // Tags that were copied from another secret say nothing of this one.
        let written = SPELLING.write(&name).ok()?;
        written.eq_ignore_ascii_case(item.name()).then_some(name)
    }

    /// The number of the version at a stage.
    pub(super) fn staged(&self, stage: Stage) -> Option<u64> {
        match stage {
            Stage::Current => self.current,
            Stage::Pending => self.pending,
            Stage::Previous => self.previous,
        }
    }

    /// Moves a stage, or takes it away.
    pub(super) fn set_stage(&mut self, stage: Stage, number: Option<u64>) {
        match stage {
            Stage::Current => self.current = number,
            Stage::Pending => self.pending = number,
            Stage::Previous => self.previous = number,
        }
    }

    /// Makes a version current at `second`, and the current one previous.
    pub(super) fn make_current(&mut self, number: u64, second: i64) {
        if let Some(current) = self.current.filter(|current| *current != number) {
            self.previous = Some(current);
        }
        if self.previous == Some(number) {
            self.previous = None;
        }
        if self.pending == Some(number) {
            self.pending = None;
        }
        self.current = Some(number);
        self.since = Some(second);
    }

    /// Counts a change.
    pub(super) fn remember_change(&mut self, change: &str) {
        self.revision = self.revision.saturating_add(1);
        while self.changes.len() >= REMEMBERED_CHANGES {
            self.changes.remove(0);
        }
        self.changes.push(change.to_owned());
    }
}

/// The tags of a version: labels, what coffer keeps, how the value is written, and the name where it is spelled
/// otherwise.
///
/// # Errors
/// Where they are more than a version has room for.
pub(super) fn write_tags(
    labels: &Tags,
    note: &Note,
    record: &Record,
    encoding: Option<&str>,
    name: Option<&str>,
) -> Result<Tags> {
    let mut all = labels.clone();
    write(&mut all, VERSION, note);
    write(&mut all, SECRET, record);
    if let Some(encoding) = encoding {
        all.insert(super::value::ENCODING.to_owned(), encoding.to_owned());
    }
    if let Some(name) = name {
        all.insert(NAME.to_owned(), name.to_owned());
    }
    tags::check_count(&all)?;
    Ok(all)
}

fn read<T: DeserializeOwned>(tags: &Tags, name: &str) -> Option<T> {
    serde_json::from_str(&tags::text(tags, name)?).ok()
}

fn write<T: Serialize>(tags: &mut Tags, name: &str, thing: &T) {
    // A structure of texts and numbers cannot fail to be JSON.
    let json = serde_json::to_string(thing).unwrap_or_default();
    tags::set_text(tags, name, &tags::ascii(&json));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_the_policy_of_a_rotation_has_room() {
        let policy = format!(
            "{{\"rotate_after\":\"30d\",\"note\":\"{}\"}}",
            "ä\"".repeat(120)
        );
        let mut record = Record {
            annotations: BTreeMap::from([
                ("coffer.rotation.policy".to_owned(), policy),
                (
                    "coffer.rotation.state".to_owned(),
                    "{\"step\":\"pending\"}".repeat(10),
                ),
            ]),
            description: Some("the database".to_owned()),
            ..Record::default()
        };
        record.make_current(1, 1_700_000_000);
        record.make_current(2, 1_700_000_001);
        for change in ["a", "b", "c", "d", "e"] {
            record.remember_change(change);
        }
        let note = Note {
            number: 2,
            write: "0123456789abcdef".to_owned(),
            token: Some("0123456789abcdef0123456789abcdef".to_owned()),
            labels: BTreeMap::from([("user".to_owned(), "app_a".to_owned())]),
            ..Note::default()
        };
        let labels = Tags::from([("team".to_owned(), "payments".to_owned())]);
        let tags = write_tags(&labels, &note, &record, Some("base64"), Some("prod/db")).unwrap();
        assert_eq!(Record::read(&tags).unwrap(), record);
        assert_eq!(Note::read(&tags).unwrap(), note);
        assert_eq!(tags["coffer-name"], "prod/db");
        assert_eq!((record.current, record.previous), (Some(2), Some(1)));
        assert_eq!(record.changes, ["b", "c", "d", "e"]);
    }

    #[test]
    fn a_version_that_becomes_current_again_is_no_longer_previous() {
        let mut record = Record::default();
        for number in [1, 2, 1] {
            record.make_current(number, 0);
        }
        assert_eq!((record.current, record.previous), (Some(1), Some(2)));
        record.make_current(1, 0);
        assert_eq!((record.current, record.previous), (Some(1), Some(2)));
    }
}
