//! Keys that a program prints: an OS keyring, `pass`, `op`, `gpg -d`, ...

use std::io::Read;
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::MAX_KEY_LENGTH;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Runs the program without a shell and takes what it prints, without one line break at the end.
pub(super) fn run(command: &[String], given: &str) -> Result<Secret> {
    let unusable = |why: String| Error::UnusableKey {
        given: given.to_owned(),
        why,
    };
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| unusable("no program was named".into()))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| unusable(format!("the program did not start: {error}")))?;
    // Room for the whole key at once: growing would leave copies behind.
    let mut key = Zeroizing::new(Vec::with_capacity(MAX_KEY_LENGTH));
    let limit = u64::try_from(MAX_KEY_LENGTH).unwrap_or(u64::MAX);
    let read = match child.stdout.take() {
        Some(output) => output.take(limit).read_to_end(&mut key),
        None => Ok(0),
    };
    let status = child
        .wait()
        .map_err(|error| unusable(format!("the program was lost: {error}")))?;
    read.map_err(|error| unusable(format!("its output could not be read: {error}")))?;
    if !status.success() {
        return Err(unusable(format!("the program ended with {status}")));
    }
    if key.last() == Some(&b'\n') {
        key.pop();
    }
    if key.last() == Some(&b'\r') {
        key.pop();
    }
    Ok(Secret::from(key))
}
