//! Running programs that change or try a credential, with the value on their standard input.

use std::process::Stdio;

use coffer_vault::Secret;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Change, TargetError};

/// The exit code by which a program says: refused, and nothing was changed.
const REFUSED: i32 = 1;
/// Variables that open the vault; no program needs them to change a credential.
const WITHHELD: [&str; 4] = [
    "COFFER_PASSPHRASE",
    "COFFER_TOKEN",
    "COFFER_KEY_FILE",
    "COFFER_WEBHOOK_KEY",
];

/// Refuses a command that names no program.
pub(super) fn check(what: &str, words: &[String]) -> Result<(), String> {
    match words.first() {
        Some(program) if !program.is_empty() => Ok(()),
        _ => Err(format!("the command {what} names no program")),
    }
}

/// Runs a program for a step of a rotation: `input` on its standard input, and whose it is in its environment.
///
/// What it prints is dropped, because it may hold the value.
pub(super) async fn run(
    step: &str,
    words: &[String],
    input: &Secret,
    change: &Change<'_>,
) -> Result<(), TargetError> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(());
    };
    let credential = change.credential;
    let no_answer = |why: String| TargetError::NoAnswer {
        system: format!("the program {program}"),
        why,
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("COFFER_ROTATION_STEP", step)
        .env("COFFER_ROTATION_NAME", change.name.as_str())
        .env("COFFER_ROTATION_VERSION", credential.version.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if let Some(username) = &credential.username {
        command.env("COFFER_ROTATION_USERNAME", username);
    }
    for variable in WITHHELD {
        command.env_remove(variable);
    }
    let mut child = command.spawn().map_err(|error| TargetError::Unusable {
        why: format!("the program {program} cannot be started: {error}"),
        remedy: "give its whole path, and see that it may be run".to_owned(),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input is free not to.
        let _ = stdin.write_all(input.danger_expose()).await;
    }
    let status = child
        .wait()
        .await
        .map_err(|error| no_answer(error.to_string()))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(REFUSED) => Err(TargetError::Refused {
            system: format!("the program {program}"),
            why: format!("it ended with code {REFUSED} at the step {step}"),
            remedy: "run it by hand to see what it says; what it prints is dropped here, because it may hold the value"
                .to_owned(),
        }),
        _ => Err(no_answer(format!("it ended with {status} at the step {step}"))),
    }
}
