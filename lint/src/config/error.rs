//! What is wrong with a configuration, and where.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::source::span::{Lines, Span};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Something in it has no meaning.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong and what to do.
        message: String,
    },
}

impl ConfigError {
    /// An error at a place of a file.
    pub(super) fn at(
        path: &Path,
        text: &str,
        at: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let span = Span::new(at.start, at.end);
        let place = Lines::of(text).position(text, span.start);
        Self::Invalid {
            path: path.to_owned(),
            line: place.line,
            column: place.column,
            message: message.into(),
        }
    }
}

pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        error,
    })
}
