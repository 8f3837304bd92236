//! What becomes of findings before they are reported: settings, suppressions, the baseline, changed lines.

pub mod baseline;
pub mod changes;
mod date;
pub mod markers;
mod other_tools;
mod settings;
pub mod suppress;

pub use settings::apply as apply_settings;

use crate::rules::finding::Finding;

/// A finding that is known and accepted.
#[derive(Debug)]
pub struct Accepted {
    /// The finding.
    pub finding: Finding,
    /// How it was accepted.
    pub how: How,
}

/// How a finding was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// By a suppression in the code, with its reason.
    Inline(String),
    /// By the baseline.
    Baseline,
}
