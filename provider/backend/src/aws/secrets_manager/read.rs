//! Reading values.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_secretsmanager::primitives::{Blob, DateTime};
use aws_sdk_secretsmanager::types::SecretValueEntry;
use coffer_vault::{
    Secret, SecretName, SecretVersion, Stage, Timestamp, VersionMetadata, VersionSelector,
};
use futures_util::{StreamExt, stream};

use super::describe::{deleted, no_such_version};
use super::history::{label_of, number_of, stages_of};
use super::version_id::VersionId;
use super::{SYSTEM, SecretsManager, failure};
use crate::aws::failure::Failure;
use crate::aws::time::timestamp;
use crate::error::{Error, Result};
use crate::store::BatchResult;

/// How many secrets the service hands out in one answer.
const BATCH: usize = 20;
/// How many requests run at a time.
const REQUESTS_AT_A_TIME: usize = 8;

/// Which version the service is asked for.
enum Wanted<'a> {
    Label(&'static str),
    Id(&'a str),
}

impl SecretsManager {
    /// Reads one value.
    pub(super) async fn read(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        match which {
            VersionSelector::Current => self.read_stage(name, Stage::Current).await,
            VersionSelector::Stage(stage) => self.read_stage(name, stage).await,
            VersionSelector::Version(number) => self.read_number(name, number).await,
        }
    }

    async fn read_stage(&self, name: &SecretName, stage: Stage) -> Result<SecretVersion> {
        let which = VersionSelector::Stage(stage);
        let found = self
            .fetch(name, Wanted::Label(label_of(stage)), which)
            .await?;
        if found.metadata.stages.contains(&stage) {
            Ok(found)
        } else {
            // Its label stayed behind when the version became current.
            Err(no_such_version(name, which))
        }
    }

    /// A number is mostly the current one, which is read without a look at the others.
    async fn read_number(&self, name: &SecretName, number: u64) -> Result<SecretVersion> {
        let which = VersionSelector::Version(number);
        match self.read_stage(name, Stage::Current).await {
            Ok(found) if found.metadata.version == number => return Ok(found),
            Ok(_) | Err(Error::NoSuchVersion { .. }) => {}
            Err(error) => return Err(error),
        }
        let history = self.history(name).await?;
        let entry = history
            .select(which)
            .ok_or_else(|| no_such_version(name, which))?;
        let mut found = self.fetch(name, Wanted::Id(&entry.id), which).await?;
        found.metadata.version = number;
        Ok(found)
    }

    /// The value of the version with this id.
    pub(super) async fn read_id(&self, name: &SecretName, id: &str) -> Result<Secret> {
        let which = VersionSelector::Current;
        Ok(self.fetch(name, Wanted::Id(id), which).await?.value)
    }

    async fn fetch(
        &self,
        name: &SecretName,
        wanted: Wanted<'_>,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        let request = self
            .client()
            .await?
            .get_secret_value()
            .secret_id(self.secret_id(name).await?);
        let request = match wanted {
            Wanted::Label(label) => request.version_stage(label),
            Wanted::Id(id) => request.version_id(id),
        };
        match request.send().await {
            Ok(answer) => Answer {
                id: answer.version_id,
                created: answer.created_date,
                labels: answer.version_stages,
                text: answer.secret_string,
                bytes: answer.secret_binary,
            }
            .read(name),
            Err(error) => Err(self.explain(name, failure(&error), which).await),
        }
    }

    /// The service gives one code for a missing secret and a missing version, and one for a deleted secret and other
    /// things: a look at the secret tells them apart.
    async fn explain(&self, name: &SecretName, failure: Failure, which: VersionSelector) -> Error {
        let missing = failure.is("ResourceNotFoundException");
        if missing || failure.is("InvalidRequestException") {
            match self.describe(name).await {
                Ok(described) => {
                    if let Some(until) = described.deleted_date() {
                        return deleted(name, until);
                    }
                    if missing {
                        return no_such_version(name, which);
                    }
                }
                Err(error @ Error::NotFound { .. }) => return error,
                // Whoever may read the value need not be allowed to look; the first answer is then all there is.
                Err(_) => {}
            }
        }
        failure.reading(name)
    }

    /// Reads many values: the current ones in batches, the others one by one.
    pub(super) async fn read_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        let names: BTreeSet<&SecretName> = wanted
            .iter()
            .filter(|(_, which)| is_mostly_current(*which))
            .map(|(name, _)| name)
            .collect();
        let current = match names.len() {
            0 | 1 => HashMap::new(),
            _ => self.read_batches(names.into_iter().collect()).await?,
        };
        let reads: Vec<_> = wanted
            .iter()
            .map(|(name, which)| async {
                let batched = current.get(name).filter(|found| match *which {
                    VersionSelector::Version(number) => found.metadata.version == number,
                    which => is_mostly_current(which),
                });
                match batched {
                    Some(found) => Ok(found.clone()),
                    None => self.read(name, *which).await,
                }
            })
            .collect();
        Ok(stream::iter(reads)
            .buffered(REQUESTS_AT_A_TIME)
            .collect()
            .await)
    }

    /// The current values of what batches can read. What is missing here is read one by one, which also tells why.
    async fn read_batches(
        &self,
        names: Vec<&SecretName>,
    ) -> Result<HashMap<SecretName, SecretVersion>> {
        let batches: Vec<_> = names
            .chunks(BATCH)
            .map(|names| self.read_batch(names.to_vec()))
            .collect();
        let mut batches = stream::iter(batches).buffer_unordered(REQUESTS_AT_A_TIME);
        let mut all = HashMap::new();
        while let Some(batch) = batches.next().await {
            match batch {
                Ok(batch) => all.extend(batch),
                // Reading one by one needs other rights than reading in batches.
                Err(Error::Denied { .. } | Error::Invalid { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn read_batch(
        &self,
        names: Vec<&SecretName>,
    ) -> Result<Vec<(SecretName, SecretVersion)>> {
        let mut ids = Vec::new();
        for name in &names {
            // A name that is refused is read alone, too.
            if let Ok(id) = self.secret_id(name).await {
                ids.push(id.to_owned());
            }
        }
        let request = self.client().await?.batch_get_secret_value();
        let mut pages = request
            .set_secret_id_list(Some(ids))
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error).about_no_secret())?;
            for entry in page.secret_values.unwrap_or_default() {
                let name = names.iter().find(|name| is_meant(name, &entry));
                if let Some(name) = name {
                    let read = answer_of(entry).read(name)?;
                    if read.metadata.stages.contains(&Stage::Current) {
                        found.push(((*name).clone(), read));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// Whether the current version is what is wanted, or may be.
fn is_mostly_current(which: VersionSelector) -> bool {
    matches!(
        which,
        VersionSelector::Current
            | VersionSelector::Version(_)
            | VersionSelector::Stage(Stage::Current)
    )
}

/// Whether the entry is the secret that was asked for under `name`, which may be an ARN with or without its suffix.
fn is_meant(name: &SecretName, entry: &SecretValueEntry) -> bool {
    let name = name.as_str();
    entry.name() == Some(name)
        || entry.arn().is_some_and(|arn| {
            arn.strip_prefix(name)
                .is_some_and(|suffix| suffix.is_empty() || is_suffix(suffix))
        })
}

/// Whether this is what the service adds to a name to make an ARN: a hyphen and six characters.
fn is_suffix(text: &str) -> bool {
    text.len() == 7 && text.starts_with('-')
}

/// A version with its value, as the service gives it.
struct Answer {
    id: Option<String>,
    created: Option<DateTime>,
    labels: Option<Vec<String>>,
    text: Option<String>,
    bytes: Option<Blob>,
}

fn answer_of(entry: SecretValueEntry) -> Answer {
    Answer {
        id: entry.version_id,
        created: entry.created_date,
        labels: entry.version_stages,
        text: entry.secret_string,
        bytes: entry.secret_binary,
    }
}

impl Answer {
    fn read(self, name: &SecretName) -> Result<SecretVersion> {
        let value = match (self.text, self.bytes) {
            (Some(text), _) => Secret::from(text),
            (None, Some(bytes)) => Secret::new(bytes.into_inner()),
            (None, None) => return Err(incomplete("no value")),
        };
        let id = self.id.ok_or_else(|| incomplete("no version id"))?;
        let created = self
            .created
            .as_ref()
            .map_or(Timestamp::UNIX_EPOCH, timestamp);
        let mut metadata = VersionMetadata::new(name.clone(), number_of(&id, created), created);
        metadata.stages = stages_of(&self.labels.unwrap_or_default());
        metadata.expires = VersionId::parse(&id).and_then(|id| id.expires);
        Ok(SecretVersion::new(value, metadata))
    }
}

fn incomplete(lacks: &str) -> Error {
    Error::Unexpected {
        system: SYSTEM,
        said: format!("a version that has {lacks}"),
    }
}
