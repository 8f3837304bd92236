//! `coffer init`

use std::path::PathBuf;

use clap::Args;
use coffer_vault::{Error, KeySource, Vault, create_key_file};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session, terminal};

/// Make a new vault.
///
/// With COFFER_KEY_FILE or --key-file, the key in that file opens the vault; where the file does not exist, it is made
/// with 32 random bytes and mode 0600. Otherwise a passphrase opens it: COFFER_PASSPHRASE, or what you type.
///
/// Neither the vault nor the key file ever overwrites a file. Whoever has the key and the file has every secret, so
/// keep the key file elsewhere, and keep a copy: without it nothing opens the vault.
#[derive(Args)]
pub(crate) struct Init {}

impl Init {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        if global.vault().symlink_metadata().is_ok() {
            return Err(Error::Exists {
                path: global.vault(),
            }
            .into());
        }
        let (key, made) = match session::named_key(global)? {
            Some(KeySource::Token(_) | KeySource::Role { .. }) => {
                return Err(Failure::Usage {
                    what: "a token or a role cannot open a new vault".into(),
                    remedy: "unset COFFER_TOKEN, COFFER_ROLE_ID and COFFER_SECRET_ID, and give a key file or a passphrase".into(),
                });
            }
            Some(KeySource::KeyFile(path)) => {
                let made = if path.symlink_metadata().is_err() {
                    create_key_file(&path)?;
                    Some(path.clone())
                } else {
                    None
                };
                (KeySource::KeyFile(path), made)
            }
            Some(key) => (key, None),
            None if terminal::stdin_is_terminal() => (
                KeySource::Passphrase(terminal::ask_twice("Passphrase")?),
                None,
            ),
            None => {
                return Err(Error::NoKey {
                    path: global.vault(),
                }
                .into());
            }
        };
        if let Err(error) = Vault::init(&global.vault(), &key, session::actor(global)) {
            // The key file opens nothing, and would only be in the way of the next attempt.
            if let Some(path) = &made {
                let _ = std::fs::remove_file(path);
            }
            return Err(error.into());
        }
        report(global, &key, made)
    }
}

fn report(global: &Global, key: &KeySource, made: Option<PathBuf>) -> Result<()> {
    if global.format == Format::Json {
        return output::json(&json!({
            "vault": global.vault(),
            "opened_by": key.describe(),
            "created_key_file": made,
        }));
    }
    if let Some(path) = &made {
        output::line(&format!(
            "Made the key file {} (32 random bytes, mode 0600). Keep a copy in a safe place.",
            path.display()
        ))?;
    }
    output::line(&format!(
        "Made the vault {}; it opens with {}.",
        global.vault().display(),
        key.describe()
    ))
}
