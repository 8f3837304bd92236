//! What the service knows of a secret besides its values.

use std::collections::HashMap;

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::primitives::DateTime;
use aws_sdk_secretsmanager::types::Tag;
use coffer_vault::{
    Deletion, SecretMetadata, SecretName, Stage, Timestamp, VersionMetadata, VersionSelector,
};

use super::history::{Entry, History, Listed};
use super::{SYSTEM, SecretsManager, failure, invalid};
use crate::aws::tags::Tags;
use crate::aws::time::timestamp;
use crate::error::{Error, Result};

/// A secret and its versions at one moment.
pub(super) struct Seen {
    pub(super) described: DescribeSecretOutput,
    pub(super) tags: Tags,
    pub(super) history: History,
}

impl SecretsManager {
    /// Looks at the secret and its versions.
    pub(super) async fn look(&self, name: &SecretName) -> Result<Seen> {
        let (described, history) =
            futures_util::future::try_join(self.describe(name), self.history(name)).await?;
        let tags = tags_of(described.tags());
        Ok(Seen {
            described,
            tags,
            history,
        })
    }

    /// The same for who is about to write: neither to a deleted secret nor to a replica.
    pub(super) async fn look_to_write(&self, name: &SecretName) -> Result<Seen> {
        let seen = self.look(name).await?;
        seen.insist_on_life(name)?;
        let own = self.connection().await?.config.region();
        match seen.described.primary_region() {
            Some(primary) if own.is_some_and(|own| own.as_ref() != primary) => {
                Err(invalid(format!(
                    "\"{name}\" is a replica of the secret in {primary}, and replicas can only be read; write to that region"
                )))
            }
            _ => Ok(seen),
        }
    }

    pub(super) async fn describe(&self, name: &SecretName) -> Result<DescribeSecretOutput> {
        let request = self.client().await?.describe_secret();
        request
            .secret_id(self.secret_id(name).await?)
            .send()
            .await
            .map_err(|error| failure(&error).reading(name))
    }

    /// All versions, those without a stage included.
    pub(super) async fn history(&self, name: &SecretName) -> Result<History> {
        let request = self.client().await?.list_secret_version_ids();
        let mut pages = request
            .secret_id(self.secret_id(name).await?)
            .include_deprecated(true)
            .into_paginator()
            .send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error).reading(name))?;
            for version in page.versions.unwrap_or_default() {
                let created = version.created_date.as_ref().map(timestamp);
                if let (Some(id), Some(created)) = (version.version_id, created) {
                    listed.push(Listed {
                        id,
                        created,
                        labels: version.version_stages.unwrap_or_default(),
                    });
                }
            }
        }
        Ok(History::new(listed))
    }
}

impl Seen {
    /// Refuses to go on with a deleted secret.
    pub(super) fn insist_on_life(&self, name: &SecretName) -> Result<()> {
        match self.described.deleted_date() {
            None => Ok(()),
            Some(until) => Err(deleted(name, until)),
        }
    }

    /// The version that `selector` means.
    pub(super) fn select(&self, name: &SecretName, selector: VersionSelector) -> Result<&Entry> {
        self.history
            .select(selector)
            .ok_or_else(|| no_such_version(name, selector))
    }

    /// What callers are told.
    pub(super) fn metadata(&self, name: &SecretName) -> SecretMetadata {
        let described = &self.described;
        let mut metadata = facts(
            name,
            Facts {
                created: described.created_date(),
                changed: described.last_changed_date(),
                deleted: described.deleted_date(),
                description: described.description(),
            },
            &self.tags,
        );
        let number = |stage| Some(self.history.staged(stage)?.number);
        metadata.latest = self.history.latest();
        metadata.revision = metadata.revision.saturating_add(metadata.latest);
        metadata.current = number(Stage::Current);
        metadata.pending = number(Stage::Pending);
        metadata.previous = number(Stage::Previous);
        if let Some(current) = self.history.staged(Stage::Current) {
            metadata.current_since = Some(current.created);
            metadata.expires = current.expires;
        }
        metadata
    }

    /// What callers are told of a version.
    pub(super) fn version(&self, name: &SecretName, entry: &Entry) -> VersionMetadata {
        let mut metadata = entry.metadata(name);
        if let Some(note) = self.tags.notes.get(&entry.number) {
            metadata.content_type.clone_from(&note.content_type);
            metadata.labels.clone_from(&note.labels);
        }
        metadata
    }
}

/// What the tags say.
pub(super) fn tags_of(tags: &[Tag]) -> Tags {
    let pairs = tags.iter();
    Tags::read(pairs.filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default()))))
}

/// What the service says of a secret itself, be it one or one of a list.
pub(super) struct Facts<'a> {
    pub(super) created: Option<&'a DateTime>,
    pub(super) changed: Option<&'a DateTime>,
    pub(super) deleted: Option<&'a DateTime>,
    pub(super) description: Option<&'a str>,
}

/// A secret's metadata without what its versions tell.
pub(super) fn facts(name: &SecretName, facts: Facts<'_>, tags: &Tags) -> SecretMetadata {
    let created = facts.created.map_or(Timestamp::UNIX_EPOCH, timestamp);
    let mut metadata = SecretMetadata::new(name.clone(), created);
    metadata.updated = facts.changed.map_or(created, timestamp);
    // The service counts no changes, and not all of them move its time.
    metadata.revision = milliseconds(metadata.updated).saturating_add(tags.revision);
    metadata.description = facts
        .description
        .filter(|text| !text.is_empty())
        .map(ToOwned::to_owned);
    metadata.labels.clone_from(&tags.labels);
    metadata.annotations.clone_from(&tags.annotations);
    metadata.deleted = facts.deleted.map(|until| Deletion {
        at: metadata.updated,
        recoverable_until: timestamp(until),
    });
    metadata
}

fn milliseconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond()).unwrap_or(0)
}

/// The labels of each version, as the service gives them with a secret.
pub(super) type Labels = HashMap<String, Vec<String>>;

pub(super) fn deleted(name: &SecretName, until: &DateTime) -> Error {
    Error::Deleted {
        system: SYSTEM,
        name: name.clone(),
        recoverable_until: Some(timestamp(until)),
    }
}

pub(super) fn no_such_version(name: &SecretName, selector: VersionSelector) -> Error {
    Error::NoSuchVersion {
        system: SYSTEM,
        name: name.clone(),
        selector,
    }
}
