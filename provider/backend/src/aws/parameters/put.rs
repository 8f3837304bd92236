//! Storing a version.

use aws_config::retry::RetryConfig;
use aws_sdk_ssm::types::{ParameterTier, ParameterType, Tag};
use coffer_vault::{Expect, PutRequest, SecretName, Stage, VersionMetadata};
use tokio::time::{Instant, sleep};

use super::describe::Seen;
use super::history::{Entry, History};
use super::note::Note;
use super::{MAX_VALUE, ParameterStore, SYSTEM, failure, invalid, name::parameter, unsupported};
use crate::aws::failure::Failure;
use crate::aws::session;
use crate::aws::tags::Tags;
use crate::aws::write_token::write_digits;
use crate::error::{Error, Result};
use crate::http::wait;

/// How often a write begins anew because another writer came between, before it gives up.
const ROUNDS: usize = 20;
/// The tier that takes what the others take, and costs where a value needs it alone.
const DEFAULT_TIER: &str = "Intelligent-Tiering";

/// A write as the service is asked for it.
struct Write<'a> {
    name: &'a SecretName,
    request: &'a PutRequest,
    value: &'a str,
    /// What stands for its idempotency token.
    digits: String,
}

impl ParameterStore {
    /// Stores a version, whose note says what it is for, and moves the stages to it.
    pub(super) async fn store(
        &self,
        name: &SecretName,
        request: &PutRequest,
    ) -> Result<VersionMetadata> {
        let digits = write_digits(SYSTEM, request.idempotency_token.as_deref())?;
        let write = Write {
            name,
            request,
            value: check(request)?,
            digits,
        };
        for _ in 0..ROUNDS {
            let stored = match self.look(name).await {
                Ok(seen) => Some(self.add_version(&write, &seen).await?),
                Err(Error::NotFound { .. }) => self.create(&write).await?,
                Err(error) => return Err(error),
            };
            if let Some(stored) = stored {
                return Ok(stored);
            }
        }
        Err(write.conflict("nobody else to write at the same time", "other writers"))
    }

    /// Makes the parameter with its first version. `None` where another writer was faster.
    async fn create(&self, write: &Write<'_>) -> Result<Option<VersionMetadata>> {
        let (name, request) = (write.name, write.request);
        if let Some(Expect::Latest(version)) = request.expect {
            return Err(write.conflict(&format!("version {version}"), "no secret"));
        }
        let tags = self.tag_change(&Tags::default(), &request.change)?;
        let tags = tags
            .set
            .into_iter()
            .map(|(key, text)| Tag::builder().key(key).value(text).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| invalid(error.to_string()))?;
        match self.send_once(write, 0, None, tags).await? {
            Ok(number) => self.finish(write, number).await.map(Some),
            Err(failure) if failure.is("ParameterAlreadyExists") => match request.expect {
                Some(_) => Err(write.conflict("no secret", "one that was made meanwhile")),
                None => Ok(None),
            },
            Err(failure) => Err(failure.writing(name)),
        }
    }

    /// Adds a version to a parameter.
    async fn add_version(&self, write: &Write<'_>, seen: &Seen) -> Result<VersionMetadata> {
        let (name, request) = (write.name, write.request);
        if request.idempotency_token.is_some()
            && let Some(entry) = seen.history.by_write(&write.digits)
        {
            return self.repeat(write, &seen.history, entry).await;
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
        // What the change asks for is checked before the value is sent.
        self.tag_change(&seen.tags, &request.change)?;
        let key = seen.history.key_id.clone();
        let base = seen.history.newest;
        let sent = self.send_once(write, base, key, Vec::new()).await?;
        let number = sent.map_err(|failure| failure.writing(name))?;
        if write.note(base).has_lost(number) {
            return Err(write.conflict(
                &format!("version {latest} as the latest"),
                "one that was written meanwhile",
            ));
        }
        self.change(name, seen, &request.change).await?;
        self.finish(write, number).await
    }

    /// Sends the value until it is known whether it arrived. The service stores a version for each request, so the SDK
    /// repeats none, and a request whose answer was lost is looked for before it is sent again.
    async fn send_once(
        &self,
        write: &Write<'_>,
        base: u64,
        key: Option<String>,
        tags: Vec<Tag>,
    ) -> Result<Result<u64, Failure>> {
        let attempts = self.settings.max_attempts.unwrap_or(session::ATTEMPTS);
        let limit = self.settings.call_limit.unwrap_or(session::CALL_LIMIT);
        let start = Instant::now();
        let mut attempt = 0;
        loop {
            let sent = self.send(write, base, key.clone(), tags.clone()).await?;
            let failure = match sent {
                Err(failure) if failure.is_unclear() || failure.is_throttling() => failure,
                known => return Ok(known),
            };
            if failure.is_unclear()
                && let Some(number) = self.arrived(write).await
            {
                return Ok(Ok(number));
            }
            let pause = wait(attempt, None);
            attempt = attempt.saturating_add(1);
            if attempt >= attempts || start.elapsed().saturating_add(pause) >= limit {
                return Ok(Err(failure));
            }
            sleep(pause).await;
        }
    }

    /// Sends the value and gives the number that the service counts it with.
    async fn send(
        &self,
        write: &Write<'_>,
        base: u64,
        key: Option<String>,
        tags: Vec<Tag>,
    ) -> Result<Result<u64, Failure>> {
        let tier = self.settings.tier.as_deref().unwrap_or(DEFAULT_TIER);
        let connection = self.connection().await?;
        let answer = connection
            .client
            .put_parameter()
            .name(parameter(write.name)?)
            .value(write.value)
            .r#type(ParameterType::SecureString)
            .set_key_id(self.settings.kms_key_id.clone().or(key))
            .tier(ParameterTier::from(tier))
            .description(write.note(base).write()?)
            .overwrite(base > 0)
            .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
            .customize()
            .config_override(
                aws_sdk_ssm::config::Builder::new().retry_config(RetryConfig::disabled()),
            )
            .send()
            .await;
        Ok(match answer {
            Ok(answer) => Ok(u64::try_from(answer.version()).unwrap_or(0)),
            Err(error) => Err(failure(&error).without(&write.request.value)),
        })
    }

    /// The number of a version whose answer was lost, if it arrived.
    async fn arrived(&self, write: &Write<'_>) -> Option<u64> {
        let history = self.history(write.name).await.ok()?;
        Some(history.by_write(&write.digits)?.number)
    }

    /// Moves the stages to the version.
    async fn finish(&self, write: &Write<'_>, number: u64) -> Result<VersionMetadata> {
        let note = write.note(0);
        let history = self.stage_new(write.name, number, note.stage()).await?;
        let entry = history.by_write(&write.digits).ok_or_else(|| lost(write))?;
        let mut metadata = history.version(write.name, entry);
        metadata.stages = vec![note.stage()];
        Ok(metadata)
    }

    /// Answers a write that was made before, and ends it where it was cut short.
    async fn repeat(
        &self,
        write: &Write<'_>,
        history: &History,
        entry: &Entry,
    ) -> Result<VersionMetadata> {
        let stored = self.read_number(write.name, entry.number).await?;
        if !stored.ct_eq(&write.request.value) {
            return Err(write.conflict(
                "the value that was stored under this idempotency token before",
                "another one",
            ));
        }
        // Cut short are writes that moved no stage: nothing is newer, and the version carries none.
        let is_unfinished = entry.number == history.latest() && entry.labels.is_empty();
        let mut metadata = match is_unfinished {
            true => self.finish(write, entry.number).await?,
            false => history.version(write.name, entry),
        };
        metadata.repeated = true;
        Ok(metadata)
    }
}

impl Write<'_> {
    fn note(&self, base: u64) -> Note {
        Note {
            write: self.digits.clone(),
            base,
            exact: self.request.expect.is_some(),
            pending: self.request.stage == Stage::Pending,
            content_type: self.request.content_type.clone(),
            labels: self.request.version_labels.clone(),
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

/// The value as the service takes it.
fn check(request: &PutRequest) -> Result<&str> {
    if request.expires.is_some() {
        return unsupported(
            "keep when a value expires",
            "leave it out; the service's own expiry removes the whole parameter",
        );
    }
    let Ok(value) = request.value.danger_expose_str() else {
        return unsupported(
            "keep values that are not text",
            "encode the value, for example in base64",
        );
    };
    let length = value.len();
    if length == 0 || length > MAX_VALUE {
        return Err(invalid(format!(
            "the value has {length} bytes; it has 1 to {MAX_VALUE}"
        )));
    }
    Ok(value)
}

fn lost(write: &Write<'_>) -> Error {
    Error::OutcomeUnknown {
        system: SYSTEM,
        said: format!(
            "a version of \"{}\" was stored and is not listed",
            write.name
        ),
    }
}
