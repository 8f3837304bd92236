//! `coffer-lint hash`: the keyed hash of a value, for the list of allowed values.

use std::io::{Read as _, Write};
use std::process::ExitCode;

use coffer_lint::knowledge::own;

use super::Outcome;

/// Bytes of a value.
const MAX_VALUE: u64 = 1 << 20;

pub(crate) fn run(key: &str, out: &mut impl Write) -> Outcome {
    let mut value = String::new();
    std::io::stdin()
        .take(MAX_VALUE)
        .read_to_string(&mut value)?;
    writeln!(
        out,
        "{}",
        own::hash(key, value.trim_end_matches(['\r', '\n']))
    )?;
    Ok(ExitCode::SUCCESS)
}
