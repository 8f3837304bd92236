//! One step of a task: a command that must succeed, and the failure that says which did not.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use thiserror::Error;

/// Why a task stopped.
#[derive(Debug, Error)]
pub enum Failure {
    /// A program could not be started.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// The program's name or path.
        program: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A program ran and reported failure.
    #[error("`{command}` failed ({status})\n{output}")]
    Command {
        /// The command line.
        command: String,
        /// Its exit status.
        status: String,
        /// The end of what it printed, empty where it printed to the terminal.
        output: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A step ran and did not hold.
    #[error("{0}")]
    Step(String),
}

/// The outcome of a task or of one of its steps.
pub type Outcome<T> = Result<T, Failure>;

/// Attaches the file's name to an input or output error.
pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure + '_ {
    move |source| Failure::File {
        path: path.to_owned(),
        source,
    }
}

/// Runs a command with its output on the terminal.
///
/// # Errors
/// When it cannot be started or exits with a status other than 0.
pub fn run(command: &mut Command) -> Outcome<()> {
    let status = command
        .status()
        .map_err(|source| start_failure(command, source))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Command {
        command: line(command),
        status: status.to_string(),
        output: String::new(),
    })
}

/// Runs a command and keeps its output, whatever its exit status.
///
/// # Errors
/// When it cannot be started.
pub fn capture(command: &mut Command) -> Outcome<Output> {
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| start_failure(command, source))
}

/// Runs a command, keeps its output and insists on success.
///
/// # Errors
/// When it cannot be started or exits with a status other than 0; the end of its output is in the failure.
pub fn capture_success(command: &mut Command) -> Outcome<Output> {
    let output = capture(command)?;
    if output.status.success() {
        return Ok(output);
    }
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines
        .get(lines.len().saturating_sub(40)..)
        .unwrap_or_default();
    Err(Failure::Command {
        command: line(command),
        status: output.status.to_string(),
        output: tail.join("\n"),
    })
}

fn start_failure(command: &Command, source: io::Error) -> Failure {
    Failure::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
