//! Which version of a secret is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A moving label on one version of a secret. At most one version carries each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The version in use.
    Current,
    /// A version that a rotation has stored and not yet promoted.
    Pending,
    /// The version that was current before.
    Previous,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 3] = [Self::Current, Self::Pending, Self::Previous];

    /// The stage's name: `current`, `pending` or `previous`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Pending => "pending",
            Self::Previous => "previous",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text is no stage.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("\"{0}\" is no stage; the stages are current, pending and previous")]
pub struct StageError(pub String);

impl FromStr for Stage {
    type Err = StageError;

    fn from_str(text: &str) -> Result<Self, StageError> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.as_str() == text)
            .ok_or_else(|| StageError(text.escape_debug().to_string()))
    }
}

/// Which version of a secret to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VersionSelector {
    /// The current version; the same as [`Stage::Current`].
    #[default]
    Current,
    /// The version of this number, counted from 1.
    Version(u64),
    /// The version that carries the stage.
    Stage(Stage),
}

impl fmt::Display for VersionSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("the current version"),
            Self::Version(number) => write!(f, "version {number}"),
            Self::Stage(stage) => write!(f, "the {stage} version"),
        }
    }
}
