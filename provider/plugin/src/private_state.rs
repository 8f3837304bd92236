//! Data that the provider keeps beside a resource's state.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diagnostic::Diagnostic;

/// Data that the provider keeps beside a resource's state, under names of its own.
///
/// Terraform stores it base64-encoded in the state and shows it to nobody. It is **not secret**: keep digests,
/// revisions and marks in it, never a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateState {
    entries: BTreeMap<String, Vec<u8>>,
}

impl PrivateState {
    /// The entry `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.entries.get(name).map(Vec::as_slice)
    }

    /// Sets the entry `name`.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.entries.insert(name.into(), value.into());
    }

    /// Removes the entry `name`.
    pub fn remove(&mut self, name: &str) {
        self.entries.remove(name);
    }

    /// The entry `name`, read as JSON. `None` if it is missing or was written by something else.
    #[must_use]
    pub fn get_json<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(self.get(name)?).ok()
    }

    /// Sets the entry `name` to `value` as JSON.
    ///
    /// # Errors
    /// A diagnostic if `value` has no JSON form.
    pub fn set_json<T: Serialize>(
        &mut self,
        name: impl Into<String>,
        value: &T,
    ) -> Result<(), Diagnostic> {
        let name = name.into();
        let bytes = serde_json::to_vec(value).map_err(|error| {
            Diagnostic::error(
                "Private state cannot be written",
                format!(
                    "The entry {name} has no JSON form: {error}. This is a bug of the provider."
                ),
            )
        })?;
        self.set(name, bytes);
        Ok(())
    }

    /// Anything that this SDK did not write counts as empty: private state is never worth a failed plan.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let entries: BTreeMap<String, String> = serde_json::from_slice(bytes).unwrap_or_default();
        let entries = entries
            .into_iter()
            .filter_map(|(name, value)| Some((name, STANDARD.decode(value).ok()?)))
            .collect();
        Self { entries }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let entries: BTreeMap<&String, String> = self
            .entries
            .iter()
            .map(|(name, value)| (name, STANDARD.encode(value)))
            .collect();
        // A map of strings always has a JSON form.
        serde_json::to_vec(&entries).unwrap_or_default()
    }
}
