//! Changing what is known of a secret besides its values.

use aws_sdk_secretsmanager::types::Tag;
use coffer_vault::{MetadataChange, SecretName};

use super::describe::Seen;
use super::{SYSTEM, SecretsManager, failure, unsupported};
use crate::aws::tags::{Noted, TagChange, Tags, Wanted};
use crate::error::Result;
use crate::refusal;

impl SecretsManager {
    /// Applies `change`. The whole of it is checked before any of it is sent, and repeating it changes nothing.
    pub(super) async fn change(
        &self,
        name: &SecretName,
        seen: &Seen,
        change: &MetadataChange,
        note: Option<Noted>,
    ) -> Result<()> {
        if *change == MetadataChange::default() && note.is_none() {
            return Ok(());
        }
        let revision = seen.metadata(name).revision;
        refusal::other_revision(SYSTEM, name, change.expect_revision, revision)?;
        let tags = self.tag_change(&seen.tags, change, note)?;
        let (client, id) = (self.client().await?, self.secret_id(name).await?);
        if !tags.set.is_empty() {
            let set = tags
                .set
                .into_iter()
                .map(|(key, text)| Tag::builder().key(key).value(text).build());
            let request = client.tag_resource().secret_id(id);
            let answer = request.set_tags(Some(set.collect())).send().await;
            answer.map_err(|error| failure(&error).writing(name))?;
        }
        if !tags.remove.is_empty() {
            let request = client.untag_resource().secret_id(id);
            let answer = request.set_tag_keys(Some(tags.remove)).send().await;
            answer.map_err(|error| failure(&error).writing(name))?;
        }
        let before = seen.described.description().unwrap_or_default();
        if let Some(description) = change.description.as_deref()
            && description != before
        {
            let request = client.update_secret().secret_id(id);
            let answer = request.description(description).send().await;
            answer.map_err(|error| failure(&error).writing(name))?;
        }
        Ok(())
    }

    /// What `change` and the note of a version mean for the tags.
    pub(super) fn tag_change(
        &self,
        tags: &Tags,
        change: &MetadataChange,
        note: Option<Noted>,
    ) -> Result<TagChange> {
        insist_on_what_there_is(change)?;
        let wanted = Wanted {
            labels: &change.labels,
            annotations: &change.annotations,
            // The service has a description by itself.
            description: None,
            note,
        };
        TagChange::new(SYSTEM, &wanted, tags)
    }
}

/// Refuses what the service has not.
fn insist_on_what_there_is(change: &MetadataChange) -> Result<()> {
    if change.versions_to_keep.is_some_and(|keep| keep > 0) {
        return unsupported(
            "keep a number of versions",
            "leave it out: the service itself removes versions without a stage once there are about a hundred",
        );
    }
    Ok(())
}
