//! Why something did not go as Terraform wants it.

use super::codec::CodecError;
use super::diagnostic::{Diagnostic, Severity};

/// Why a call or a flow failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The process did not come up.
    #[error("the provider did not start: {0}")]
    Start(String),
    /// No connection could be made.
    #[error("no connection: {0}")]
    Connect(String),
    /// The call itself failed, as it does when a provider has crashed.
    #[error("the call failed: {0}")]
    Status(#[from] Box<tonic::Status>),
    /// The provider reported errors.
    #[error("{}", listed(.0))]
    Diagnostics(Vec<Diagnostic>),
    /// A function reported an error, at an argument perhaps.
    #[error("function error at {argument:?}: {text}")]
    Function {
        /// What it said.
        text: String,
        /// The argument's position from 0.
        argument: Option<i64>,
    },
    /// The provider sent what is no value of its schema.
    #[error("the provider sent a malformed value: {0}")]
    Codec(#[from] CodecError),
    /// The provider broke a rule that Terraform or OpenTofu checks.
    #[error("the provider broke a rule: {0}")]
    Rule(String),
    /// It offers no such thing.
    #[error("the provider offers no {0}")]
    NotOffered(String),
}

impl Failure {
    /// The diagnostics; none where it failed in another way.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Diagnostics(diagnostics) => diagnostics,
            _ => &[],
        }
    }

    /// Whether it is a broken rule.
    #[must_use]
    pub fn is_rule(&self) -> bool {
        matches!(self, Self::Rule(_))
    }
}

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        Self::Status(Box::new(status))
    }
}

/// The warnings among `diagnostics`, or the failure that they are.
pub(super) fn warnings(
    diagnostics: Vec<super::proto::tfplugin5::Diagnostic>,
) -> Result<Vec<Diagnostic>, Failure> {
    let diagnostics = Diagnostic::all(diagnostics);
    let failed = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error);
    if failed {
        Err(Failure::Diagnostics(diagnostics))
    } else {
        Ok(diagnostics)
    }
}

fn listed(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(Diagnostic::to_string).collect();
    lines.join("\n")
}
