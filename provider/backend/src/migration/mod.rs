//! Moving secrets from one store to another with their versions, stages and metadata.

mod plan;
#[cfg(test)]
mod tests;
mod transfer;

use coffer_vault::SecretName;

use crate::error::{Error, Result};
use crate::store::SecretStore;

/// The annotation that a secret has on its way and afterwards: the store that it came from.
const SOURCE: &str = "migrate.from";
/// The annotation of a secret that has arrived: the newest version where it came from and its own, as `4:4`. What happens
/// to it afterwards is no business of a move.
const ARRIVED: &str = "migrate.arrived";
/// A move of secrets between two stores. It reads from the one and never changes it.
pub struct Migration<'a> {
    from: &'a dyn SecretStore,
    to: &'a dyn SecretStore,
}

/// What will become of one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedMove {
    /// The secret.
    pub name: SecretName,
    /// The versions that are still to be copied, the oldest first.
    pub copies: Vec<u64>,
    /// The versions that cannot be read any more and get a destroyed one in their place.
    pub gaps: Vec<u64>,
    /// What will be different there, in sentences.
    pub notes: Vec<String>,
    /// Whether an earlier run has begun with it.
    pub is_resumed: bool,
    /// Whether it has arrived, and nothing is to be done.
    pub is_done: bool,
    /// Why it cannot be moved.
    pub obstacle: Option<String>,
}

/// What became of one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// The secret.
    pub name: SecretName,
    /// How many versions were copied now.
    pub copied: usize,
    /// How many values were read from both stores afterwards and found to be the same.
    pub verified: usize,
    /// The current version there.
    pub current: Option<u64>,
}

impl<'a> Migration<'a> {
    /// A move between two stores.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the target cannot be written, or keeps no notes of what was moved.
    pub fn new(from: &'a dyn SecretStore, to: &'a dyn SecretStore) -> Result<Self> {
        let can = to.capabilities();
        if !can.write.works() || !can.annotations.works() {
            return Err(Error::Unsupported {
                system: to.kind(),
                what: "take secrets with their history",
                instead: "move to another store",
            });
        }
        Ok(Self { from, to })
    }
}
