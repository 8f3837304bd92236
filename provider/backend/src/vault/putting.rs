//! Storing a version in KV v2, once.

use coffer_vault::{
    Expect, MetadataChange, PutRequest, SecretName, Stage, VersionMetadata, VersionSelector,
    VersionState,
};
use sha2::{Digest, Sha256};

use super::SYSTEM;
use super::document::{Document, Facts, Stages};
use super::kv2::Written;
use super::versioned::{RACES, Versioned, deleted, pause, raced};
use crate::error::{Error, Result};
use crate::hex::hex;

impl Versioned<'_> {
    pub(super) async fn put(
        &self,
        name: &SecretName,
        request: PutRequest,
    ) -> Result<VersionMetadata> {
        if request.stage == Stage::Previous {
            return Err(Error::Invalid {
                system: SYSTEM,
                said: "a new version is current or pending".to_owned(),
            });
        }
        let token = request.idempotency_token.as_deref().map(hash);
        let mut lost = None;
        for race in 0..RACES {
            pause(race).await;
            let mut document = match self.0.load(name).await? {
                Some(document) if document.is_expired() => {
                    self.0.remove(name).await?;
                    Document::empty(name)
                }
                Some(document) => document,
                None => Document::empty(name),
            };
            if document.exists() && document.deletion().is_some() {
                return Err(deleted(&document));
            }
            if let Some(token) = &token
                && let Some(repeated) = self.repeated(&document, token, &request).await?
            {
                return Ok(repeated);
            }
            expect(&document, request.expect)?;
            document.expect_revision(&request.change)?;
            // What was announced here and lost to someone else is no longer announced.
            if lost.is_some() && document.hold().map(|hold| hold.version) == lost {
                document.forget_hold();
            }
            if request.stage == Stage::Pending || token.is_some() {
                document.announce(token.clone());
                if !self.0.save(&mut document).await? {
                    continue;
                }
            }
            let number = document.latest.saturating_add(1);
            match self.0.write(name, &request.value, document.latest).await? {
                Written::Raced => lost = Some(number),
                Written::Done(written) => {
                    let is_plain = written.upto().is_none()
                        && request.change == MetadataChange::default()
                        && request.content_type.is_none()
                        && request.expires.is_none()
                        && request.version_labels.is_empty();
                    if is_plain && let Some(metadata) = written.version(number) {
                        return Ok(metadata);
                    }
                    return self.finish(name, number, token, &request).await;
                }
            }
        }
        Err(raced(name))
    }

    /// Gives a version that was written its stage and the rest of the metadata.
    async fn finish(
        &self,
        name: &SecretName,
        number: u64,
        token: Option<String>,
        request: &PutRequest,
    ) -> Result<VersionMetadata> {
        let facts = Facts {
            content_type: request.content_type.clone(),
            expires: request.expires,
            labels: request.version_labels.clone(),
            token,
        };
        let change = MetadataChange {
            // It was compared before the value was written, which changed it.
            expect_revision: None,
            ..request.change.clone()
        };
        let document = self
            .edit(name, |document| {
                let before = document.stages();
                let upto = document.upto().unwrap_or_default().max(number);
                document.set_stages(staged(before, request.stage, number), upto);
                if document.hold().is_some_and(|hold| hold.version == number) {
                    document.forget_hold();
                }
                document.set_facts(number, &facts);
                document.change(&change)
            })
            .await
            // The value is there; only its metadata may not be.
            .map_err(|error| match error {
                error @ Error::Invalid { .. } => error,
                error => Error::OutcomeUnknown {
                    system: SYSTEM,
                    said: format!("the value was written, its metadata was not: {error}"),
                },
            })?;
        document
            .version(number)
            .ok_or_else(|| missing(&document, number))
    }

    /// The version that an earlier put with the same token made, also where that put was cut short.
    async fn repeated(
        &self,
        document: &Document,
        token: &str,
        request: &PutRequest,
    ) -> Result<Option<VersionMetadata>> {
        let announced = document
            .hold()
            .filter(|hold| hold.token.as_deref() == Some(token) && hold.version == document.latest)
            .map(|hold| hold.version);
        let Some(number) = document.of_token(token).or(announced) else {
            return Ok(None);
        };
        let metadata = document
            .version(number)
            .ok_or_else(|| missing(document, number))?;
        let is_readable = metadata.state == VersionState::Enabled;
        let is_same = is_readable
            && self
                .0
                .read(document, number)
                .await?
                .value
                .ct_eq(&request.value);
        if announced == Some(number) && document.of_token(token).is_none() {
            if !is_same {
                return Ok(None);
            }
            let mut done = self
                .finish(&document.name, number, Some(token.to_owned()), request)
                .await?;
            done.repeated = true;
            return Ok(Some(done));
        }
        if is_readable && !is_same {
            return Err(Error::Conflict {
                system: SYSTEM,
                name: document.name.clone(),
                expected: "the value that was stored under this idempotency token".to_owned(),
                found: "another value".to_owned(),
            });
        }
        let mut metadata = metadata;
        metadata.repeated = true;
        Ok(Some(metadata))
    }
}

/// The stages once `number` carries `stage`.
fn staged(before: Stages, stage: Stage, number: u64) -> Stages {
    if stage == Stage::Pending {
        return Stages {
            pending: Some(number),
            ..before
        };
    }
    match before.current {
        // KV says so by itself, and who was before it.
        Some(current) if current == number => before,
        // A later writer was here already.
        Some(current) if current > number => before,
        current => Stages {
            current: Some(number),
            previous: current,
            ..before
        },
    }
}

fn missing(document: &Document, number: u64) -> Error {
    Error::NoSuchVersion {
        system: SYSTEM,
        name: document.name.clone(),
        selector: VersionSelector::Version(number),
    }
}

fn expect(document: &Document, expect: Option<Expect>) -> Result<()> {
    let (holds, expected) = match expect {
        None => return Ok(()),
        Some(Expect::Absent) => (!document.exists(), "no secret".to_owned()),
        Some(Expect::Latest(version)) => (
            document.latest == version,
            format!("version {version} as the newest"),
        ),
    };
    if holds {
        return Ok(());
    }
    let found = match document.latest {
        0 => "no secret".to_owned(),
        latest => format!("version {latest}"),
    };
    Err(Error::Conflict {
        system: SYSTEM,
        name: document.name.clone(),
        expected,
        found,
    })
}

/// What is kept of an idempotency token.
fn hash(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    hex(digest.get(..8).unwrap_or_default())
}
