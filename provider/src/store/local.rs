//! `provider "coffer" { local {} }`

use std::path::PathBuf;
use std::sync::Arc;

use coffer_backend::{EmbeddedStore, Key, SecretStore, transit_key};
use coffer_plugin::{Diagnostic, Model, Path, Value, validators};
use coffer_vault::KeySource;

use super::{StoreBlock, Surroundings};
use crate::configure::variable;
use crate::secret_text::SecretText;

/// The embedded vault: one encrypted file. Make it with `coffer init`.
#[derive(Clone, Model)]
#[model(conflicts("key_file", "passphrase", "token", "secret_id", "transit_key"))]
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
    /// A transit key of HashiCorp Vault or OpenBao that opens the vault, after `coffer slot add --transit`: `KEY`, or
    /// `MOUNT/KEY` where the engine is not mounted at `transit`. Server and token are those of `BAO_ADDR` and `BAO_TOKEN`, or
    /// `VAULT_ADDR` and `VAULT_TOKEN`, and what else the `vault` block takes from the environment. Also
    /// `COFFER_TRANSIT_KEY`.
    #[attr(optional, validate = validators::not_empty())]
    transit_key: Value<String>,
    /// A token of `coffer token create`, which opens no more than it was granted. May be an ephemeral value. Also
    /// `COFFER_TOKEN`.
    #[attr(optional, sensitive)]
    token: Value<SecretText>,
    /// The id of a role of `coffer role create`, to log in with `secret_id`. Also `COFFER_ROLE_ID`.
    #[attr(optional, validate = validators::not_empty())]
    role_id: Value<String>,
    /// A secret id of `coffer role secret-id`. May be an ephemeral value. Each start of the provider is a login, and a plan
    /// and an apply have several: make the role with enough of them (`--secret-id-uses`). Also `COFFER_SECRET_ID`.
    #[attr(optional, sensitive)]
    secret_id: Value<SecretText>,
    /// Places that get every audit row besides the vault, and without which nothing is handed out: `file:PATH`,
    /// `syslog`, `syslog+udp://HOST:PORT`, `syslog+tcp://HOST:PORT`, `syslog+tls://HOST:PORT`, or the `https://` address
    /// of a webhook, whose messages are signed with `COFFER_WEBHOOK_KEY`. Also `COFFER_AUDIT_SINK`, with spaces between
    /// them; both count.
    #[attr(optional, sensitive)]
    audit_sinks: Value<Vec<String>>,
}

/// Where the vault's file is, unless the block says so.
const VAULT_FILE: &str = "COFFER_VAULT_FILE";
/// What a machine logs in with, unless the block says so.
const ROLE_ID: &str = "COFFER_ROLE_ID";
const SECRET_ID: &str = "COFFER_SECRET_ID";
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
        let role = self.role_id.into_known();
        let secret_id = self.secret_id.into_known().or_else(|| {
            // Without the role's id in the block, both are the environment's.
            let given = role.as_ref().and_then(|_| variable(SECRET_ID));
            given.map(SecretText::from)
        });
        let key = if let Some(file) = self.key_file.into_known() {
            Key::Given(KeySource::KeyFile(file.into()))
        } else if let Some(passphrase) = self.passphrase.into_known() {
            Key::Given(KeySource::Passphrase(passphrase.into_secret()))
        } else if let Some(name) = self.transit_key.into_known() {
            Key::Given(transit(&name, surroundings.offline)?)
        } else if let Some(token) = self.token.into_known() {
            Key::Given(KeySource::Token(token.into_secret()))
        } else if let Some(secret_id) = secret_id {
            Key::Given(KeySource::Role {
                id: role.or_else(|| variable(ROLE_ID)).unwrap_or_default(),
                secret_id: secret_id.into_secret(),
            })
        } else if role.is_some() {
            return Err(Diagnostic::error(
                "A role's id opens nothing by itself",
                "Give a secret id with it, here or in COFFER_SECRET_ID: `coffer role secret-id` makes one.",
            )
            .at("local"));
        } else {
            Key::Environment
        };
        let sinks = self.audit_sinks.into_known().unwrap_or_default();
        let store = EmbeddedStore::new(path, key, actor).with_audit_sinks(sinks);
        Ok(Arc::new(store))
    }
}

/// The transit key `name`, which is reached over a network.
fn transit(name: &str, is_offline: bool) -> Result<KeySource, Diagnostic> {
    let refused = |summary: &str, detail: String| {
        let at = Path::root().attribute("local").attribute("transit_key");
        Diagnostic::error(summary, detail).at(at)
    };
    if is_offline {
        return Err(refused(
            "A transit key is not used offline",
            "offline is set, and the key is asked for over a network. Unset it, or open the vault with another slot."
                .to_owned(),
        ));
    }
    transit_key(name)
        .map_err(|error| refused("This is no transit key", format!("Cannot use it: {error}.")))
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
            ("local.transit_key", self.transit_key.is_unknown()),
            ("local.token", self.token.is_unknown()),
            ("local.role_id", self.role_id.is_unknown()),
            ("local.secret_id", self.secret_id.is_unknown()),
            ("local.audit_sinks", self.audit_sinks.is_unknown()),
        ]
        .into_iter()
        .find_map(|(setting, unknown)| unknown.then_some(setting))
    }
}
