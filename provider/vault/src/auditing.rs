//! The part of [`Vault`] that verifies and reads the audit trail.

use std::sync::Arc;

use jiff::Timestamp;

use crate::alert::{self, Alert, AlertSettings};
use crate::audit::{AuditRecord, AuditReport, AuditSink, Operation};
use crate::error::Result;
use crate::vault::Vault;

impl Vault {
    /// Hands every audit row of this handle and its clones to `sink` too. What the sink does not take is not handed out:
    /// the call fails with [`crate::Error::SinkFailed`].
    #[must_use]
    pub fn with_sink(self, sink: Arc<dyn AuditSink>) -> Self {
        self.engine.add_sink(sink);
        self
    }

    /// Verifies the audit trail: finds every row that was changed, removed, moved or inserted, and with `checkpoints`
    /// that were signed before also a trail that was cut or a file that was put back.
    ///
    /// # Errors
    /// [`crate::Error::BadCheckpoint`] where a checkpoint is not this vault's.
    pub fn verify_audit(&self, checkpoints: &[String]) -> Result<AuditReport> {
        let checkpoints = checkpoints.to_vec();
        self.call(Operation::AuditRead, move |work, _| {
            let mut report = work.verify_audit()?;
            for checkpoint in &checkpoints {
                report
                    .problems
                    .extend(work.compare_with_checkpoint(checkpoint)?);
            }
            Ok(report)
        })
    }

    /// What in the trail since a time deserves a look: see [`crate::ALERT_RULES`]. A broken chain is always told.
    pub fn alerts(&self, since: Timestamp, settings: AlertSettings) -> Result<Vec<Alert>> {
        self.call(Operation::AuditRead, move |work, _| {
            let mut found = alert::chain_breaks(&work.verify_audit()?, work.now);
            if found.is_empty() {
                let mut rows = Vec::new();
                work.read_audit(1, |record| {
                    rows.push(record);
                    true
                })?;
                found = alert::alerts(&rows, since, &settings);
            }
            Ok(found)
        })
    }

    /// A signed statement of how many rows the trail has and what the newest is, as a text to be kept elsewhere. The
    /// sinks of this handle get it too.
    ///
    /// # Errors
    /// [`crate::Error::SinkFailed`] where a sink does not take it.
    pub fn audit_checkpoint(&self) -> Result<String> {
        let note = self.call(Operation::AuditRead, |work, _| work.checkpoint())?;
        self.engine.sink_checkpoint(&note)?;
        Ok(note)
    }

    /// The rows of the audit trail for which `wanted` is true, the oldest first, from row `first` on.
    pub fn audit_rows<F>(&self, first: u64, wanted: F) -> Result<Vec<AuditRecord>>
    where
        F: Fn(&AuditRecord) -> bool + Send + 'static,
    {
        self.call(Operation::AuditRead, move |work, _| {
            let mut found = Vec::new();
            work.read_audit(first, |record| {
                if wanted(&record) {
                    found.push(record);
                }
                true
            })?;
            Ok(found)
        })
    }

    /// The newest `count` rows of the audit trail, the oldest of them first.
    pub fn newest_audit_rows(&self, count: usize) -> Result<Vec<AuditRecord>> {
        self.call(Operation::AuditRead, move |work, _| {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            let first = work
                .state
                .audit_rows
                .saturating_sub(count)
                .saturating_add(1);
            let mut found = Vec::new();
            work.read_audit(first, |record| {
                found.push(record);
                true
            })?;
            Ok(found)
        })
    }
}
