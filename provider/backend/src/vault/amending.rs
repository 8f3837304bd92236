//! Changing what coffer keeps in a secret's custom metadata.

use coffer_vault::{MetadataChange, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::SYSTEM;
use super::document::{Deleted, Document, Facts, Hold, Stages, TOKENS};
use super::texts;
use crate::error::Result;
use crate::refusal;

impl Document {
    /// Sets the stages; `upto` is the newest version that they take account of.
    pub(super) fn set_stages(&mut self, stages: Stages, upto: u64) {
        if stages.current != self.stages().current {
            let now = Timestamp::now().to_string();
            self.texts.insert("since".to_owned(), now);
        }
        for (name, number) in [
            ("current", stages.current),
            ("pending", stages.pending),
            ("previous", stages.previous),
            ("upto", Some(upto)),
        ] {
            match number {
                Some(number) => self.texts.insert(name.to_owned(), number.to_string()),
                None => self.texts.remove(name),
            };
        }
    }

    /// Announces the next version, which then does not become current by itself.
    pub(super) fn announce(&mut self, token: Option<String>) -> u64 {
        let stages = self.stages();
        self.set_stages(stages, self.latest);
        let version = self.latest.saturating_add(1);
        let at = Timestamp::now();
        self.keep("hold", &Hold { version, at, token });
        version
    }

    /// Forgets what was announced.
    pub(super) fn forget_hold(&mut self) {
        self.texts.remove("hold");
    }

    /// Remembers what coffer keeps of a version, and forgets what is kept of versions that are gone.
    pub(super) fn set_facts(&mut self, version: u64, facts: &Facts) {
        if *facts != Facts::default() {
            self.keep(&format!("v{version}"), facts);
        }
        let numbers = |key: &String| key.strip_prefix('v').and_then(|it| it.parse::<u64>().ok());
        let gone: Vec<String> = self
            .texts
            .keys()
            .filter(|key| {
                let number = numbers(key).filter(|number| *number != version);
                number.is_some_and(|it| self.versions.get(&it).is_none_or(|kept| kept.destroyed))
            })
            .cloned()
            .collect();
        for key in gone {
            self.texts.remove(&key);
        }
        let mut tokens: Vec<u64> = self.texts.keys().filter_map(numbers).collect();
        tokens.sort_unstable_by(|a, b| b.cmp(a));
        for number in tokens.into_iter().skip(TOKENS) {
            let facts = Facts {
                token: None,
                ..self.facts(number)
            };
            if facts == Facts::default() {
                self.texts.remove(&format!("v{number}"));
            } else {
                self.keep(&format!("v{number}"), &facts);
            }
        }
    }

    /// Marks it as deleted.
    pub(super) fn mark_deleted(&mut self, until: Timestamp) {
        let off = self
            .versions
            .iter()
            .filter(|(_, kept)| kept.deleted && !kept.destroyed)
            .map(|(number, _)| *number)
            .collect();
        let at = Timestamp::now();
        self.keep("deleted", &Deleted { at, until, off });
    }

    /// Takes the mark back.
    pub(super) fn unmark_deleted(&mut self) {
        self.texts.remove("deleted");
    }

    /// # Errors
    /// Where the revision is another one than `change` expects.
    pub(super) fn expect_revision(&self, change: &MetadataChange) -> Result<()> {
        refusal::other_revision(SYSTEM, &self.name, change.expect_revision, self.revision())
    }

    /// Applies a change.
    ///
    /// # Errors
    /// Where the revision is another one than expected.
    pub(super) fn change(&mut self, change: &MetadataChange) -> Result<()> {
        self.expect_revision(change)?;
        match change.description.as_deref() {
            None => {}
            Some("") => drop(self.texts.remove("description")),
            Some(text) => drop(self.texts.insert("description".to_owned(), text.to_owned())),
        }
        for (prefix, changes) in [("label", &change.labels), ("note", &change.annotations)] {
            for (key, value) in changes {
                let key = format!("{prefix}.{key}");
                match value {
                    Some(value) => self.texts.insert(key, value.clone()),
                    None => self.texts.remove(&key),
                };
            }
        }
        if let Some(keep) = change.versions_to_keep {
            self.texts.insert("keep".to_owned(), keep.to_string());
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, what: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(what) {
            self.texts.insert(name.to_owned(), text);
        }
    }

    /// What `metadata/NAME` is to become, as a body for PATCH: keys that go are null.
    pub(super) fn patch(&mut self) -> Result<Value> {
        if self.metadata_version.is_none() {
            let next = self
                .pinned("revision")
                .unwrap_or_default()
                .saturating_add(1);
            self.texts.insert("revision".to_owned(), next.to_string());
        }
        let wanted = texts::encode(&self.raw, &self.texts)?;
        let gone = self
            .raw
            .keys()
            .filter(|key| !wanted.contains_key(*key))
            .map(|key| (key.clone(), Value::Null));
        let changed = wanted
            .iter()
            .filter(|(key, value)| self.raw.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), Value::String(value.clone())));
        let mut body = serde_json::Map::new();
        body.insert("custom_metadata".into(), gone.chain(changed).collect());
        if let Some(version) = self.metadata_version {
            body.insert("metadata_cas".into(), version.into());
        }
        Ok(Value::Object(body))
    }
}
