//! The stores of a provider block: one file for each kind of block.

mod aws;
mod azure;
mod env;
mod google;
mod local;
mod vault;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coffer_backend::{EmbeddedStore, GatheredReads, Patience, SecretStore, is_alias};
use coffer_plugin::{Diagnostic, Model, Path, Value};
use coffer_vault::Actor;

pub(crate) use aws::Aws;
pub(crate) use azure::Azure;
pub(crate) use env::Env;
pub(crate) use google::Google;
pub(crate) use local::Local;
pub(crate) use vault::Vault;

use crate::sweep::sweep;

/// Judges an `alias_name`, with the characters that a reference can hold.
fn alias_name(text: &str) -> Result<(), &'static str> {
    if is_alias(text) {
        return Ok(());
    }
    Err("An alias has lower-case letters, digits, - and _, and at least one of them.")
}

/// What all stores are made with.
pub(crate) struct Surroundings {
    /// Who works with them, for audit trails.
    pub(crate) actor: Actor,
    /// Whether stores that need a network are refused.
    pub(crate) offline: bool,
    /// How often a request to a remote store is repeated, where that is set.
    pub(crate) max_retries: Option<u32>,
    /// How many requests to one remote store are under way at a time.
    pub(crate) max_concurrency: usize,
    /// For how long values of remote stores are kept in memory, if at all.
    pub(crate) keep_for: Option<Duration>,
}

impl Surroundings {
    /// How patient a remote store is with the system behind it.
    fn patience(&self) -> Patience {
        let patience = Patience::default();
        Patience {
            retries: self.max_retries.unwrap_or(patience.retries),
            ..patience
        }
    }

    /// The remote store, behind what makes the most of each round trip.
    fn gather(&self, store: Arc<dyn SecretStore>) -> Arc<dyn SecretStore> {
        Arc::new(GatheredReads::new(
            store,
            self.max_concurrency,
            self.keep_for,
        ))
    }
}

/// A block of the provider that describes a store.
pub(crate) trait StoreBlock: Model {
    /// What the block is called.
    const KIND: &'static str;
    /// Whether it is reached over a network.
    const IS_REMOTE: bool;

    /// What tells blocks of one kind apart.
    fn alias_name(&self) -> &Value<String>;

    /// Makes the store. Connects to nothing and opens nothing.
    ///
    /// # Errors
    /// Where a setting is wrong.
    fn build(self, surroundings: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic>;
}

/// One store.
struct Entry {
    /// `aws`, or `aws:eu`.
    label: String,
    /// Whether a block describes it, or the environment alone.
    is_block: bool,
    store: Result<Arc<dyn SecretStore>, Diagnostic>,
    /// Whether leases that earlier runs left behind have been ended.
    swept: AtomicBool,
}

/// All stores that objects can name.
pub(crate) struct Stores {
    entries: Vec<Entry>,
    default: Option<String>,
}

impl Stores {
    /// No stores yet. `default` is the label of the store of objects that name none.
    pub(crate) fn new(default: Option<String>) -> Self {
        Self {
            entries: Vec::new(),
            default,
        }
    }

    /// Adds the stores that `blocks` describe, and the one of this kind that the environment describes where no block
    /// without an alias does.
    ///
    /// # Errors
    /// Where an alias is wrong.
    pub(crate) fn add<B: StoreBlock>(
        &mut self,
        blocks: Vec<B>,
        surroundings: &Surroundings,
    ) -> Result<(), Diagnostic> {
        let mut is_described = false;
        for (index, block) in blocks.into_iter().enumerate() {
            let at = Path::root()
                .attribute(B::KIND)
                .index(index)
                .attribute("alias_name");
            let label = match block.alias_name() {
                Value::Null => B::KIND.to_owned(),
                Value::Known(alias) => format!("{}:{alias}", B::KIND),
                Value::Unknown => {
                    let detail = "What a store is called has to be known from the start.";
                    return Err(Diagnostic::error("alias_name is not known", detail).at(at));
                }
            };
            if self.entries.iter().any(|entry| entry.label == label) {
                let detail = format!(
                    "Give one of the {} blocks an alias_name of its own.",
                    B::KIND
                );
                return Err(
                    Diagnostic::error(format!("Two stores are called {label}"), detail).at(at),
                );
            }
            is_described |= label == B::KIND;
            self.entries
                .push(Entry::of(label, true, block, surroundings));
        }
        if !is_described {
            let label = B::KIND.to_owned();
            self.entries
                .push(Entry::of(label, false, B::null(), surroundings));
        }
        Ok(())
    }

    /// Checks that the default store is there.
    ///
    /// # Errors
    /// Where it is not.
    pub(crate) fn check_default(&self) -> Result<(), Diagnostic> {
        match &self.default {
            Some(label) => self.entry(Some(label)).map(drop).map_err(|error| {
                Diagnostic::error("default_backend names no store", error.detail)
                    .at("default_backend")
            }),
            None => Ok(()),
        }
    }

    /// The store called `label`, or the default one.
    ///
    /// # Errors
    /// Where there is none, it cannot be told which, or its settings are wrong.
    pub(crate) fn get(&self, label: Option<&str>) -> Result<&dyn SecretStore, Diagnostic> {
        match &self.entry(label)?.store {
            Ok(store) => Ok(store.as_ref()),
            Err(problem) => Err(problem.clone()),
        }
    }

    fn entry(&self, label: Option<&str>) -> Result<&Entry, Diagnostic> {
        if let Some(label) = label.or(self.default.as_deref()) {
            let found = self.entries.iter().find(|entry| entry.label == label);
            return found.ok_or_else(|| {
                let labels: Vec<_> = self.entries.iter().map(|it| it.label.as_str()).collect();
                Diagnostic::error(
                    format!("There is no store {label:?}"),
                    format!(
                        "The provider has {}. Correct the name, or add a block for the store; alias_name tells several of \
                         one kind apart.",
                        labels.join(", ")
                    ),
                )
                .at("backend")
            });
        }
        let mut described = self.entries.iter().filter(|entry| entry.is_block);
        match (described.next(), described.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => self
                .entries
                .iter()
                .find(|entry| entry.label == Local::KIND)
                .ok_or_else(|| Diagnostic::error("There is no store", "Add a block for one.")),
            (Some(_), Some(_)) => Err(Diagnostic::error(
                "The store is not named",
                "The provider has several stores. Name one here with backend, or set default_backend in the provider \
                 block.",
            )
            .at("backend")),
        }
    }

    /// The embedded vaults that blocks describe, and the one of the environment, with what they are called.
    pub(crate) fn embedded(&self) -> impl Iterator<Item = (&str, &EmbeddedStore)> {
        let entries = self.entries.iter();
        entries.filter_map(|entry| Some((entry.label.as_str(), entry.embedded()?)))
    }

    /// Ends what earlier runs left behind in the embedded vault called `label`, before the first lease of this one.
    pub(crate) async fn sweep_once(&self, label: Option<&str>) {
        if let Ok(entry) = self.entry(label)
            && let Some(vault) = entry.embedded()
            && !entry.swept.swap(true, Ordering::Relaxed)
        {
            sweep(vault).await;
        }
    }

    /// Ends what was handed out and left behind, in the stores that were used at all.
    pub(crate) async fn shutdown(&self) {
        for entry in &self.entries {
            if let Some(vault) = entry.embedded().filter(|vault| vault.is_open()) {
                sweep(vault).await;
            }
            if let Ok(store) = &entry.store {
                store.close().await;
            }
        }
    }
}

impl Entry {
    fn of<B: StoreBlock>(
        label: String,
        is_block: bool,
        block: B,
        surroundings: &Surroundings,
    ) -> Self {
        let store = if B::IS_REMOTE && surroundings.offline {
            Err(Diagnostic::error(
                format!("The store {label} is not used offline"),
                "offline is set, and this store is reached over a network. Unset it, or use the embedded vault.",
            ))
        } else if B::IS_REMOTE {
            block
                .build(surroundings)
                .map(|store| surroundings.gather(store))
        } else {
            block.build(surroundings)
        };
        Self {
            label,
            is_block,
            store,
            swept: AtomicBool::new(false),
        }
    }

    fn embedded(&self) -> Option<&EmbeddedStore> {
        self.store.as_ref().ok()?.embedded()
    }
}
