//! Reading values and metadata.

use crate::audit::AuditEvent;
use crate::error::Result;
use crate::metadata::{SecretMetadata, SecretVersion, VersionMetadata};
use crate::name::SecretName;
use crate::policy::Capability;
use crate::selector::VersionSelector;
use crate::work::Work;

impl Work<'_> {
    /// Reads one value.
    pub(crate) fn get(
        &self,
        event: &mut AuditEvent,
        name: &SecretName,
        selector: VersionSelector,
    ) -> Result<SecretVersion> {
        event.touch(name.as_str(), None);
        self.keys.allow(Capability::Read, name.as_str())?;
        let row = self.find_live(name)?;
        let number = row.head.select(name, selector)?;
        if let Some(item) = event.items.last_mut() {
            item.version = Some(number);
        }
        let version = self.version(&row, number)?;
        version.readable(name)?;
        let value = self.value(&row, &version)?;
        Ok(SecretVersion {
            value,
            metadata: version.metadata(name, &row.head),
        })
    }

    /// Reads many values. A damaged or missing one does not keep the others from being read.
    pub(crate) fn get_many(
        &self,
        event: &mut AuditEvent,
        wanted: &[(SecretName, VersionSelector)],
    ) -> Result<Vec<Result<SecretVersion>>> {
        let mut found = Vec::with_capacity(wanted.len());
        for (name, selector) in wanted {
            let one = self.get(event, name, *selector);
            if let (Err(error), Some(item)) = (&one, event.items.last_mut()) {
                item.error = Some(error.to_string());
            }
            found.push(one);
        }
        Ok(found)
    }

    /// Whoever may read a value or list its name may see what is known of it.
    pub(super) fn allow_metadata(&self, name: &SecretName) -> Result<()> {
        self.keys
            .allow(Capability::Read, name.as_str())
            .or_else(|_| self.keys.allow(Capability::List, name.as_str()))
    }

    /// The metadata of a secret, also of a deleted one.
    pub(crate) fn metadata(
        &self,
        event: &mut AuditEvent,
        name: &SecretName,
    ) -> Result<SecretMetadata> {
        event.touch(name.as_str(), None);
        self.allow_metadata(name)?;
        self.find(name)?
            .ok_or_else(|| self.not_found(name))?
            .metadata(self)
    }

    /// Whether a secret exists and is not deleted.
    pub(crate) fn exists(&self, event: &mut AuditEvent, name: &SecretName) -> Result<bool> {
        event.touch(name.as_str(), None);
        self.allow_metadata(name)?;
        Ok(self
            .find(name)?
            .is_some_and(|row| row.head.deleted.is_none()))
    }

    /// The metadata of one version.
    pub(crate) fn version_metadata(
        &self,
        event: &mut AuditEvent,
        name: &SecretName,
        selector: VersionSelector,
    ) -> Result<VersionMetadata> {
        event.touch(name.as_str(), None);
        self.allow_metadata(name)?;
        let row = self.find_live(name)?;
        let number = row.head.select(name, selector)?;
        if let Some(item) = event.items.last_mut() {
            item.version = Some(number);
        }
        Ok(self.version(&row, number)?.metadata(name, &row.head))
    }

    /// The metadata of all versions.
    pub(crate) fn versions(
        &self,
        event: &mut AuditEvent,
        name: &SecretName,
    ) -> Result<Vec<VersionMetadata>> {
        event.touch(name.as_str(), None);
        self.allow_metadata(name)?;
        let row = self.find(name)?.ok_or_else(|| self.not_found(name))?;
        let versions = self.all_versions(&row)?;
        Ok(versions
            .iter()
            .map(|version| version.metadata(name, &row.head))
            .collect())
    }
}
