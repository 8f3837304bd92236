//! `coffer-lint inspect FILE:LINE`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::Outcome;

pub(crate) fn run(place: &str, out: &mut impl Write) -> Outcome {
    let parts = place
        .rsplit_once(':')
        .and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let Some((file, line)) = parts else {
        return Err(format!("`{place}` is no place; write FILE:LINE, such as main.tf:12").into());
    };
    write!(
        out,
        "{}",
        coffer_lint::inspect::inspect(Path::new(file), line)?
    )?;
    Ok(ExitCode::SUCCESS)
}
