//! The arguments that name a key which is to open the vault from now on.

use std::path::PathBuf;

use clap::Args;
use coffer_backend::transit_key;
use coffer_vault::{KeySource, create_key_file};

use crate::failure::{Failure, Result};
use crate::{output, terminal};

/// The key that opens the vault from now on.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct NewKey {
    /// A passphrase, asked for, or in COFFER_NEW_PASSPHRASE
    #[arg(long)]
    passphrase: bool,
    /// A key file; made with 32 random bytes where it does not exist
    #[arg(long, value_name = "FILE")]
    new_key_file: Option<PathBuf>,
    /// An environment variable that holds at least 32 random bytes as text
    #[arg(long, value_name = "VARIABLE")]
    environment: Option<String>,
    /// A program that prints at least 32 random bytes, with its arguments, split at spaces
    #[arg(long, value_name = "COMMAND")]
    command: Option<String>,
    /// A transit key of the OpenBao or HashiCorp Vault server that BAO_ADDR and BAO_TOKEN, or VAULT_ADDR and VAULT_TOKEN, name
    #[arg(long, value_name = "[MOUNT/]KEY")]
    transit: Option<String>,
}

impl NewKey {
    /// The key, asked for or made where need be.
    pub(crate) fn source(&self) -> Result<KeySource> {
        if let Some(path) = &self.new_key_file {
            if path.symlink_metadata().is_err() {
                create_key_file(path)?;
                output::note(&format!(
                    "Made the key file {} (32 random bytes, mode 0600). Keep a copy in a safe place.",
                    path.display()
                ));
            }
            return Ok(KeySource::KeyFile(path.clone()));
        }
        if let Some(variable) = &self.environment {
            return Ok(KeySource::Environment(variable.clone()));
        }
        if let Some(command) = &self.command {
            let words = command.split_whitespace().map(str::to_owned).collect();
            return Ok(KeySource::Command(words));
        }
        if let Some(key) = &self.transit {
            return Ok(transit_key(key)?);
        }
        match std::env::var("COFFER_NEW_PASSPHRASE") {
            Ok(text) if !text.is_empty() => Ok(KeySource::Passphrase(text.into())),
            _ if terminal::stdin_is_terminal() => Ok(KeySource::Passphrase(terminal::ask_twice(
                "New passphrase",
            )?)),
            _ => Err(Failure::Usage {
                what: "there is no terminal to ask for the new passphrase".into(),
                remedy: "put it into the environment variable COFFER_NEW_PASSPHRASE".into(),
            }),
        }
    }
}
