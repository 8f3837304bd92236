//! The provider block, and what every handler works with.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use coffer_backend::{EmbeddedStore, Key, SecretStore};
use coffer_plugin::{Diagnostic, Diagnostics, Host, Model, Path, Value, validators};
use coffer_vault::{Actor, KeySource};

use crate::phase::{OpenOn, Phase};
use crate::secret_text::SecretText;
use crate::sweep::sweep;

/// Hands secrets to other providers through ephemeral resources and write-only arguments, so that no value stands
/// in a state or a plan.
///
/// Without a block for a store, the provider uses the embedded vault that `COFFER_VAULT_FILE` names.
#[derive(Model)]
pub struct ProviderConfig {
    /// When ephemeral resources read: `always` (in plan and in apply) or `apply` (a plan then reads no value and
    /// needs no permission to). Each ephemeral resource can say otherwise. `always` unless set.
    #[attr(optional, validate = validators::one_of(OpenOn::NAMES))]
    open_on: Value<String>,
    /// What Terraform is doing: `plan`, `apply`, or `auto` to have the provider find out, which it can with
    /// Terraform but not with OpenTofu. Only `open_on` and `on_missing` look at it. Also `COFFER_PHASE`; `auto`
    /// unless set.
    #[attr(optional, validate = validators::one_of(Phase::NAMES))]
    phase: Value<String>,
    /// Why this run is made, for the audit trail: a ticket, a pipeline's URL. Also `COFFER_REASON`.
    #[attr(optional)]
    run_reason: Value<String>,
    /// The embedded vault: one encrypted file.
    #[block]
    local: Option<Local>,
}

/// The embedded vault: one encrypted file. Make it with `coffer init`.
#[derive(Clone, Model)]
#[model(conflicts("key_file", "passphrase", "token"))]
pub(crate) struct Local {
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

/// The settings of the environment that the provider block can override.
const VAULT_FILE: &str = "COFFER_VAULT_FILE";
const PHASE: &str = "COFFER_PHASE";
const REASON: &str = "COFFER_REASON";

/// The vault's file where nothing names one.
const DEFAULT_VAULT_FILE: &str = "vault.db";

impl ProviderConfig {
    /// Judges what no single attribute can tell.
    pub(crate) fn validate(&self, diagnostics: &mut Diagnostics) {
        let passphrase = self.local.as_ref().map(|local| &local.passphrase);
        if passphrase.is_some_and(|it| it.as_known().is_some_and(SecretText::is_empty)) {
            diagnostics.error_at(
                Path::root().attribute("local").attribute("passphrase"),
                "The passphrase is empty",
                "Give the vault's passphrase, or leave the argument out and set COFFER_PASSPHRASE.",
            );
        }
    }
}

/// What every handler works with: the store, and what the run is about.
pub struct Workplace {
    store: Arc<dyn SecretStore>,
    phase: Phase,
    open_on: OpenOn,
    swept: AtomicBool,
}

impl Workplace {
    /// Reads the settings; opens nothing.
    pub(crate) fn new(host: &Host, config: ProviderConfig) -> Result<Self, Diagnostic> {
        let phase = match config.phase.into_known().or_else(|| variable(PHASE)) {
            None => Phase::of_host(host),
            Some(text) => Phase::parse(&text, host).ok_or_else(|| {
                Diagnostic::error(
                    format!("{PHASE} is none of {}", Phase::NAMES.join(", ")),
                    "Correct the variable, or unset it to have the provider find out.",
                )
            })?,
        };
        let open_on = config.open_on.as_known().map(String::as_str);
        let actor = Actor::this_process("provider");
        let actor = match config.run_reason.into_known().or_else(|| variable(REASON)) {
            Some(reason) => actor.with_reason(reason),
            None => actor,
        };
        Ok(Self {
            store: local(config.local, actor),
            phase,
            open_on: open_on.map_or(OpenOn::Always, OpenOn::from_name),
            swept: AtomicBool::new(false),
        })
    }

    /// The store.
    pub(crate) fn store(&self) -> &dyn SecretStore {
        self.store.as_ref()
    }

    /// The embedded vault, for the object `wanted_by`.
    pub(crate) fn vault(&self, wanted_by: &str) -> Result<&EmbeddedStore, Diagnostic> {
        self.store.embedded().ok_or_else(|| {
            Diagnostic::error(
                format!("{wanted_by} needs the embedded vault"),
                format!("The store `{}` keeps these things to itself. Use a provider block with `local {{}}`.", self.store.kind()),
            )
        })
    }

    /// Ends what earlier runs left behind, before the first lease of this one.
    pub(crate) async fn sweep_once(&self, vault: &EmbeddedStore) {
        if !self.swept.swap(true, Ordering::Relaxed) {
            sweep(vault).await;
        }
    }

    /// Ends what was handed out and left behind, if the vault was used at all.
    pub(crate) async fn shutdown(&self) {
        if let Some(vault) = self.store.embedded().filter(|vault| vault.is_open()) {
            sweep(vault).await;
        }
    }

    /// What Terraform is doing.
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// When ephemeral resources read that do not say it themselves.
    pub(crate) fn open_on(&self) -> OpenOn {
        self.open_on
    }
}

/// The embedded vault of the block, or of the environment.
fn local(block: Option<Local>, actor: Actor) -> Arc<dyn SecretStore> {
    let block = block.unwrap_or_else(Local::null);
    if let Some(setting) = block.unknown_setting() {
        return Arc::new(EmbeddedStore::not_ready(setting, actor));
    }
    let path = block
        .path
        .into_known()
        .map(PathBuf::from)
        .or_else(|| {
            std::env::var_os(VAULT_FILE)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        })
        .unwrap_or_else(|| DEFAULT_VAULT_FILE.into());
    let key = if let Some(file) = block.key_file.into_known() {
        Key::Given(KeySource::KeyFile(file.into()))
    } else if let Some(passphrase) = block.passphrase.into_known() {
        Key::Given(KeySource::Passphrase(passphrase.into_secret()))
    } else if let Some(token) = block.token.into_known() {
        Key::Given(KeySource::Token(token.into_secret()))
    } else {
        Key::Environment
    };
    let sinks = block.audit_sinks.into_known().unwrap_or_default();
    Arc::new(EmbeddedStore::new(path, key, actor).with_audit_sinks(sinks))
}

impl Local {
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

/// The environment variable `name`, unless it is empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
