//! Names by prefix.

use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry};
use coffer_vault::{SecretMetadata, SecretName, Stage};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::describe::{Facts, Labels, facts, tags_of};
use super::history::stages_of;
use super::version_id::VersionId;
use super::{SecretsManager, failure};
use crate::error::Result;

/// How many secrets a page has at most.
const PAGE: i32 = 100;
/// How many secrets are looked at one by one at a time.
const LOOKS_AT_A_TIME: usize = 4;

impl SecretsManager {
    /// The secrets whose name starts with `prefix`, without those that are deleted and those whose names coffer
    /// does not take.
    pub(super) async fn list_secrets(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let mut request = self.client().await?.list_secrets().max_results(PAGE);
        if !prefix.is_empty() {
            let name = Filter::builder()
                .key(FilterNameStringType::Name)
                .values(prefix)
                .build();
            request = request.filters(name);
        }
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error).about_no_secret())?;
            for secret in page.secret_list.unwrap_or_default() {
                // The service's filter is told in words alone: what it means by a beginning is checked here.
                let name = secret.name().filter(|name| name.starts_with(prefix));
                if let Some(name) = name.and_then(|name| SecretName::parse(name).ok()) {
                    found.push((name, secret));
                }
            }
        }
        let looks: Vec<_> = found
            .iter()
            .map(|(name, secret)| self.metadata_of_listed(name, secret))
            .collect();
        let mut listed: Vec<SecretMetadata> = stream::iter(looks)
            .buffered(LOOKS_AT_A_TIME)
            .try_collect()
            .await?;
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    /// The metadata of a secret in the list. Only where other programs have written are its versions asked for.
    async fn metadata_of_listed(
        &self,
        name: &SecretName,
        secret: &SecretListEntry,
    ) -> Result<SecretMetadata> {
        let mut metadata = facts(
            name,
            Facts {
                created: secret.created_date(),
                changed: secret.last_changed_date(),
                deleted: secret.deleted_date(),
                description: secret.description(),
            },
            &tags_of(secret.tags()),
        );
        let none = Labels::new();
        let labels = secret.secret_versions_to_stages().unwrap_or(&none);
        let Some(own) = own_numbers(labels) else {
            return Ok(self.look(name).await?.metadata(name));
        };
        for (number, stages, expires) in own {
            metadata.latest = metadata.latest.max(number);
            for stage in stages {
                match stage {
                    Stage::Current => {
                        metadata.current = Some(number);
                        metadata.expires = expires;
                    }
                    Stage::Pending => metadata.pending = Some(number),
                    Stage::Previous => metadata.previous = Some(number),
                }
            }
        }
        metadata.revision = metadata.revision.saturating_add(metadata.latest);
        Ok(metadata)
    }
}

type Numbered = (u64, Vec<Stage>, Option<coffer_vault::Timestamp>);

/// The numbers of the versions, if coffer wrote all of them.
fn own_numbers(labels: &Labels) -> Option<Vec<Numbered>> {
    labels
        .iter()
        .map(|(id, labels)| {
            let id = VersionId::parse(id)?;
            Some((id.number, stages_of(labels), id.expires))
        })
        .collect()
}
