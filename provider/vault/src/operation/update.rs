//! Changing a secret's metadata.

use std::collections::BTreeMap;

use super::secret_row::SecretRow;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::metadata::SecretMetadata;
use crate::name::SecretName;
use crate::policy::Capability;
use crate::put::MetadataChange;
use crate::work::Work;

/// The most that a secret's description, labels and annotations may hold together, in bytes.
const MAX_METADATA_LENGTH: usize = 64 * 1024;

impl Work<'_> {
    /// Changes the metadata of a secret.
    pub(crate) fn update(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        event.touch(name.as_str(), None);
        self.keys.allow(Capability::Update, name.as_str())?;
        let mut row = self.find_live(name)?;
        self.change_metadata(&mut row, change)?;
        self.save_head(&mut row)?;
        self.destroy_old(&row)?;
        row.metadata(self)
    }

    /// Applies a change to the head; the caller saves it.
    pub(crate) fn change_metadata(
        &self,
        row: &mut SecretRow,
        change: &MetadataChange,
    ) -> Result<()> {
        if let Some(expected) = change.expect_revision
            && expected != row.revision
        {
            return Err(Error::Conflict {
                name: SecretName::parse(&row.head.name)?,
                expected: format!("revision {expected}"),
                found: format!("revision {}", row.revision),
            });
        }
        if let Some(description) = &change.description {
            row.head.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        apply(&mut row.head.labels, &change.labels);
        apply(&mut row.head.annotations, &change.annotations);
        if let Some(keep) = change.versions_to_keep {
            row.head.versions_to_keep = keep;
        }
        let texts = row.head.labels.iter().chain(&row.head.annotations);
        let length = texts.fold(0_usize, |sum, (key, value)| {
            sum.saturating_add(key.len()).saturating_add(value.len())
        });
        let length = length.saturating_add(row.head.description.as_ref().map_or(0, String::len));
        if length > MAX_METADATA_LENGTH {
            return Err(Error::Invalid {
                what: "the metadata",
                problem: format!("has {length} bytes; {MAX_METADATA_LENGTH} are the most"),
            });
        }
        Ok(())
    }
}

fn apply(texts: &mut BTreeMap<String, String>, changes: &BTreeMap<String, Option<String>>) {
    for (key, value) in changes {
        match value {
            Some(value) => texts.insert(key.clone(), value.clone()),
            None => texts.remove(key),
        };
    }
}
