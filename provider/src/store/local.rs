//! `provider "coffer" { local {} }`

use std::path::PathBuf;
use std::sync::Arc;

use coffer_backend::{EmbeddedStore, Key, SecretStore};
use coffer_plugin::{Diagnostic, Model, Value, validators};
use coffer_vault::KeySource;

use super::{StoreBlock, Surroundings};
use crate::secret_text::SecretText;

/// The embedded vault: one encrypted file. Make it with `coffer init`.
#[derive(Clone, Model)]
#[model(conflicts("key_file", "passphrase", "token"))]
pub(crate) struct Local {
    /// What tells several blocks of this kind apart: objects name this store `local:` with the alias.
    #[attr(optional, validate = super::alias_name)]
    alias_name: Value<String>,
    /// The vault's file. Also `COFFER_VAULT_FILE`; `vault.db` in Terraform's working directory unless set.
    #[attr(optional, validate = validators::not_empty())]
    path: Value<String>,
    /// A file of at least 32 random bytes that opens the vault, readable by its owner alone. Also
    /// `COFFER_KEY_FILE`.
    #[attr(optional, validate = validators::not_empty())]
    key_file: Value<String>,
    /// The passphrase that opens the vault. May be an ephemeral value. Also `COFFER_PASSPHRASE`.
    #[attr(optional, sensitive)]
    passphrase: Value<SecretText>,
    /// A token of `coffer token create`, which opens no more than it was granted. May be an ephemeral value. Also
    /// `COFFER_TOKEN`.
    #[attr(optional, sensitive)]
    token: Value<SecretText>,
    /// Places that get every audit row besides the vault, and without which nothing is handed out: `file:PATH`,
    /// `syslog`, `syslog+udp://HOST:PORT`, `syslog+tcp://HOST:PORT`, `syslog+tls://HOST:PORT`, or the `https://` address
    /// of a webhook, whose messages are signed with `COFFER_WEBHOOK_KEY`. Also `COFFER_AUDIT_SINK`, with spaces between
    /// them; both count.
    #[attr(optional, sensitive)]
    audit_sinks: Value<Vec<String>>,
}

/// Where the vault's file is, unless the block says so.
const VAULT_FILE: &str = "COFFER_VAULT_FILE";
/// The vault's file where nothing names one.
const DEFAULT_VAULT_FILE: &str = "vault.db";

impl StoreBlock for Local {
    const KIND: &'static str = "local";
    const IS_REMOTE: bool = false;

    fn alias_name(&self) -> &Value<String> {
        &self.alias_name
    }

    fn build(self, surroundings: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic> {
        let actor = surroundings.actor.clone();
        if let Some(setting) = self.unknown_setting() {
            return Ok(Arc::new(EmbeddedStore::not_ready(setting, actor)));
        }
        let path = self
            .path
            .into_known()
            .map(PathBuf::from)
            .or_else(|| {
                std::env::var_os(VAULT_FILE)
                    .filter(|path| !path.is_empty())
                    .map(PathBuf::from)
            })
            .unwrap_or_else(|| DEFAULT_VAULT_FILE.into());
        let key = if let Some(file) = self.key_file.into_known() {
            Key::Given(KeySource::KeyFile(file.into()))
        } else if let Some(passphrase) = self.passphrase.into_known() {
            Key::Given(KeySource::Passphrase(passphrase.into_secret()))
        } else if let Some(token) = self.token.into_known() {
            Key::Given(KeySource::Token(token.into_secret()))
        } else {
            Key::Environment
        };
        let sinks = self.audit_sinks.into_known().unwrap_or_default();
        let store = EmbeddedStore::new(path, key, actor).with_audit_sinks(sinks);
        Ok(Arc::new(store))
    }
}

impl Local {
    /// Whether the passphrase is given and empty.
    pub(crate) fn has_an_empty_passphrase(&self) -> bool {
        self.passphrase.as_known().is_some_and(SecretText::is_empty)
    }

    /// A setting that Terraform does not know yet. The store then works only once it is known.
    fn unknown_setting(&self) -> Option<&'static str> {
        [
            ("local.path", self.path.is_unknown()),
            ("local.key_file", self.key_file.is_unknown()),
            ("local.passphrase", self.passphrase.is_unknown()),
            ("local.token", self.token.is_unknown()),
            ("local.audit_sinks", self.audit_sinks.is_unknown()),
        ]
        .into_iter()
        .find_map(|(setting, unknown)| unknown.then_some(setting))
    }
}
