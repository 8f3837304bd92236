//! Destroying versions: their keys are deleted, which makes their values unreadable for good.

use rusqlite::params;

use super::secret_row::SecretRow;
use crate::audit::AuditEvent;
use crate::error::Result;
use crate::metadata::{VersionMetadata, VersionState};
use crate::name::SecretName;
use crate::policy::Capability;
use crate::selector::VersionSelector;
use crate::store::Stored;
use crate::work::Work;

impl Work<'_> {
    /// Destroys versions; those that are destroyed already stay as they are.
    pub(crate) fn destroy(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        numbers: &[u64],
    ) -> Result<Vec<VersionMetadata>> {
        for number in numbers {
            event.touch(name.as_str(), Some(*number));
        }
        self.keys.allow(Capability::Destroy, name.as_str())?;
        let mut row = self.find(name)?.ok_or_else(|| self.not_found(name))?;
        for number in numbers {
            row.head.select(name, VersionSelector::Version(*number))?;
        }
        for number in numbers {
            let head = &mut row.head;
            for stage in [&mut head.current, &mut head.pending, &mut head.previous] {
                if *stage == Some(*number) {
                    *stage = None;
                }
            }
            if head.current.is_none() {
                head.current_since = None;
                head.expires = None;
            }
        }
        self.save_head(&mut row)?;
        let mut destroyed = Vec::with_capacity(numbers.len());
        for number in numbers {
            let version = self.shred(&row, *number)?;
            destroyed.push(version.metadata(name, &row.head));
        }
        Ok(destroyed)
    }

    /// Destroys the versions beyond `versions_to_keep` that carry no stage.
    pub(crate) fn destroy_old(&mut self, row: &SecretRow) -> Result<()> {
        let keep = u64::from(row.head.versions_to_keep);
        if keep == 0 {
            return Ok(());
        }
        let old: Vec<u64> = self
            .db
            .prepare_cached(
                "SELECT number FROM version WHERE secret = ?1 AND number <= ?2 AND data_key IS NOT NULL",
            )
            .and_then(|mut old| {
                old.query_map(params![row.id, row.head.latest.saturating_sub(keep)], |row| row.get(0))?
                    .collect()
            })
            .stored(self.path)?;
        for number in old {
            if row.head.stages_of(number).is_empty() {
                self.shred(row, number)?;
            }
        }
        Ok(())
    }

    fn shred(&mut self, row: &SecretRow, number: u64) -> Result<super::version_row::VersionRow> {
        let mut version = self.version(row, number)?;
        if !matches!(version.meta.state, VersionState::Destroyed(_)) {
            version.meta.state = VersionState::Destroyed(self.now);
            self.save_version(row, &mut version, true)?;
            self.shredded = true;
        }
        Ok(version)
    }
}
