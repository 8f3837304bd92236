//! The provider block, and what every handler works with.

use std::time::Duration;

use coffer_plugin::{Call, Diagnostic, Diagnostics, Host, Model, Path, Value, validators};
use coffer_vault::Actor;

use crate::alerts::{Alerts, AlertsBlock};
use crate::guard::{Guard, GuardSettings};
use crate::period::Period;
use crate::phase::{OpenOn, Phase};
use crate::store::{Aws, Azure, Env, Google, Local, Stores, Surroundings, Vault};

/// Hands secrets to other providers through ephemeral resources and write-only arguments, so that no value stands
/// in a state or a plan.
///
/// Without a block for a store, the provider uses the embedded vault that `COFFER_VAULT_FILE` names.
#[derive(Model)]
pub struct ProviderConfig {
    /// The store of objects that name none: its kind, such as `local` or `aws`, or kind and `alias_name`, such as
    /// `aws:eu`. Also `COFFER_BACKEND`. Unless set, it is the only store that a block describes, or the embedded vault
    /// where there is no block.
    #[attr(optional, validate = validators::not_empty())]
    default_backend: Value<String>,
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
    /// Whether stores that are reached over a network are refused, for tests and for machines without one. Also
    /// `COFFER_OFFLINE=1`; `false` unless set.
    #[attr(optional)]
    offline: Value<bool>,
    /// How many requests to one remote store are under way at a time. 8 unless set.
    #[attr(optional, validate = validators::between(1..=100))]
    max_concurrency: Value<u32>,
    /// How often a request to a remote store is repeated when the system is overloaded or does not answer. 5 unless
    /// set; 4 with AWS, whose block has `max_attempts` besides.
    #[attr(optional, validate = validators::between(0..=20))]
    max_retries: Value<u32>,
    /// Keeps values of remote stores in this process's memory, so that several objects that read the same value cost one
    /// request. Without this block, only reads at the same moment share one.
    #[block]
    cache: Option<Cache>,
    #[block]
    guard: Option<GuardSettings>,
    #[block]
    alerts: Option<AlertsBlock>,
    /// The embedded vault: one encrypted file.
    #[block]
    local: Vec<Local>,
    /// AWS Secrets Manager.
    #[block]
    aws: Vec<Aws>,
    /// Azure Key Vault.
    #[block]
    azure: Vec<Azure>,
    /// HashiCorp Vault or OpenBao.
    #[block]
    vault: Vec<Vault>,
    /// Google Secret Manager.
    #[block]
    google: Vec<Google>,
    /// The environment.
    #[block]
    env: Vec<Env>,
}

/// How values are kept in memory.
#[derive(Model)]
pub(crate) struct Cache {
    /// For how long, such as `30s`. `5m` unless set; the process ends with the plan or the apply.
    #[attr(optional)]
    ttl: Value<Period>,
}

impl Cache {
    fn ttl(&self) -> Duration {
        let ttl = self.ttl.as_known().map(Period::length);
        ttl.and_then(|ttl| ttl.try_into().ok()).unwrap_or(CACHE_TTL)
    }
}

/// For how long values are kept unless the block says so.
const CACHE_TTL: Duration = Duration::from_secs(300);
/// How many requests are under way at a time unless the block says so.
const MAX_CONCURRENCY: u32 = 8;

/// The settings of the environment that the provider block can override.
const BACKEND: &str = "COFFER_BACKEND";
const OFFLINE: &str = "COFFER_OFFLINE";
const PHASE: &str = "COFFER_PHASE";
const REASON: &str = "COFFER_REASON";

impl ProviderConfig {
    /// Judges what no single attribute can tell.
    pub(crate) fn validate(&self, diagnostics: &mut Diagnostics) {
        for (index, local) in self.local.iter().enumerate() {
            if local.has_an_empty_passphrase() {
                diagnostics.error_at(
                    Path::root()
                        .attribute("local")
                        .index(index)
                        .attribute("passphrase"),
                    "The passphrase is empty",
                    "Give the vault's passphrase, or leave the argument out and set COFFER_PASSPHRASE.",
                );
            }
        }
    }
}

/// What every handler works with: the stores, and what the run is about.
pub struct Workplace {
    stores: Stores,
    phase: Phase,
    open_on: OpenOn,
    guard: Guard,
    alerts: Option<Alerts>,
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
        let offline = match config.offline {
            Value::Known(offline) => offline,
            _ => variable(OFFLINE).is_some_and(|it| it == "1" || it == "true"),
        };
        let surroundings = Surroundings {
            actor,
            offline,
            max_retries: config.max_retries.into_known(),
            max_concurrency: config
                .max_concurrency
                .known_or(MAX_CONCURRENCY)
                .try_into()
                .unwrap_or(usize::MAX),
            keep_for: config.cache.map(|cache| cache.ttl()),
        };
        let default = config.default_backend.into_known();
        let mut stores = Stores::new(default.or_else(|| variable(BACKEND)));
        stores.add(config.local, &surroundings)?;
        stores.add(config.aws, &surroundings)?;
        stores.add(config.azure, &surroundings)?;
        stores.add(config.vault, &surroundings)?;
        stores.add(config.google, &surroundings)?;
        stores.add(config.env, &surroundings)?;
        stores.check_default()?;
        let guard = config.guard.map(Guard::new).transpose()?;
        Ok(Self {
            stores,
            phase,
            open_on: open_on.map_or(OpenOn::Always, OpenOn::from_name),
            guard: guard.unwrap_or_default(),
            alerts: config.alerts.map(Alerts::new).transpose()?,
        })
    }

    /// Tells what in the audit trails deserves a look, where that is wanted: once, with the plan.
    ///
    /// # Errors
    /// Where alerts are to be errors.
    pub(crate) async fn tell_alerts(&self, call: &Call) -> coffer_plugin::Result<()> {
        if let Some(alerts) = self.alerts.as_ref().filter(|_| self.phase != Phase::Apply) {
            for (label, vault) in self.stores.embedded() {
                alerts.tell(call, label, vault).await?;
            }
        }
        Ok(())
    }

    /// The stores.
    pub(crate) fn stores(&self) -> &Stores {
        &self.stores
    }

    /// What this run may read.
    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Ends what was handed out and left behind.
    pub(crate) async fn shutdown(&self) {
        self.stores.shutdown().await;
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

/// The environment variable `name`, unless it is empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
