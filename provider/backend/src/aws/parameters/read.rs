//! Reading values.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_ssm::types::Parameter;
use coffer_vault::{
    Secret, SecretName, SecretVersion, Stage, Timestamp, VersionMetadata, VersionSelector,
};
use futures_util::{StreamExt, stream};

use super::history::label_of;
use super::name::readable;
use super::{ParameterStore, SYSTEM, failure, no_such_version};
use crate::aws::time::timestamp;
use crate::error::{Error, Result};
use crate::store::BatchResult;

/// How many parameters the service hands out in one answer.
const BATCH: usize = 10;
/// How many requests run at a time.
const REQUESTS_AT_A_TIME: usize = 8;

/// What stands behind a parameter's name, after a colon.
fn selector(which: VersionSelector) -> String {
    match which {
        VersionSelector::Current => label_of(Stage::Current).to_owned(),
        VersionSelector::Stage(stage) => label_of(stage).to_owned(),
        VersionSelector::Version(number) => number.to_string(),
    }
}

impl ParameterStore {
    /// Reads one value: one request, unless nothing is labelled as the current version.
    pub(super) async fn read(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        match self.fetch(name, which).await {
            Err(Error::NotFound { .. } | Error::NoSuchVersion { .. }) => {}
            found => return found,
        }
        // The service has the same answer for a missing parameter and a missing label at times.
        let history = self.history(name).await?;
        let entry = history
            .select(which)
            .ok_or_else(|| no_such_version(name, which))?;
        let found = self
            .fetch(name, VersionSelector::Version(entry.number))
            .await;
        let mut found = found?;
        found.metadata = history.version(name, entry);
        Ok(found)
    }

    async fn fetch(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        let connection = self.connection().await?;
        let parameter = readable(name, &connection.config)?;
        let answer = connection
            .client
            .get_parameter()
            .name(format!("{parameter}:{}", selector(which)))
            .with_decryption(true)
            .send()
            .await;
        match answer {
            Ok(answer) => read(name, which, answer.parameter),
            Err(error) => {
                let failure = failure(&error);
                if failure.is("ParameterVersionNotFound") {
                    return Err(no_such_version(name, which));
                }
                Err(failure.reading(name))
            }
        }
    }

    /// The value of the version of this number.
    pub(super) async fn read_number(&self, name: &SecretName, number: u64) -> Result<Secret> {
        let which = VersionSelector::Version(number);
        Ok(self.fetch(name, which).await?.value)
    }

    /// Reads many values: ten in a request, and one by one what the service does not hand out that way.
    pub(super) async fn read_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        // The answers name the parameter and not the version: each parameter is asked for once.
        let mut once: BTreeMap<&SecretName, VersionSelector> = BTreeMap::new();
        for (name, which) in wanted {
            once.entry(name).or_insert(*which);
        }
        let found = match once.len() {
            0 | 1 => HashMap::new(),
            _ => {
                self.read_batches(once.clone().into_iter().collect())
                    .await?
            }
        };
        let reads: Vec<_> = wanted
            .iter()
            .map(|(name, which)| async {
                let batched = found.get(name).filter(|_| once.get(name) == Some(which));
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

    async fn read_batches(
        &self,
        wanted: Vec<(&SecretName, VersionSelector)>,
    ) -> Result<HashMap<SecretName, SecretVersion>> {
        let batches: Vec<_> = wanted
            .chunks(BATCH)
            .map(|batch| self.read_batch(batch.to_vec()))
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
        wanted: Vec<(&SecretName, VersionSelector)>,
    ) -> Result<Vec<(SecretName, SecretVersion)>> {
        let connection = self.connection().await?;
        let mut asked: HashMap<String, (&SecretName, VersionSelector)> = HashMap::new();
        let mut names = Vec::new();
        for (name, which) in wanted {
            // A name that is refused is read alone, too, and so is an ARN, which the answer may not repeat.
            if let Ok(parameter) = super::name::parameter(name) {
                names.push(format!("{parameter}:{}", selector(which)));
                asked.insert(parameter.into_owned(), (name, which));
            }
        }
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let answer = connection
            .client
            .get_parameters()
            .set_names(Some(names))
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| failure(&error).about_no_secret())?;
        let mut found = Vec::new();
        for parameter in answer.parameters.unwrap_or_default() {
            let answered = parameter.name().and_then(|name| asked.get(name));
            if let Some((name, which)) = answered {
                found.push(((*name).clone(), read(name, *which, Some(parameter))?));
            }
        }
        Ok(found)
    }
}

/// The answer as a version. The service says nothing of its other labels.
fn read(
    name: &SecretName,
    which: VersionSelector,
    parameter: Option<Parameter>,
) -> Result<SecretVersion> {
    let parameter = parameter.unwrap_or_else(|| Parameter::builder().build());
    let created = parameter
        .last_modified_date()
        .map_or(Timestamp::UNIX_EPOCH, timestamp);
    let number = u64::try_from(parameter.version()).unwrap_or(0);
    let Some(value) = parameter.value else {
        return Err(Error::Unexpected {
            system: SYSTEM,
            said: "a parameter without a value".to_owned(),
        });
    };
    let mut metadata = VersionMetadata::new(name.clone(), number, created);
    metadata.stages = match which {
        VersionSelector::Current => vec![Stage::Current],
        VersionSelector::Stage(stage) => vec![stage],
        VersionSelector::Version(_) => Vec::new(),
    };
    Ok(SecretVersion::new(Secret::from(value), metadata))
}
