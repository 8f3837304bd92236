//! Moving stages, and enabling and disabling versions.

use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::metadata::{SecretMetadata, VersionMetadata, VersionState};
use crate::name::SecretName;
use crate::policy::Capability;
use crate::put::MetadataChange;
use crate::selector::{Stage, VersionSelector};
use crate::work::Work;

impl Work<'_> {
    /// Makes a version current.
    pub(crate) fn promote(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        number: u64,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        event.touch(name.as_str(), Some(number));
        self.keys.allow(Capability::Update, name.as_str())?;
        let mut row = self.find_live(name)?;
        let number = row.head.select(name, VersionSelector::Version(number))?;
        let version = self.version(&row, number)?;
        version.readable(name)?;
        let repeated = row.head.current == Some(number);
        if repeated && *change == MetadataChange::default() {
            return row.metadata(self);
        }
        self.change_metadata(&mut row, change)?;
        if !repeated {
            row.head.previous = row.head.current;
            row.head.current = Some(number);
            row.head.current_since = Some(self.now);
            row.head.expires = version.meta.expires;
            if row.head.pending == Some(number) {
                row.head.pending = None;
            }
        }
        self.save_head(&mut row)?;
        self.destroy_old(&row)?;
        row.metadata(self)
    }

    /// Takes a stage off whichever version carries it.
    pub(crate) fn unstage(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        stage: Stage,
    ) -> Result<SecretMetadata> {
        let mut row = self.find_live(name)?;
        event.touch(name.as_str(), row.head.staged(stage));
        self.keys.allow(Capability::Update, name.as_str())?;
        if row.head.staged(stage).is_none() {
            return row.metadata(self);
        }
        match stage {
            Stage::Current => {
                row.head.current = None;
                row.head.current_since = None;
                row.head.expires = None;
            }
            Stage::Pending => row.head.pending = None,
            Stage::Previous => row.head.previous = None,
        }
        self.save_head(&mut row)?;
        self.destroy_old(&row)?;
        row.metadata(self)
    }

    /// Enables or disables a version.
    pub(crate) fn set_enabled(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        number: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        event.touch(name.as_str(), Some(number));
        self.keys.allow(Capability::Update, name.as_str())?;
        let mut row = self.find_live(name)?;
        let number = row.head.select(name, VersionSelector::Version(number))?;
        let mut version = self.version(&row, number)?;
        let wanted = if enabled {
            VersionState::Enabled
        } else {
            VersionState::Disabled
        };
        if let VersionState::Destroyed(at) = version.meta.state {
            return Err(Error::Destroyed {
                name: name.clone(),
                version: number,
                at,
            });
        }
        if version.meta.state != wanted {
            version.meta.state = wanted;
            self.save_version(&row, &mut version, false)?;
            self.save_head(&mut row)?;
        }
        Ok(version.metadata(name, &row.head))
    }
}
