//! Secrets in KV v2: versions with stages.

use std::time::Duration;

use coffer_vault::{SecretName, VersionMetadata, VersionSelector};

use super::SYSTEM;
use super::document::Document;
use super::kv2::Kv2;
use crate::error::{Error, Result};

/// How often a change is tried again because someone else changed the secret meanwhile.
pub(super) const RACES: u32 = 20;

/// A KV v2 engine whose versions carry stages.
pub(super) struct Versioned<'a>(pub(super) Kv2<'a>);

impl Versioned<'_> {
    /// Changes the document, again where someone else changed it meanwhile, and destroys the versions that are then
    /// beyond those to keep.
    pub(super) async fn edit(
        &self,
        name: &SecretName,
        change: impl Fn(&mut Document) -> Result<()>,
    ) -> Result<Document> {
        for race in 0..RACES {
            pause(race).await;
            let mut document = self.live(name).await?;
            let before = document.texts.clone();
            change(&mut document)?;
            if document.texts == before {
                return Ok(document);
            }
            if !self.0.save(&mut document).await? {
                continue;
            }
            let document = self.present(name).await?;
            let surplus = document.surplus();
            if surplus.is_empty() {
                return Ok(document);
            }
            self.0.mark("destroy", name, &surplus).await?;
            return self.present(name).await;
        }
        Err(raced(name))
    }

    /// The secret, also where it is deleted.
    pub(super) async fn present(&self, name: &SecretName) -> Result<Document> {
        let found = self.0.load(name).await?;
        found
            .filter(|document| document.exists() && !document.is_expired())
            .ok_or_else(|| Error::NotFound {
                system: SYSTEM,
                name: name.clone(),
            })
    }

    /// The secret, where it is not deleted.
    pub(super) async fn live(&self, name: &SecretName) -> Result<Document> {
        let document = self.present(name).await?;
        match document.deletion() {
            Some(_) => Err(deleted(&document)),
            None => Ok(document),
        }
    }
}

pub(super) fn select(document: &Document, which: VersionSelector) -> Result<VersionMetadata> {
    let number = match which {
        VersionSelector::Version(number) => Some(number),
        which => document.metadata().select(which),
    };
    let found = number.and_then(|number| document.version(number));
    found.ok_or_else(|| Error::NoSuchVersion {
        system: SYSTEM,
        name: document.name.clone(),
        selector: which,
    })
}

pub(super) fn deleted(document: &Document) -> Error {
    Error::Deleted {
        system: SYSTEM,
        name: document.name.clone(),
        recoverable_until: document
            .deletion()
            .map(|deletion| deletion.recoverable_until),
    }
}

pub(super) fn raced(name: &SecretName) -> Error {
    Error::Conflict {
        system: SYSTEM,
        name: name.clone(),
        expected: "a moment without other writers".to_owned(),
        found: format!("{RACES} changes by others in a row"),
    }
}

/// Waits a random while before a change is tried again.
pub(super) async fn pause(race: u32) {
    if race > 0 {
        let most = 10_u64.saturating_mul(u64::from(race));
        tokio::time::sleep(Duration::from_millis(fastrand::u64(1..=most))).await;
    }
}
