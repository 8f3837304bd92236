//! Secrets from the keyboard, a pipe or a file; never from an argument.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;

use coffer_vault::Secret;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};

/// More than the vault stores, so that it can refuse a value that is too long with its own words.
const MAX_INPUT: usize = 1024 * 1024 + 1;

/// Whether stdin is a keyboard.
pub(crate) fn stdin_is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// Whether stdout is a screen.
pub(crate) fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Asks for a secret without showing what is typed.
pub(crate) fn ask(prompt: &str) -> Result<Secret> {
    rpassword::prompt_password(prompt)
        .map(Secret::from)
        .map_err(|error| {
            Failure::Other(format!("nothing could be read from the terminal: {error}"))
        })
}

/// Asks twice and compares.
pub(crate) fn ask_twice(what: &str) -> Result<Secret> {
    let first = ask(&format!("{what}: "))?;
    if first.is_empty() {
        return Err(Failure::Usage {
            what: format!("the {} is empty", what.to_lowercase()),
            remedy: "type it again; nothing was changed".into(),
        });
    }
    let again = ask(&format!("{what} again: "))?;
    if first.ct_eq(&again) {
        return Ok(first);
    }
    Err(Failure::Usage {
        what: "the two entries differ".into(),
        remedy: "type it again; nothing was changed".into(),
    })
}

/// Everything on stdin.
pub(crate) fn read_stdin() -> Result<Zeroizing<Vec<u8>>> {
    read(&mut std::io::stdin().lock())
        .map_err(|error| Failure::Other(format!("stdin could not be read: {error}")))
}

/// Everything in a file.
pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    File::open(path)
        .and_then(|mut file| read(&mut file))
        .map_err(|error| Failure::Other(format!("{} could not be read: {error}", path.display())))
}

/// Reads into a buffer that is large enough from the start, because growing would leave copies behind.
fn read(source: &mut dyn Read) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut value = Zeroizing::new(Vec::with_capacity(MAX_INPUT));
    source
        .take(u64::try_from(MAX_INPUT).unwrap_or(u64::MAX))
        .read_to_end(&mut value)?;
    Ok(value)
}
