//! Comparing a value with what is stored, without revealing it.

use super::put::hex;
use crate::audit::AuditEvent;
use crate::error::Result;
use crate::hazmat::mac;
use crate::metadata::VersionState;
use crate::name::SecretName;
use crate::policy::Capability;
use crate::secret::Secret;
use crate::work::Work;

impl Work<'_> {
    /// Whether `value` is the current value.
    pub(crate) fn matches_current(
        &self,
        event: &mut AuditEvent,
        name: &SecretName,
        value: &Secret,
    ) -> Result<bool> {
        event.touch(name.as_str(), None);
        self.keys.allow(Capability::Read, name.as_str())?;
        let Some(row) = self.find(name)?.filter(|row| row.head.deleted.is_none()) else {
            return Ok(false);
        };
        let Some(number) = row.head.current else {
            return Ok(false);
        };
        if let Some(item) = event.items.last_mut() {
            item.version = Some(number);
        }
        let version = self.version(&row, number)?;
        if version.meta.state != VersionState::Enabled {
            return Ok(false);
        }
        Ok(self.value(&row, &version)?.ct_eq(value))
    }
}

/// The fingerprint of a value under its name, by a key that the vault alone holds.
pub(crate) fn fingerprint(
    keys: &crate::keys::Keys,
    name: &SecretName,
    value: &Secret,
) -> Result<String> {
    keys.allow(Capability::Read, name.as_str())?;
    let scope = keys.scope_of(name)?;
    let key = scope.keyring.fingerprint();
    Ok(hex(
        &mac(&key, &[name.as_str().as_bytes(), value.danger_expose()]),
        12,
    ))
}
