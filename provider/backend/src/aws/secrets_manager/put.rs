//! Storing a version.

use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::Tag;
use coffer_vault::{Expect, PutRequest, SecretName, Stage, VersionMetadata};

use super::describe::Seen;
use super::history::Entry;
use super::name;
use super::stage::{Moved, WRITING};
use super::version_id::VersionId;
use super::{MAX_VALUE, SYSTEM, SecretsManager, failure, invalid, unsupported};
use crate::aws::tags::{Note, Noted, Tags};
use crate::aws::write_token::write_digits;
use crate::error::{Error, Result};

/// How often a write begins anew because another writer came between, before it gives up.
const ROUNDS: usize = 20;

/// A write as the service is asked for it.
struct Write<'a> {
    name: &'a SecretName,
    request: &'a PutRequest,
    /// What stands in the version's id for its idempotency token.
    digits: String,
}

impl SecretsManager {
    /// Stores a version: under a label of its own first, so that nobody reads it, and then with the stage, which is
    /// moved from the version that was seen to carry it and from no other.
    pub(super) async fn store(
        &self,
        name: &SecretName,
        request: &PutRequest,
    ) -> Result<VersionMetadata> {
        check(request)?;
        let digits = write_digits(SYSTEM, request.idempotency_token.as_deref())?;
        let write = Write {
            name,
            request,
            digits,
        };
        for _ in 0..ROUNDS {
            let stored = match self.look_to_write(name).await {
                Ok(seen) => self.add_version(&write, &seen).await?,
                Err(Error::NotFound { .. }) => self.create(&write).await?,
                Err(error) => return Err(error),
            };
            if let Some(stored) = stored {
                return Ok(stored);
            }
        }
        Err(write.conflict("nobody else to write at the same time", "other writers"))
    }

    /// Makes the secret with its first version. `None` where another writer was faster.
    async fn create(&self, write: &Write<'_>) -> Result<Option<VersionMetadata>> {
        let (name, request) = (write.name, write.request);
        name::check(name)?;
        if let Some(Expect::Latest(version)) = request.expect {
            return Err(write.conflict(&format!("version {version}"), "no secret"));
        }
        if request.stage == Stage::Pending {
            // The service makes the first version current by itself.
            return first_is_current();
        }
        let change = &request.change;
        let tags = self.tag_change(&Tags::default(), change, write.noted(1, None))?;
        let id = write.id(1);
        let tags = tags
            .set
            .into_iter()
            .map(|(key, text)| Tag::builder().key(key).value(text).build());
        let (text, bytes) = write.value();
        let answer = self
            .client()
            .await?
            .create_secret()
            .name(name.as_str())
            .client_request_token(&id)
            .set_description(change.description.clone().filter(|text| !text.is_empty()))
            .set_tags(Some(tags.collect::<Vec<_>>()).filter(|tags| !tags.is_empty()))
            .set_kms_key_id(self.settings.kms_key_id.clone())
            .set_secret_string(text)
            .set_secret_binary(bytes)
            .send()
            .await;
        if let Err(error) = answer {
            let failure = failure(&error).without(&request.value);
            if failure.is("ResourceExistsException") {
                return match request.expect {
                    Some(_) => Err(write.conflict("no secret", "one that was made meanwhile")),
                    None => Ok(None),
                };
            }
            if !failure.is_unclear() || !self.has_version(name, &id).await {
                return Err(failure.writing(name));
            }
        }
        let history = self.history(name).await?;
        let entry = history.by_id(&id).ok_or_else(|| lost(name))?;
        Ok(Some(write.told(entry)))
    }

    /// Adds a version to a secret. `None` where another writer came between and nothing was expected.
    async fn add_version(&self, write: &Write<'_>, seen: &Seen) -> Result<Option<VersionMetadata>> {
        let (name, request) = (write.name, write.request);
        if request.idempotency_token.is_some()
            && let Some(entry) = seen.history.by_token(&write.digits)
        {
            return self.repeat(write, seen, entry).await.map(Some);
        }
        let latest = seen.history.latest();
        match request.expect {
            Some(Expect::Absent) => {
                return Err(write.conflict("no secret", &format!("version {latest}")));
            }
            Some(Expect::Latest(version)) if version != latest => {
                return Err(write.conflict(
                    &format!("version {version} as the latest"),
                    &format!("version {latest}"),
                ));
            }
            _ => {}
        }
        if request.stage == Stage::Pending && seen.history.entries().is_empty() {
            return first_is_current();
        }
        // What the change asks for is checked before the value is sent.
        let number = latest.saturating_add(1);
        self.tag_change(&seen.tags, &request.change, write.noted(number, Some(seen)))?;
        let id = write.id(number);
        self.send_value(write, &id).await?;
        let history = self.history(name).await?;
        let entry = history.by_id(&id).ok_or_else(|| lost(name))?;
        if !entry.has_own_number() {
            // Another writer had the same number in mind and was first.
            return self
                .give_up(write, &id, "another version of that number")
                .await;
        }
        self.finish(write, seen, entry).await
    }

    /// Applies what goes with the version, moves its stage, and takes the label of the unfinished off.
    async fn finish(
        &self,
        write: &Write<'_>,
        seen: &Seen,
        entry: &Entry,
    ) -> Result<Option<VersionMetadata>> {
        let (name, stage) = (write.name, write.request.stage);
        let note = write.noted(entry.number, Some(seen));
        self.change(name, seen, &write.request.change, note).await?;
        match self
            .move_stage(name, &seen.history, stage, &entry.id)
            .await?
        {
            Moved::Done => {}
            Moved::Elsewhere => {
                return self
                    .give_up(write, &entry.id, "a stage that was moved meanwhile")
                    .await;
            }
        }
        self.take_label_off(name, WRITING, &entry.id).await?;
        let mut metadata = write.told(entry);
        metadata.stages = vec![stage];
        Ok(Some(metadata))
    }

    /// Leaves a version that lost against another writer without a stage, so that the service removes it in time.
    async fn give_up(
        &self,
        write: &Write<'_>,
        id: &str,
        found: &str,
    ) -> Result<Option<VersionMetadata>> {
        self.take_label_off(write.name, WRITING, id).await?;
        match write.request.expect {
            Some(Expect::Latest(version)) => {
                Err(write.conflict(&format!("version {version} as the latest"), found))
            }
            // A token's version must not be found again as the one that was stored.
            _ if write.request.idempotency_token.is_some() => {
                Err(write.conflict("nobody else to write at the same time", found))
            }
            _ => Ok(None),
        }
    }

    /// Answers a write that was made before, and ends it where it was cut short.
    async fn repeat(
        &self,
        write: &Write<'_>,
        seen: &Seen,
        entry: &Entry,
    ) -> Result<VersionMetadata> {
        let stored = self.read_id(write.name, &entry.id).await?;
        if !stored.ct_eq(&write.request.value) {
            return Err(write.conflict(
                "the value that was stored under this idempotency token before",
                "another one",
            ));
        }
        let is_unfinished = entry.labels.iter().any(|label| label == WRITING);
        let mut metadata = match is_unfinished {
            false => seen.version(write.name, entry),
            true => match self.finish(write, seen, entry).await? {
                Some(metadata) => metadata,
                None => return Err(lost(write.name)),
            },
        };
        metadata.repeated = true;
        Ok(metadata)
    }

    async fn send_value(&self, write: &Write<'_>, id: &str) -> Result<()> {
        let (text, bytes) = write.value();
        let answer = self
            .client()
            .await?
            .put_secret_value()
            .secret_id(self.secret_id(write.name).await?)
            .client_request_token(id)
            .set_secret_string(text)
            .set_secret_binary(bytes)
            .version_stages(WRITING)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => {
                let failure = failure(&error).without(&write.request.value);
                if failure.is_unclear() && self.has_version(write.name, id).await {
                    return Ok(());
                }
                Err(failure.writing(write.name))
            }
        }
    }

    /// Whether a version whose answer was lost arrived.
    async fn has_version(&self, name: &SecretName, id: &str) -> bool {
        let history = self.history(name).await;
        history.is_ok_and(|history| history.by_id(id).is_some())
    }
}

impl Write<'_> {
    fn id(&self, number: u64) -> String {
        VersionId {
            number,
            token: self.digits.clone(),
            expires: self.request.expires,
        }
        .write()
    }

    /// What is to be kept with the version; nothing where there is nothing to say.
    fn noted(&self, number: u64, seen: Option<&Seen>) -> Option<Noted> {
        let note = Note {
            content_type: self.request.content_type.clone(),
            labels: self.request.version_labels.clone(),
        };
        let staged = |stage| Some(seen?.history.staged(stage)?.number);
        (note != Note::default()).then(|| Noted {
            number,
            note,
            keep: Stage::ALL.into_iter().filter_map(staged).collect(),
        })
    }

    /// What the writer is told of the version.
    fn told(&self, entry: &Entry) -> VersionMetadata {
        let mut metadata = entry.metadata(self.name);
        metadata.content_type.clone_from(&self.request.content_type);
        metadata.labels.clone_from(&self.request.version_labels);
        metadata
    }

    /// The value as text where it is text, and as bytes where it is not.
    fn value(&self) -> (Option<String>, Option<Blob>) {
        match self.request.value.danger_expose_str() {
            Ok(text) => (Some(text.to_owned()), None),
            Err(_) => (None, Some(Blob::new(self.request.value.danger_expose()))),
        }
    }

    fn conflict(&self, expected: &str, found: &str) -> Error {
        Error::Conflict {
            system: SYSTEM,
            name: self.name.clone(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

fn check(request: &PutRequest) -> Result<()> {
    let length = request.value.len();
    if length == 0 || length > MAX_VALUE {
        return Err(invalid(format!(
            "the value has {length} bytes; it has 1 to {MAX_VALUE}"
        )));
    }
    Ok(())
}

fn first_is_current<T>() -> Result<T> {
    unsupported(
        "keep the first version of a secret pending",
        "store a first version as the current one; later ones can be pending",
    )
}

fn lost(name: &SecretName) -> Error {
    Error::OutcomeUnknown {
        system: SYSTEM,
        said: format!("a version of \"{name}\" was stored and is not listed"),
    }
}
