//! The commands, one file each.

pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod cli;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod explain;
pub(crate) mod hash;
pub(crate) mod inspect;
pub(crate) mod list;
mod watch;

use std::error::Error;
use std::process::ExitCode;

/// What a command comes to.
pub(crate) type Outcome = Result<ExitCode, Box<dyn Error>>;
