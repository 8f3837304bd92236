//! `coffer run`

mod files;

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;

use clap::Args;
use coffer_vault::{Secret, SecretName, Vault, VersionSelector};

use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::session;
use files::Files;

/// What a program does not get from coffer's environment: with it, it could read everything.
const OURS: [&str; 6] = [
    "COFFER_KEY_FILE",
    "COFFER_PASSPHRASE",
    "COFFER_ROLE_ID",
    "COFFER_SECRET_ID",
    "COFFER_TOKEN",
    "COFFER_WEBHOOK_KEY",
];

/// Run a program with secrets in its environment, or with --files in files.
///
/// The environment of a process can be read by every process of the same user and by root, is handed on to every program
/// that it starts, and often ends up in crash reports. --files is safer: each secret is a file with mode 0600 in a folder
/// on a memory file system, the variable holds its path, and the folder is removed when the program ends.
///
/// The program does not get COFFER_KEY_FILE, COFFER_PASSPHRASE, COFFER_ROLE_ID, COFFER_SECRET_ID, COFFER_TOKEN and
/// COFFER_WEBHOOK_KEY.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer run --env PGPASSWORD=prod/db -- psql
  coffer run --files --env TLS_KEY=prod/tls-key --below prod/app/ -- ./server")]
pub(crate) struct Run {
    /// Give the program the secret NAME as VARIABLE; may be repeated
    #[arg(long, value_name = "VARIABLE=NAME", value_parser = assignment)]
    env: Vec<(String, String)>,
    /// Give it every secret below this prefix; prod/app/db-user under prod/app/ becomes DB_USER
    #[arg(long, value_name = "PREFIX")]
    below: Option<String>,
    /// Put the values into files that end with the program; the variables hold their paths
    #[arg(long)]
    files: bool,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<std::ffi::OsString>,
}

impl Run {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        if self.env.is_empty() && self.below.is_none() {
            return Err(Failure::Usage {
                what: "no secret is named".into(),
                remedy: "name some with --env VARIABLE=NAME or --below PREFIX".into(),
            });
        }
        let (program, arguments) = self.command.split_first().ok_or_else(|| Failure::Usage {
            what: "no program is named".into(),
            remedy: "write it after --".into(),
        })?;
        let values = self.values(&session::open(global)?)?;
        let mut command = Command::new(program);
        command.args(arguments);
        for variable in OURS {
            command.env_remove(variable);
        }
        let not_started = |error: std::io::Error| {
            let name = program.to_string_lossy();
            Failure::Other(format!("the program {name} did not start: {error}"))
        };
        if !self.files {
            for (variable, value) in &values {
                let text = value.danger_expose_str().map_err(|_| not_text(variable))?;
                if text.contains('\0') {
                    return Err(not_text(variable));
                }
                command.env(variable, text);
            }
            drop(values);
            // Takes this process's place, so that signals and the exit status are the program's own.
            return Err(not_started(command.exec()));
        }
        let signals = files::catch_signals().map_err(not_started)?;
        let files = Files::write(&values)?;
        drop(values);
        command.envs(files.paths());
        let status = files::run(&mut command, signals);
        files.remove()?;
        let status = status.map_err(not_started)?;
        let status =
            status.map_err(|error| Failure::Other(format!("the program was lost: {error}")))?;
        match status.code() {
            Some(0) => Ok(()),
            Some(code) => Err(Failure::Program(u8::try_from(code).unwrap_or(1))),
            None => {
                let signal = status.signal().unwrap_or(0);
                Err(Failure::Program(
                    u8::try_from(signal.saturating_add(128)).unwrap_or(1),
                ))
            }
        }
    }

    /// The variables and their values, read in one call.
    fn values(&self, vault: &Vault) -> Result<Vec<(String, Secret)>> {
        let mut wanted = Vec::new();
        for (variable, name) in &self.env {
            wanted.push((variable.clone(), SecretName::parse(name)?));
        }
        if let Some(prefix) = &self.below {
            for found in vault
                .list(prefix)?
                .into_iter()
                .filter(|found| found.current.is_some())
            {
                let rest = found
                    .name
                    .as_str()
                    .strip_prefix(prefix.as_str())
                    .unwrap_or_default();
                wanted.push((variable_name(rest), found.name));
            }
        }
        let mut seen = std::collections::BTreeMap::new();
        for (variable, name) in &wanted {
            if let Some(other) = seen.insert(variable.clone(), name.clone()) {
                return Err(Failure::Usage {
                    what: format!("both \"{other}\" and \"{name}\" would become {variable}"),
                    remedy: "name one of them with --env and choose another prefix".into(),
                });
            }
        }
        let names: Vec<_> = wanted
            .iter()
            .map(|(_, name)| (name.clone(), VersionSelector::Current))
            .collect();
        let mut values = Vec::new();
        for ((variable, _), found) in wanted.into_iter().zip(vault.get_many(&names)?) {
            values.push((variable, found?.value));
        }
        Ok(values)
    }
}

fn assignment(text: &str) -> std::result::Result<(String, String), String> {
    let (variable, name) = text
        .split_once('=')
        .ok_or("write VARIABLE=NAME, such as PGPASSWORD=prod/db")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if variable.is_empty()
        || !variable.chars().all(is_name)
        || variable.starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(
            "a variable's name has letters, digits and _, and does not start with a digit"
                .to_owned(),
        );
    }
    Ok((variable.to_owned(), name.to_owned()))
}

/// `db-user` becomes `DB_USER`.
fn variable_name(rest: &str) -> String {
    let mut name: String = rest
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

fn not_text(variable: &str) -> Failure {
    Failure::Usage {
        what: format!("the value for {variable} is not text, which an environment cannot hold"),
        remedy: "use --files".into(),
    }
}
