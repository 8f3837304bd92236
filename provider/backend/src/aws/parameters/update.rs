//! Changing what is known of a parameter besides its values.

use aws_sdk_ssm::types::{ResourceTypeForTagging, Tag};
use coffer_vault::{MetadataChange, SecretName};

use super::describe::Seen;
use super::name::parameter;
use super::{ParameterStore, SYSTEM, failure, invalid, unsupported};
use crate::aws::tags::{TagChange, Tags, Wanted};
use crate::error::Result;
use crate::refusal;

impl ParameterStore {
    /// Applies `change`. The whole of it is checked before any of it is sent, and repeating it changes nothing.
    pub(super) async fn change(
        &self,
        name: &SecretName,
        seen: &Seen,
        change: &MetadataChange,
    ) -> Result<()> {
        if *change == MetadataChange::default() {
            return Ok(());
        }
        self.change_and_count(name, seen, change).await
    }

    /// The same, and counts it as a change even where it is of labels of versions alone, which leave no trace.
    pub(super) async fn change_and_count(
        &self,
        name: &SecretName,
        seen: &Seen,
        change: &MetadataChange,
    ) -> Result<()> {
        let revision = seen.metadata(name).revision;
        refusal::other_revision(SYSTEM, name, change.expect_revision, revision)?;
        let tags = self.tag_change(&seen.tags, change)?;
        let (client, parameter) = (&self.connection().await?.client, parameter(name)?);
        let set = tags.set_counted(&seen.tags);
        let set = set
            .into_iter()
            .map(|(key, text)| Tag::builder().key(key).value(text).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| invalid(error.to_string()))?;
        let request = client.add_tags_to_resource().set_tags(Some(set));
        request
            .resource_type(ResourceTypeForTagging::Parameter)
            .resource_id(parameter.as_ref())
            .send()
            .await
            .map_err(|error| failure(&error).writing(name))?;
        if !tags.remove.is_empty() {
            let request = client.remove_tags_from_resource();
            request
                .resource_type(ResourceTypeForTagging::Parameter)
                .resource_id(parameter.as_ref())
                .set_tag_keys(Some(tags.remove))
                .send()
                .await
                .map_err(|error| failure(&error).writing(name))?;
        }
        Ok(())
    }

    /// What `change` means for the tags. The service changes a description with a value alone, so it is a tag, too.
    pub(super) fn tag_change(&self, tags: &Tags, change: &MetadataChange) -> Result<TagChange> {
        if change.versions_to_keep.is_some_and(|keep| keep > 0) {
            return unsupported(
                "keep a number of versions",
                "leave it out: the service itself keeps a hundred and removes the oldest",
            );
        }
        let wanted = Wanted {
            labels: &change.labels,
            annotations: &change.annotations,
            description: change.description.as_deref(),
            note: None,
        };
        TagChange::new(SYSTEM, &wanted, tags)
    }
}
