//! What KV v2 and coffer's custom metadata say of a secret.
//!
//! Without coffer's metadata the newest version is the current one. As soon as stages differ from that, `coffer.upto`
//! says up to which version `coffer.current`, `coffer.pending` and `coffer.previous` hold; a version that another program
//! writes later is current again. While a version is being written that must not become current by itself,
//! `coffer.hold` names it.

use std::collections::BTreeMap;

use coffer_vault::{
    Deletion, MetadataChange, SecretMetadata, SecretName, SignedDuration, Stage, Timestamp,
    VersionMetadata, VersionState,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SYSTEM;
use super::texts::{self, Texts};
use crate::error::{Error, Result};

/// For how long after it was announced a version is taken for the one that was announced.
const HOLD: SignedDuration = SignedDuration::from_mins(2);
/// How many versions keep the token that they were stored under.
const TOKENS: usize = 10;

/// A secret's metadata as KV has it.
pub(super) struct Document {
    pub(super) name: SecretName,
    created: Timestamp,
    updated: Timestamp,
    pub(super) latest: u64,
    pub(super) versions: BTreeMap<u64, Kept>,
    /// All custom metadata, also that of others.
    pub(super) raw: BTreeMap<String, String>,
    /// coffer's part of it.
    pub(super) texts: Texts,
    /// The number of the metadata's state, for compare-and-set; HashiCorp Vault has none.
    pub(super) metadata_version: Option<u64>,
    max_versions: u32,
}

/// A version as KV has it.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    created: Timestamp,
    pub(super) deleted: bool,
    pub(super) destroyed: bool,
}

/// Which versions carry the stages.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stages {
    pub(super) current: Option<u64>,
    pub(super) pending: Option<u64>,
    pub(super) previous: Option<u64>,
}

/// What coffer keeps of one version.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Facts {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<String, String>,
    /// A hash of the idempotency token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
}

/// A version that is announced and may not be written yet.
#[derive(Serialize, Deserialize)]
pub(super) struct Hold {
    pub(super) version: u64,
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Deleted {
    at: Timestamp,
    until: Timestamp,
    /// Versions that were disabled before.
    #[serde(default)]
    off: Vec<u64>,
}

impl Document {
    /// The answer of `metadata/NAME`.
    pub(super) fn of_metadata(name: &SecretName, data: &Value) -> Result<Self> {
        let mut versions = BTreeMap::new();
        if let Some(found) = data.get("versions").and_then(Value::as_object) {
            for (number, version) in found {
                let number = number.parse().map_err(|_| nonsense("a version's number"))?;
                versions.insert(number, Kept::of(version)?);
            }
        }
        let raw = custom(data);
        Ok(Self {
            name: name.clone(),
            created: time(data, "created_time")?,
            updated: time(data, "updated_time")?,
            latest: number(data, "current_version").unwrap_or_default(),
            versions,
            texts: texts::decode(&raw),
            raw,
            metadata_version: number(data, "current_metadata_version"),
            max_versions: number(data, "max_versions")
                .and_then(|it| u32::try_from(it).ok())
                .unwrap_or_default(),
        })
    }

    /// The `metadata` of a value that is the newest version, which alone is known then.
    pub(super) fn of_newest(name: &SecretName, metadata: &Value) -> Result<Self> {
        let latest = number(metadata, "version").ok_or_else(|| nonsense("the version"))?;
        let kept = Kept::of(metadata)?;
        let raw = custom(metadata);
        Ok(Self {
            name: name.clone(),
            created: kept.created,
            updated: kept.created,
            latest,
            versions: BTreeMap::from([(latest, kept)]),
            texts: texts::decode(&raw),
            raw,
            metadata_version: None,
            max_versions: 0,
        })
    }

    /// Whether there is a version.
    pub(super) fn exists(&self) -> bool {
        self.latest > 0
    }

    fn pinned(&self, name: &str) -> Option<u64> {
        self.texts.get(name)?.parse().ok()
    }

    /// Up to which version the stages are coffer's; none where coffer keeps none.
    pub(super) fn upto(&self) -> Option<u64> {
        self.pinned("upto")
    }

    /// The version that is being written.
    pub(super) fn hold(&self) -> Option<Hold> {
        serde_json::from_str(self.texts.get("hold")?).ok()
    }

    fn is_held(&self, version: u64) -> bool {
        let created = self.versions.get(&version).map(|kept| kept.created);
        self.hold().is_some_and(|hold| {
            let last = hold.at.saturating_add(HOLD).unwrap_or(hold.at);
            hold.version == version && created.is_none_or(|created| created <= last)
        })
    }

    /// Which versions carry the stages.
    pub(super) fn stages(&self) -> Stages {
        let before = |number: u64| number.checked_sub(1).filter(|number| *number > 0);
        let stages = match self.upto() {
            None => Stages {
                current: Some(self.latest),
                pending: None,
                previous: before(self.latest),
            },
            Some(upto) => {
                let pinned = Stages {
                    current: self.pinned("current"),
                    pending: self.pinned("pending"),
                    previous: self.pinned("previous"),
                };
                if self.latest > upto && !self.is_held(self.latest) {
                    let between = before(self.latest)
                        .filter(|number| *number > upto && !self.is_held(*number));
                    Stages {
                        current: Some(self.latest),
                        previous: between.or(pinned.current),
                        ..pinned
                    }
                } else {
                    pinned
                }
            }
        };
        let there = |number: &u64| self.versions.get(number).is_some_and(|it| !it.destroyed);
        Stages {
            current: stages.current.filter(there),
            pending: stages.pending.filter(there),
            previous: stages.previous.filter(there),
        }
    }

    /// What coffer keeps of a version.
    pub(super) fn facts(&self, version: u64) -> Facts {
        self.texts
            .get(&format!("v{version}"))
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    /// The version that was stored under a token.
    pub(super) fn of_token(&self, token: &str) -> Option<u64> {
        let known = |number: &u64| self.facts(*number).token.as_deref() == Some(token);
        self.versions.keys().copied().find(known)
    }

    fn deleted(&self) -> Option<Deleted> {
        serde_json::from_str(self.texts.get("deleted")?).ok()
    }

    /// When it was deleted, and until when it can be restored.
    pub(super) fn deletion(&self) -> Option<Deletion> {
        self.deleted().map(|deleted| Deletion {
            at: deleted.at,
            recoverable_until: deleted.until,
        })
    }

    /// Whether it is deleted and its recovery window is over.
    pub(super) fn is_expired(&self) -> bool {
        self.deletion()
            .is_some_and(|deletion| deletion.recoverable_until <= Timestamp::now())
    }

    /// The versions that a deletion disables and a restoration enables.
    pub(super) fn deletable(&self) -> Vec<u64> {
        let off = self.deleted().map(|deleted| deleted.off);
        self.versions
            .iter()
            .filter(|(number, kept)| match &off {
                None => !kept.deleted && !kept.destroyed,
                Some(off) => !off.contains(number) && !kept.destroyed,
            })
            .map(|(number, _)| *number)
            .collect()
    }

    /// How many versions keep their value.
    pub(super) fn versions_to_keep(&self) -> u32 {
        self.texts
            .get("keep")
            .and_then(|text| text.parse().ok())
            .unwrap_or(self.max_versions)
    }

    /// The versions beyond those to keep that carry no stage; only where coffer set how many, KV does the rest.
    pub(super) fn surplus(&self) -> Vec<u64> {
        let keep = self
            .texts
            .get("keep")
            .and_then(|text| text.parse::<u64>().ok());
        let Some(keep) = keep.filter(|keep| *keep > 0) else {
            return Vec::new();
        };
        let stages = self.stages();
        let staged = [stages.current, stages.pending, stages.previous];
        self.versions
            .iter()
            .filter(|(number, kept)| {
                **number <= self.latest.saturating_sub(keep)
                    && !kept.destroyed
                    && !staged.contains(&Some(**number))
            })
            .map(|(number, _)| *number)
            .collect()
    }

    /// Goes up with each change.
    pub(super) fn revision(&self) -> u64 {
        let changes = self.metadata_version.or_else(|| self.pinned("revision"));
        self.latest.saturating_add(changes.unwrap_or_default())
    }

    /// The secret's metadata.
    pub(super) fn metadata(&self) -> SecretMetadata {
        let stages = self.stages();
        let mut found = SecretMetadata::new(self.name.clone(), self.created);
        found.revision = self.revision();
        found.updated = self.updated;
        found.latest = self.latest;
        found.current = stages.current;
        found.pending = stages.pending;
        found.previous = stages.previous;
        if let Some(current) = stages.current {
            let since = (self.pinned("current") == Some(current))
                .then(|| self.texts.get("since")?.parse().ok())
                .flatten();
            found.current_since = since.or(self.versions.get(&current).map(|kept| kept.created));
            found.expires = self.facts(current).expires;
        }
        found.description = self.texts.get("description").cloned();
        let below = |prefix: &str| {
            self.texts
                .iter()
                .filter_map(|(key, text)| {
                    Some((key.strip_prefix(prefix)?.to_owned(), text.clone()))
                })
                .collect()
        };
        found.labels = below("label.");
        found.annotations = below("note.");
        found.versions_to_keep = self.versions_to_keep();
        found.deleted = self.deletion();
        found
    }

    /// One version's metadata; none where there is no such version.
    pub(super) fn version(&self, number: u64) -> Option<VersionMetadata> {
        let kept = self.versions.get(&number)?;
        let facts = self.facts(number);
        let stages = self.stages();
        let mut found = VersionMetadata::new(self.name.clone(), number, kept.created);
        found.stages = [
            (Stage::Current, stages.current),
            (Stage::Pending, stages.pending),
            (Stage::Previous, stages.previous),
        ]
        .into_iter()
        .filter_map(|(stage, carrier)| (carrier == Some(number)).then_some(stage))
        .collect();
        found.state = if kept.destroyed {
            // KV does not say when; it was not later than this.
            VersionState::Destroyed(self.updated)
        } else if kept.deleted {
            VersionState::Disabled
        } else {
            VersionState::Enabled
        };
        found.content_type = facts.content_type;
        found.expires = facts.expires;
        found.labels = facts.labels;
        Some(found)
    }

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
        if let Some(expected) = change.expect_revision
            && expected != self.revision()
        {
            return Err(Error::Conflict {
                system: SYSTEM,
                name: self.name.clone(),
                expected: format!("revision {expected}"),
                found: format!("revision {}", self.revision()),
            });
        }
        Ok(())
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

    /// A secret that KV does not know yet.
    pub(super) fn empty(name: &SecretName) -> Self {
        let now = Timestamp::now();
        Self {
            name: name.clone(),
            created: now,
            updated: now,
            latest: 0,
            versions: BTreeMap::new(),
            raw: BTreeMap::new(),
            texts: Texts::new(),
            metadata_version: Some(0),
            max_versions: 0,
        }
    }
}

impl Kept {
    fn of(version: &Value) -> Result<Self> {
        let deleted = version
            .get("deletion_time")
            .and_then(Value::as_str)
            .and_then(|text| text.parse::<Timestamp>().ok());
        Ok(Self {
            created: time(version, "created_time")?,
            deleted: deleted.is_some_and(|at| at <= Timestamp::now()),
            destroyed: version.get("destroyed").and_then(Value::as_bool) == Some(true),
        })
    }
}

fn custom(data: &Value) -> BTreeMap<String, String> {
    let found = data.get("custom_metadata").and_then(Value::as_object);
    found
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn number(data: &Value, name: &str) -> Option<u64> {
    data.get(name).and_then(Value::as_u64)
}

fn time(data: &Value, name: &'static str) -> Result<Timestamp> {
    data.get(name)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| nonsense(name))
}

pub(super) fn nonsense(what: &str) -> Error {
    Error::Unexpected {
        system: SYSTEM,
        said: format!("{what} is missing or is none"),
    }
}
