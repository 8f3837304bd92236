//! Opening the vault that the arguments and the environment name.

use std::path::Path;
use std::time::Duration;

use coffer_backend::{AuditTarget, key_from_environment, transit_key};
use coffer_vault::{Actor, Error, KeySource, Vault};

use crate::arguments::Global;
use crate::failure::Result;
use crate::terminal;

/// Who does this, for the audit trail.
pub(crate) fn actor(global: &Global) -> Actor {
    let actor = Actor::this_process("cli");
    match global.reason() {
        Some(reason) => actor.with_reason(reason),
        None => actor,
    }
}

/// The key that the arguments or the environment name, before anyone is asked.
pub(crate) fn named_key(global: &Global) -> Result<Option<KeySource>> {
    if let Some(path) = &global.key_file {
        return Ok(Some(KeySource::KeyFile(path.clone())));
    }
    if let Some(variable) = &global.key_env {
        return Ok(Some(KeySource::Environment(variable.clone())));
    }
    if let Some(command) = &global.key_command {
        let words = command.split_whitespace().map(str::to_owned).collect();
        return Ok(Some(KeySource::Command(words)));
    }
    if let Some(key) = &global.key_transit {
        return Ok(Some(transit_key(key)?));
    }
    Ok(key_from_environment()?)
}

/// The key that is named, or the passphrase asked for, to open `file`.
pub(crate) fn key(global: &Global, file: &Path) -> Result<KeySource> {
    let path = file.to_path_buf();
    match named_key(global)? {
        Some(key) => Ok(key),
        // Not worth asking for the key of a file that is not there.
        None if !path.exists() => Err(Error::Missing { path }.into()),
        None if terminal::stdin_is_terminal() => {
            let prompt = format!("Passphrase of {}: ", path.display());
            Ok(KeySource::Passphrase(terminal::ask(&prompt)?))
        }
        None => Err(Error::NoKey { path }.into()),
    }
}

/// Opens the vault; asks for the passphrase where no key is named and there is someone to ask.
pub(crate) fn open(global: &Global) -> Result<Vault> {
    coffer_vault::set_lock_timeout(Duration::from_secs(global.lock_timeout));
    let mut targets = AuditTarget::from_environment()?;
    for sink in &global.audit_sink {
        targets.push(AuditTarget::parse(sink)?);
    }
    let key = key(global, &global.vault())?;
    let vault = Vault::open(&global.vault(), &key, actor(global))?;
    targets
        .iter()
        .try_fold(vault, |vault, target| Ok(vault.with_sink(target.open()?)))
}
