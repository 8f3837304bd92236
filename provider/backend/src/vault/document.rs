//! What KV v2 and coffer's custom metadata say of a secret.
//!
//! Without coffer's metadata the newest version is the current one. As soon as stages differ from that, `coffer.upto`
//! says up to which version `coffer.current`, `coffer.pending` and `coffer.previous` hold; a version that another program
//! writes later is current again. While a version is being written that must not become current by itself,
//! `coffer.hold` names it.

use std::collections::BTreeMap;

use coffer_vault::{
    Deletion, SecretMetadata, SecretName, SignedDuration, Stage, Timestamp, VersionMetadata,
    VersionState,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SYSTEM;
use super::texts::{self, Texts};
use crate::error::{Error, Result};

/// For how long after it was announced a version is taken for the one that was announced.
const HOLD: SignedDuration = SignedDuration::from_mins(2);
/// How many versions keep the token that they were stored under.
pub(super) const TOKENS: usize = 10;

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
pub(super) struct Deleted {
    pub(super) at: Timestamp,
    pub(super) until: Timestamp,
    /// Versions that were disabled before.
    #[serde(default)]
    pub(super) off: Vec<u64>,
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

    pub(super) fn pinned(&self, name: &str) -> Option<u64> {
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
