//! What there is of a parameter besides its values.

use aws_sdk_ssm::types::ResourceTypeForTagging;
use coffer_vault::{SecretMetadata, SecretName, Stage, Timestamp, VersionSelector};

use super::history::{Entry, History};
use super::name::readable;
use super::{ParameterStore, failure, no_such_version};
use crate::aws::tags::Tags;
use crate::error::Result;

/// How many versions a page has at most.
const PAGE: i32 = 50;

/// A parameter at one moment.
pub(super) struct Seen {
    pub(super) tags: Tags,
    pub(super) history: History,
}

impl ParameterStore {
    /// Looks at the parameter's versions and tags.
    pub(super) async fn look(&self, name: &SecretName) -> Result<Seen> {
        let (history, tags) = futures_util::future::join(self.history(name), self.tags(name)).await;
        // Without the parameter both fail, and the history says why.
        Ok(Seen {
            history: history?,
            tags: tags?,
        })
    }

    /// All versions. Their values stay encrypted.
    pub(super) async fn history(&self, name: &SecretName) -> Result<History> {
        let connection = self.connection().await?;
        let mut pages = connection
            .client
            .get_parameter_history()
            .name(readable(name, &connection.config)?)
            .with_decryption(false)
            .max_results(PAGE)
            .into_paginator()
            .send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error).reading(name))?;
            listed.extend(page.parameters.unwrap_or_default());
        }
        Ok(History::new(listed))
    }

    async fn tags(&self, name: &SecretName) -> Result<Tags> {
        let connection = self.connection().await?;
        let parameter = readable(name, &connection.config)?;
        if parameter.starts_with("arn:") {
            // The tags of a shared parameter are its owner's.
            return Ok(Tags::default());
        }
        let answer = connection
            .client
            .list_tags_for_resource()
            .resource_type(ResourceTypeForTagging::Parameter)
            .resource_id(parameter)
            .send()
            .await
            .map_err(|error| failure(&error).reading(name))?;
        let tags = answer.tag_list.unwrap_or_default();
        Ok(Tags::read(tags.iter().map(|tag| (tag.key(), tag.value()))))
    }
}

impl Seen {
    /// The version that `selector` means.
    pub(super) fn select(&self, name: &SecretName, selector: VersionSelector) -> Result<&Entry> {
        self.history
            .select(selector)
            .ok_or_else(|| no_such_version(name, selector))
    }

    /// What callers are told.
    pub(super) fn metadata(&self, name: &SecretName) -> SecretMetadata {
        let entries = self.history.entries();
        let created = entries
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |it| it.created);
        let mut metadata = SecretMetadata::new(name.clone(), created);
        metadata.updated = entries.last().map_or(created, |it| it.created);
        metadata.latest = self.history.latest();
        // The service counts no changes of labels and tags; coffer counts its own.
        metadata.revision = self.history.newest.saturating_add(self.tags.revision);
        metadata.labels.clone_from(&self.tags.labels);
        metadata.annotations.clone_from(&self.tags.annotations);
        let description = self.tags.description.as_ref();
        metadata.description = description
            .or(self.history.description.as_ref())
            .filter(|text| !text.is_empty())
            .cloned();
        let number = |stage| Some(self.history.staged(stage)?.number);
        metadata.current = number(Stage::Current);
        metadata.pending = number(Stage::Pending);
        metadata.previous = number(Stage::Previous);
        metadata.current_since = self.history.staged(Stage::Current).map(|it| it.created);
        metadata
    }
}
