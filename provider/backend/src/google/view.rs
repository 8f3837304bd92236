//! A secret as Secret Manager has it, in coffer's terms.

use std::collections::BTreeMap;

use coffer_vault::{
    Deletion, MetadataChange, SecretMetadata, SecretName, Stage, Timestamp, VersionMetadata,
    VersionSelector, VersionState,
};
use serde_json::{Value as Json, json};

use super::SYSTEM;
use super::record::{self, Record};
use super::wire::{Secret, State, Version};
use crate::error::{Error, Result};
use crate::refusal;

/// A secret that was looked at.
#[derive(Clone)]
pub(super) struct View {
    pub(super) name: SecretName,
    pub(super) secret: Secret,
    pub(super) record: Record,
    /// Whether the stages are exactly the aliases. Where coffer has never written, the newest version is current.
    managed: bool,
    /// The newest version, where it was looked at.
    pub(super) newest: Option<Version>,
}

impl View {
    pub(super) fn new(name: SecretName, secret: Secret, newest: Option<Version>) -> Result<Self> {
        let record = Record::read(&secret.annotations)?;
        Ok(Self {
            name,
            managed: record.is_some(),
            record: record.unwrap_or_default(),
            secret,
            newest,
        })
    }

    pub(super) fn latest(&self) -> u64 {
        let newest = self.newest.as_ref().and_then(Version::number);
        newest.unwrap_or(self.record.latest)
    }

    /// Whether stages are known without a look at the newest version.
    pub(super) fn is_managed(&self) -> bool {
        self.managed
    }

    pub(super) fn staged(&self, stage: Stage) -> Option<u64> {
        let alias = self.secret.version_aliases.get(stage.as_str());
        match alias.and_then(|number| number.parse().ok()) {
            None if stage == Stage::Current && !self.managed => {
                Some(self.latest()).filter(|latest| *latest > 0)
            }
            found => found,
        }
    }

    pub(super) fn stages_of(&self, number: u64) -> Vec<Stage> {
        Stage::ALL
            .into_iter()
            .filter(|stage| self.staged(*stage) == Some(number))
            .collect()
    }

    /// Moves a stage, or takes it away.
    pub(super) fn set_stage(&mut self, stage: Stage, number: Option<u64>) {
        let aliases = &mut self.secret.version_aliases;
        match number {
            Some(number) => aliases.insert(stage.as_str().to_owned(), number.to_string()),
            None => aliases.remove(stage.as_str()),
        };
    }

    /// Makes a version current and the current one previous.
    pub(super) fn make_current(&mut self, number: u64) {
        self.manage();
        if let Some(current) = self.staged(Stage::Current) {
            self.set_stage(Stage::Previous, Some(current));
        }
        self.set_stage(Stage::Current, Some(number));
        if self.staged(Stage::Pending) == Some(number) {
            self.set_stage(Stage::Pending, None);
        }
        self.record.current_since = Some(Timestamp::now());
    }

    /// From now on the stages are exactly the aliases.
    pub(super) fn manage(&mut self) {
        if !self.managed {
            let current = self.staged(Stage::Current);
            self.set_stage(Stage::Current, current);
            self.record.current_since = self.newest.as_ref().and_then(|it| it.create_time);
            self.record.latest = self.latest();
            self.managed = true;
        }
    }

    pub(super) fn apply(&mut self, change: &MetadataChange) -> Result<()> {
        if let Some(description) = &change.description {
            self.record.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        if let Some(keep) = change.versions_to_keep {
            self.record.versions_to_keep = keep;
        }
        for (key, value) in &change.labels {
            check_label(key, value.as_deref())?;
        }
        for key in change.annotations.keys() {
            check_annotation(key)?;
        }
        merge(&mut self.secret.labels, &change.labels);
        merge(&mut self.secret.annotations, &change.annotations);
        Ok(())
    }

    /// The fields that coffer changes, as the service takes them.
    pub(super) fn body(&mut self) -> Result<Json> {
        self.manage();
        self.record.updated = Some(Timestamp::now());
        self.record.revision = self.record.revision.saturating_add(1);
        self.secret
            .annotations
            .insert(record::KEY.to_owned(), self.record.write()?);
        Ok(json!({
            "etag": self.secret.etag,
            "labels": self.secret.labels,
            "annotations": self.secret.annotations,
            "versionAliases": self.secret.version_aliases,
            "expireTime": self.secret.expire_time,
        }))
    }

    /// How often coffer has changed the secret. Changes by other programs do not count, but none is overwritten: every
    /// change goes with the etag of what was read.
    pub(super) fn revision(&self) -> u64 {
        self.record.revision
    }

    /// # Errors
    /// Where the revision is another one than `change` expects.
    pub(super) fn expect_revision(&self, change: &MetadataChange) -> Result<()> {
        refusal::other_revision(SYSTEM, &self.name, change.expect_revision, self.revision())
    }

    pub(super) fn version(&self, version: &Version) -> Option<VersionMetadata> {
        let number = version.number()?;
        let created = version.create_time.unwrap_or_default();
        let mut metadata = VersionMetadata::new(self.name.clone(), number, created);
        metadata.stages = self.stages_of(number);
        metadata.state = match version.state {
            State::Enabled | State::Unknown => VersionState::Enabled,
            State::Disabled => VersionState::Disabled,
            State::Destroyed => VersionState::Destroyed(version.destroy_time.unwrap_or(created)),
        };
        if let Some(record) = self.record.versions.get(&number) {
            metadata.content_type = record.content_type.clone();
            metadata.expires = record.expires;
            metadata.labels = record.labels.clone();
        }
        Some(metadata)
    }

    pub(super) fn metadata(&self) -> SecretMetadata {
        let created = self.secret.create_time.unwrap_or_default();
        let mut metadata = SecretMetadata::new(self.name.clone(), created);
        let newest = self.newest.as_ref().and_then(|newest| newest.create_time);
        metadata.revision = self.revision();
        metadata.updated = self
            .record
            .updated
            .max(newest)
            .unwrap_or(created)
            .max(created);
        metadata.latest = self.latest();
        metadata.current = self.staged(Stage::Current);
        metadata.pending = self.staged(Stage::Pending);
        metadata.previous = self.staged(Stage::Previous);
        metadata.current_since = metadata
            .current
            .and(self.record.current_since.or(newest).or(Some(created)));
        metadata.expires = metadata
            .current
            .and_then(|current| self.record.versions.get(&current)?.expires);
        metadata.description = self.record.description.clone();
        metadata.labels = self.secret.labels.clone();
        metadata.annotations = self.secret.annotations.clone();
        metadata.annotations.remove(record::KEY);
        metadata.versions_to_keep = self.record.versions_to_keep;
        metadata.deleted = self.record.deleted.as_ref().map(|deleted| Deletion {
            at: deleted.at,
            recoverable_until: deleted.until,
        });
        metadata
    }

    /// # Errors
    /// Where the secret is deleted.
    pub(super) fn live(self) -> Result<Self> {
        match &self.record.deleted {
            None => Ok(self),
            Some(deleted) => Err(Error::Deleted {
                system: SYSTEM,
                name: self.name.clone(),
                recoverable_until: Some(deleted.until),
            }),
        }
    }

    /// The number that `selector` means.
    pub(super) fn select(&self, selector: VersionSelector) -> Result<u64> {
        let number = match selector {
            VersionSelector::Current => self.staged(Stage::Current),
            VersionSelector::Stage(stage) => self.staged(stage),
            VersionSelector::Version(number) => Some(number),
        };
        number.ok_or_else(|| Error::NoSuchVersion {
            system: SYSTEM,
            name: self.name.clone(),
            selector,
        })
    }
}

fn merge(texts: &mut BTreeMap<String, String>, changes: &BTreeMap<String, Option<String>>) {
    for (key, value) in changes {
        match value {
            Some(value) => texts.insert(key.clone(), value.clone()),
            None => texts.remove(key),
        };
    }
}

/// Labels are looked at before they are sent: the service's own text does not say which one is wrong.
pub(super) fn check_label(key: &str, value: Option<&str>) -> Result<()> {
    let allowed = |text: &str| {
        text.chars().count() <= 63
            && text
                .chars()
                .all(|it| it == '-' || it == '_' || (it.is_alphanumeric() && !it.is_uppercase()))
    };
    let starts = key.chars().next().is_some_and(char::is_lowercase);
    if starts && allowed(key) && allowed(value.unwrap_or_default()) {
        return Ok(());
    }
    Err(Error::Invalid {
        system: SYSTEM,
        said: format!(
            "the label \"{key}\": names and values have at most 63 lower-case letters, digits, - and _, and names begin with a letter"
        ),
    })
}

fn check_annotation(key: &str) -> Result<()> {
    let ends = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    let allowed = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    if key != record::KEY
        && key.len() <= 63
        && ends(key.chars().next())
        && ends(key.chars().last())
        && key.chars().all(allowed)
    {
        return Ok(());
    }
    Err(Error::Invalid {
        system: SYSTEM,
        said: format!(
            "the annotation \"{key}\": names have at most 63 letters, digits, - _ and ., begin and end with a letter or digit, and \"{}\" is coffer's own",
            record::KEY
        ),
    })
}
