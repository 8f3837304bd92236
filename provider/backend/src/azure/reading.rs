//! Reading values and listing secrets.

use coffer_vault::{
    Secret, SecretMetadata, SecretName, SecretVersion, Stage, VersionMetadata, VersionSelector,
};
use futures_util::{StreamExt, stream};

use super::api::Fault;
use super::record::{Note, Record, State};
use super::store::{AT_A_TIME, Connection, Found};
use super::view;
use super::wire::{Item, Tags, time};
use super::{SPELLING, SYSTEM, tags, value};
use crate::error::{Error, Result};
use crate::refusal;

impl Connection {
    pub(super) async fn get(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        let id = self.id(name)?;
        let is_current = matches!(
            which,
            VersionSelector::Current | VersionSelector::Stage(Stage::Current)
        );
        if is_current {
            // Mostly the current version is the newest, and says so itself.
            match self.api.get(&id, "").await {
                Ok((item, text)) => {
                    if let Some(found) = current(name, item, text) {
                        return Ok(found);
                    }
                }
                Err(Fault::NotFound) => return Err(self.missing(name).await),
                Err(Fault::Disabled) => {}
                Err(fault) => return Err(fault.about(name, Some(which))),
            }
        }
        let view = self.look(name).await?;
        let seen = view.select(which)?;
        refusal::unreadable(SYSTEM, &view.version(seen))?;
        let number = VersionSelector::Version(seen.number());
        let read = self.api.get(&id, seen.id()).await;
        let (item, text) = read.map_err(|fault| fault.about(name, Some(number)))?;
        let metadata = view::version(name, &item, &seen.note, &view.record);
        let value = value::read(text, &item.tags.unwrap_or_default());
        Ok(SecretVersion::new(value, metadata))
    }

    /// The metadata of a secret, also of a deleted one.
    pub(super) async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        match self.find(name).await? {
            Found::Live(view) => Ok(view.metadata()),
            Found::Nothing => self.deleted_metadata(name).await,
        }
    }

    pub(super) async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let view = self.look(name).await?;
        Ok(view.versions.iter().map(|it| view.version(it)).collect())
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let items = match self.api.secrets().await {
            Ok(items) => items,
            Err(Fault::Other(error)) => return Err(error),
            Err(fault) => {
                return Err(Error::Unexpected {
                    system: SYSTEM,
                    said: format!("to a list: {fault:?}"),
                });
            }
        };
        let start = SPELLING.write_prefix(prefix);
        // The secrets that belong to certificates come and go with them.
        let named = items
            .into_iter()
            .filter(|item| {
                let written = item.name().get(..start.len());
                written.is_some_and(|written| written.eq_ignore_ascii_case(&start))
                    && item.managed != Some(true)
            })
            .filter_map(|item| {
                let name = Record::name(&item).or_else(|| SPELLING.read(item.name()))?;
                Some((name, item))
            });
        let looks: Vec<_> = named
            .map(|(name, item)| async move {
                if let Some(metadata) = listed(&name, &item) {
                    return Ok(Some(metadata));
                }
                match self.find_in_any_case(&name).await? {
                    Found::Live(view) => {
                        let mut metadata = view.metadata();
                        metadata.name = view.stored_name().unwrap_or(metadata.name);
                        Ok(Some(metadata))
                    }
                    Found::Nothing => Ok(None),
                }
            })
            .collect();
        let looked: Vec<Result<Option<SecretMetadata>>> =
            stream::iter(looks).buffered(AT_A_TIME).collect().await;
        let mut found = Vec::new();
        for metadata in looked {
            found.extend(metadata?.filter(|it| it.name.as_str().starts_with(prefix)));
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}

/// The newest version where it says itself that it is current.
fn current(name: &SecretName, item: Item, text: Secret) -> Option<SecretVersion> {
    let tags = item.tags.as_ref()?;
    let (note, record) = (Note::read(tags)?, Record::read(tags)?);
    let is_current = note.state == State::Done
        && record.current == Some(note.number)
        && Record::name(&item).as_ref() == Some(name);
    is_current.then(|| {
        let metadata = view::version(name, &item, &note, &record);
        SecretVersion::new(value::read(text, tags), metadata)
    })
}

/// What the newest version says of its secret, where coffer has stored it and come to an end with it.
pub(super) fn listed(name: &SecretName, item: &Item) -> Option<SecretMetadata> {
    let tags: &Tags = item.tags.as_ref()?;
    let (note, record) = (Note::read(tags)?, Record::read(tags)?);
    if note.state != State::Done {
        return None;
    }
    let mut metadata = view::metadata(name, &record, &tags::labels(tags));
    metadata.latest = note.number;
    metadata.updated = item
        .attributes
        .updated
        .and_then(time)
        .unwrap_or(metadata.created);
    if record.current == Some(note.number) {
        metadata.expires = item.attributes.exp.and_then(time);
    }
    Some(metadata)
}
