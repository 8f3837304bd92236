//! `provider "coffer" { env {} }`

use std::sync::Arc;

use coffer_backend::{EnvStore, SecretStore};
use coffer_plugin::{Diagnostic, Model, Value, validators};

use super::{StoreBlock, Surroundings};

/// The environment: read-only, for development and for pipelines that hand secrets over that way. The secret `prod/db`
/// is the variable `PROD_DB`, or the content of the file that `PROD_DB_FILE` names.
///
/// The environment is no vault: every child process inherits it, nothing records who read it, and how old a value is
/// nobody knows.
#[derive(Clone, Model)]
pub(crate) struct Env {
    /// What tells several blocks of this kind apart: objects name this store `env:` with the alias.
    #[attr(optional, validate = super::alias_name)]
    alias_name: Value<String>,
    /// What the variables' names begin with, and the secrets' names do not, such as `APP_`.
    #[attr(optional)]
    prefix: Value<String>,
    /// Patterns of the variables that may be read, such as `APP_*`. All may unless set.
    #[attr(optional, validate = validators::items(1..=1000))]
    allow: Value<Vec<String>>,
    /// Whether a variable with `_FILE` after the name may name a file that holds the value. `true` unless set.
    #[attr(optional)]
    files: Value<bool>,
}

impl StoreBlock for Env {
    const KIND: &'static str = "env";
    const IS_REMOTE: bool = false;

    fn alias_name(&self) -> &Value<String> {
        &self.alias_name
    }

    fn build(self, _: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic> {
        Ok(Arc::new(EnvStore::new(
            self.prefix.known_or_else(String::new),
            self.allow.known_or_else(Vec::new),
            self.files.as_known().copied().unwrap_or(true),
        )))
    }
}
