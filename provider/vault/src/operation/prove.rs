//! Reading every value for a search of places where none may stand.

use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::metadata::{SecretVersion, VersionState};
use crate::name::SecretName;
use crate::policy::Capability;
use crate::work::Work;

/// What is to be searched for, and what cannot be.
#[derive(Clone, Default)]
pub struct ProofValues {
    /// Every value that can be read, in order of names and versions; also those of deleted secrets, which can be
    /// restored.
    pub values: Vec<SecretVersion>,
    /// The versions that hold a value which was not read.
    pub left_out: Vec<LeftOut>,
}

/// A version whose value was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The secret.
    pub name: SecretName,
    /// The version; `None` for all of them.
    pub version: Option<u64>,
    /// Why.
    pub why: String,
}

impl Work<'_> {
    /// The values of all secrets whose name starts with `prefix`.
    pub(crate) fn prove(&self, event: &mut AuditEvent, prefix: &str) -> Result<ProofValues> {
        let mut found = ProofValues::default();
        let mut rows = self.rows_below(prefix, usize::MAX)?;
        rows.sort_by(|a, b| a.head.name.cmp(&b.head.name));
        if rows.is_empty() {
            event.touch(format!("{prefix}*"), None);
        }
        for row in rows {
            let name = SecretName::parse(&row.head.name).map_err(Error::from)?;
            if let Err(error) = self.keys.allow(Capability::Read, name.as_str()) {
                // Whoever may not even list the name does not learn it here.
                if self.keys.allow(Capability::List, name.as_str()).is_ok() {
                    found.leave_out(&name, None, &error);
                }
                continue;
            }
            for version in self.all_versions(&row)? {
                match version.meta.state {
                    VersionState::Destroyed(_) => continue,
                    VersionState::Enabled | VersionState::Disabled => {}
                }
                event.touch(name.as_str(), Some(version.number));
                match self.value(&row, &version) {
                    Ok(value) => found.values.push(SecretVersion {
                        value,
                        metadata: version.metadata(&name, &row.head),
                    }),
                    Err(error) => {
                        if let Some(item) = event.items.last_mut() {
                            item.error = Some(error.to_string());
                        }
                        found.leave_out(&name, Some(version.number), &error);
                    }
                }
            }
        }
        Ok(found)
    }
}

impl ProofValues {
    fn leave_out(&mut self, name: &SecretName, version: Option<u64>, error: &Error) {
        self.left_out.push(LeftOut {
            name: name.clone(),
            version,
            why: error.to_string(),
        });
    }
}
