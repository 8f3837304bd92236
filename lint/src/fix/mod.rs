//! Fixes: edits of the code that mend a finding, each kind in a file of its own.
//!
//! A safe fix changes what is shown, never what is deployed. An unsafe one is right in most cases and needs
//! a look: a new argument, a value that has to be provided from elsewhere.

pub(crate) mod apply;
pub(crate) mod body;
mod diff;
mod dynamic_reference;
mod ephemeral_source;
mod literal_to_variable;
mod no_echo;
mod sensitive;
mod suppression;
mod write_only;

pub use apply::{Changed, FixError, changes, fitting, write};
pub use diff::unified;
pub use suppression::{REASON, suppress};

use crate::rules::finding::Finding;
use crate::run::Run;
use crate::source::FileId;
use crate::source::span::Span;

/// How sure it is that a fix changes nothing that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// What is deployed stays as it is.
    Safe,
    /// What is deployed, or what has to be provided, changes.
    Unsafe,
}

/// A change of the code that mends a finding: all of its edits or none.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// How sure.
    pub safety: Safety,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// A piece of a file that becomes another text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: FileId,
    /// What is replaced; an empty span inserts.
    pub at: Span,
    /// The new text.
    pub text: String,
}

/// The fix of a finding, where there is one.
pub fn of(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    match finding.rule.id {
        "variable-without-sensitive" | "output-without-sensitive" => sensitive::fix(run, finding),
        "parameter-without-noecho" => no_echo::fix(run, finding),
        "write-only-twin-unused" => write_only::fix(run, finding),
        "secret-data-source" => ephemeral_source::fix(run, finding),
        "literal-in-secret-argument" => literal_to_variable::fix(run, finding),
        "literal-in-secret-property" => dynamic_reference::fix(run, finding),
        _ => None,
    }
}
