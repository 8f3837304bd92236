//! What ends a command without success, and how it is told.

use std::io::Write;
use std::process::ExitCode;

use coffer_backend::ErrorKind as StoreErrorKind;
use coffer_rotation::generator::GenerateError;
use coffer_vault::{Error, ErrorKind, NameError};
use thiserror::Error as ThisError;

use crate::arguments::Format;

/// A result of a command.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command did not succeed.
#[derive(Debug, ThisError)]
pub(crate) enum Failure {
    /// The vault's word.
    #[error(transparent)]
    Vault(#[from] Error),
    /// The generator's word.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// The arguments make no sense together.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// What to do instead.
        remedy: String,
    },
    /// What was asked for is not there.
    #[error("{what}")]
    Missing {
        /// What is missing.
        what: String,
        /// Where to get it.
        remedy: String,
    },
    /// Something outside the vault failed.
    #[error("{0}")]
    Other(String),
    /// A check found problems, which were printed.
    #[error("{0}")]
    ProblemsFound(String),
    /// A proof found values, which were reported without being shown.
    #[error("{0}")]
    Leaked(String),
    /// A proof found nothing, but could not search everything; the reasons were reported.
    #[error("{0}")]
    NotProven(String),
    /// The word of the vault as a store.
    #[error(transparent)]
    Store(#[from] coffer_backend::Error),
    /// A rotation did not come to its end.
    #[error(transparent)]
    Rotate(#[from] coffer_rotation::machine::Error),
    /// Some rotations did not come to their end or are overdue; each was reported.
    #[error("{0}")]
    NotRotated(String),
    /// A program that was run ended with this code, and has said why.
    #[error("the program ended with code {0}")]
    Program(u8),
    /// Whoever read the output has closed it.
    #[error("the output was closed")]
    ClosedPipe,
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        Self::Vault(error.into())
    }
}

impl Failure {
    /// A failed read or write of something that is not the vault.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Other(format!("{what}: {error}"))
    }

    fn remedy(&self) -> Option<String> {
        match self {
            Self::Vault(error) => error.remedy(),
            Self::Usage { remedy, .. } | Self::Missing { remedy, .. } => Some(remedy.clone()),
            Self::Store(error) => error.remedy(),
            Self::Rotate(error) => error.remedy(),
            Self::NotRotated(_) => {
                Some("the next run goes on where this one stopped; see the reasons above".into())
            }
            Self::NotProven(_) => Some(
                "a proof is one only if everything was searched; see the reasons above".into(),
            ),
            Self::Leaked(_) => Some(
                "take them out, and rotate what may have been seen: a value that was written is known".into(),
            ),
            _ => None,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Vault(error) => match error.kind() {
                ErrorKind::NotFound => "not_found",
                ErrorKind::Unreadable => "unreadable",
                ErrorKind::Conflict => "conflict",
                ErrorKind::Denied => "denied",
                ErrorKind::Unavailable => "unavailable",
                ErrorKind::OutcomeUnknown => "outcome_unknown",
                ErrorKind::Damaged => "damaged",
                _ => "invalid",
            },
            Self::Store(error) => match error.kind() {
                StoreErrorKind::NotFound => "not_found",
                StoreErrorKind::Unreadable => "unreadable",
                StoreErrorKind::Conflict => "conflict",
                StoreErrorKind::Denied => "denied",
                StoreErrorKind::Throttled | StoreErrorKind::Unavailable => "unavailable",
                StoreErrorKind::OutcomeUnknown => "outcome_unknown",
                StoreErrorKind::Damaged => "damaged",
                _ => "invalid",
            },
            Self::Usage { .. } => "usage",
            Self::Missing { .. } => "not_found",
            Self::ProblemsFound(_) => "damaged",
            Self::Leaked(_) => "leaked",
            Self::Rotate(_) | Self::NotRotated(_) => "not_rotated",
            Self::NotProven(_) => "not_proven",
            Self::Generate(GenerateError::Random(_)) => "unavailable",
            Self::Generate(_) => "invalid",
            Self::Other(_) | Self::Program(_) | Self::ClosedPipe => "failed",
        }
    }

    /// The code that the help text promises.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if let Self::Program(code) = self {
            return ExitCode::from(*code);
        }
        ExitCode::from(match self.kind() {
            "usage" | "invalid" => 2,
            "not_found" => 3,
            "denied" => 4,
            "conflict" => 5,
            "unavailable" => 6,
            "outcome_unknown" => 7,
            "damaged" => 8,
            "leaked" => 9,
            "not_rotated" => 10,
            _ => 1,
        })
    }

    /// Tells the cause and the remedy on stderr.
    pub(crate) fn print(&self, format: Format) {
        let mut stderr = anstream::stderr().lock();
        let remedy = self.remedy();
        // Where stderr is closed there is nobody left to tell.
        let _ = match format {
            Format::Json => writeln!(
                stderr,
                "{}",
                serde_json::json!({
                    "error": { "kind": self.kind(), "message": self.to_string(), "remedy": remedy }
                })
            ),
            Format::Text => {
                let red = anstyle::AnsiColor::Red.on_default().bold();
                let bold = anstyle::Style::new().bold();
                writeln!(stderr, "{red}error{red:#}: {self}").and_then(|()| match &remedy {
                    Some(remedy) => writeln!(stderr, "  {bold}help{bold:#}: {remedy}"),
                    None => Ok(()),
                })
            }
        };
    }
}
