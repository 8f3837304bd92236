//! Secrets in KV v2: versions with stages.

use std::time::Duration;

use coffer_vault::{
    Expect, MetadataChange, PutRequest, Secret, SecretMetadata, SecretName, SecretVersion, Stage,
    Timestamp, VersionMetadata, VersionSelector, VersionState,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::SYSTEM;
use super::document::{Document, Facts, Stages};
use super::kv2::{Kv2, Written};
use crate::error::{Error, Result};

/// How often a change is tried again because someone else changed the secret meanwhile.
const RACES: u32 = 20;
/// How many secrets are looked at, or folders listed, at a time.
const AT_A_TIME: usize = 8;

/// A KV v2 engine whose versions carry stages.
pub(super) struct Versioned<'a>(pub(super) Kv2<'a>);

impl Versioned<'_> {
    pub(super) async fn get(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        // The newest version is nearly always the current one, and says itself whether it is.
        if matches!(
            which,
            VersionSelector::Current | VersionSelector::Stage(Stage::Current)
        ) && let Some((value, is_object, document)) = self.0.read_newest(name).await?
            && document.deletion().is_none()
            && document.stages().current == Some(document.latest)
            && let Some(mut metadata) = document.version(document.latest)
        {
            if is_object && metadata.content_type.is_none() {
                metadata.content_type = Some("application/json".to_owned());
            }
            return Ok(SecretVersion::new(value, metadata));
        }
        let document = self.live(name).await?;
        let metadata = select(&document, which)?;
        readable(&metadata)?;
        self.0.read(&document, metadata.version).await
    }

    pub(super) async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        Ok(self.present(name).await?.metadata())
    }

    pub(super) async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        select(&self.live(name).await?, which)
    }

    pub(super) async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let document = self.present(name).await?;
        let numbers = document.versions.keys();
        Ok(numbers
            .filter_map(|number| document.version(*number))
            .collect())
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let folder = prefix.rfind('/').and_then(|at| prefix.get(..=at));
        let mut folders = vec![folder.unwrap_or_default().to_owned()];
        let mut names = Vec::new();
        while !folders.is_empty() {
            let listed: Vec<(String, Vec<String>)> = stream::iter(std::mem::take(&mut folders))
                .map(|folder| async move {
                    let entries = self.0.folder(&folder).await?;
                    Ok::<_, Error>((folder, entries))
                })
                .buffered(AT_A_TIME)
                .try_collect()
                .await?;
            for (folder, entries) in listed {
                for entry in entries {
                    let name = format!("{folder}{entry}");
                    if !name.starts_with(prefix) {
                        continue;
                    }
                    if name.ends_with('/') {
                        folders.push(name);
                    } else if let Ok(name) = SecretName::parse(&name) {
                        // Names that coffer cannot have are those of other programs.
                        names.push(name);
                    }
                }
            }
        }
        names.sort();
        names.dedup();
        let reads: Vec<_> = names.iter().map(|name| self.0.load(name)).collect();
        let found: Vec<Option<Document>> = stream::iter(reads)
            .buffered(AT_A_TIME)
            .try_collect()
            .await?;
        let live = |document: &Document| document.exists() && document.deletion().is_none();
        let found = found.into_iter().flatten();
        Ok(found
            .filter(live)
            .map(|document| document.metadata())
            .collect())
    }

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

    pub(super) async fn update(
        &self,
        name: &SecretName,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let document = self.edit(name, |document| document.change(&change)).await?;
        Ok(document.metadata())
    }

    pub(super) async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let document = self
            .edit(name, |document| {
                let chosen = select(document, VersionSelector::Version(version))?;
                readable(&chosen)?;
                document.change(&change)?;
                let before = document.stages();
                if before.current != Some(version) {
                    let stages = Stages {
                        current: Some(version),
                        pending: before.pending.filter(|pending| *pending != version),
                        previous: before.current,
                    };
                    let latest = document.latest;
                    document.set_stages(stages, latest);
                }
                Ok(())
            })
            .await?;
        Ok(document.metadata())
    }

    pub(super) async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let document = self
            .edit(name, |document| {
                let mut stages = document.stages();
                let before = stages;
                match stage {
                    Stage::Current => stages.current = None,
                    Stage::Pending => stages.pending = None,
                    Stage::Previous => stages.previous = None,
                }
                if stages != before {
                    let latest = document.latest;
                    document.set_stages(stages, latest);
                }
                Ok(())
            })
            .await?;
        Ok(document.metadata())
    }

    pub(super) async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let chosen = select(&self.live(name).await?, VersionSelector::Version(version))?;
        if matches!(chosen.state, VersionState::Destroyed(_)) {
            return Err(destroyed(&chosen));
        }
        let verb = if enabled { "undelete" } else { "delete" };
        self.0.mark(verb, name, &[version]).await?;
        select(&self.live(name).await?, VersionSelector::Version(version))
    }

    pub(super) async fn destroy(
        &self,
        name: &SecretName,
        versions: &[u64],
    ) -> Result<Vec<VersionMetadata>> {
        let document = self.present(name).await?;
        for number in versions {
            select(&document, VersionSelector::Version(*number))?;
        }
        self.0.mark("destroy", name, versions).await?;
        let document = self.present(name).await?;
        versions
            .iter()
            .map(|number| select(&document, VersionSelector::Version(*number)))
            .collect()
    }

    pub(super) async fn delete(
        &self,
        name: &SecretName,
        until: Timestamp,
    ) -> Result<SecretMetadata> {
        if until <= Timestamp::now() {
            return Err(Error::Invalid {
                system: SYSTEM,
                said: "the end of the recovery window lies in the past; to remove the secret for good, purge it".to_owned(),
            });
        }
        let document = self
            .edit(name, |document| {
                document.mark_deleted(until);
                Ok(())
            })
            .await?;
        let versions = document.deletable();
        self.0.mark("delete", name, &versions).await?;
        Ok(document.metadata())
    }

    pub(super) async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        for race in 0..RACES {
            pause(race).await;
            let mut document = self.present(name).await?;
            if document.deletion().is_none() {
                return Ok(document.metadata());
            }
            let versions = document.deletable();
            self.0.mark("undelete", name, &versions).await?;
            document.unmark_deleted();
            if self.0.save(&mut document).await? {
                return Ok(self.live(name).await?.metadata());
            }
        }
        Err(raced(name))
    }

    pub(super) async fn purge(&self, name: &SecretName) -> Result<()> {
        self.present(name).await?;
        self.0.remove(name).await
    }

    /// Changes the document, again where someone else changed it meanwhile, and destroys the versions that are then
    /// beyond those to keep.
    async fn edit(
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
    async fn present(&self, name: &SecretName) -> Result<Document> {
        let found = self.0.load(name).await?;
        found
            .filter(|document| document.exists() && !document.is_expired())
            .ok_or_else(|| Error::NotFound {
                system: SYSTEM,
                name: name.clone(),
            })
    }

    /// The secret, where it is not deleted.
    async fn live(&self, name: &SecretName) -> Result<Document> {
        let document = self.present(name).await?;
        match document.deletion() {
            Some(_) => Err(deleted(&document)),
            None => Ok(document),
        }
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

fn select(document: &Document, which: VersionSelector) -> Result<VersionMetadata> {
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

fn missing(document: &Document, number: u64) -> Error {
    Error::NoSuchVersion {
        system: SYSTEM,
        name: document.name.clone(),
        selector: VersionSelector::Version(number),
    }
}

fn readable(version: &VersionMetadata) -> Result<()> {
    match version.state {
        VersionState::Enabled => Ok(()),
        VersionState::Disabled => Err(Error::Disabled {
            system: SYSTEM,
            name: version.name.clone(),
            version: version.version,
        }),
        VersionState::Destroyed(_) => Err(destroyed(version)),
    }
}

fn destroyed(version: &VersionMetadata) -> Error {
    Error::Destroyed {
        system: SYSTEM,
        name: version.name.clone(),
        version: version.version,
    }
}

fn deleted(document: &Document) -> Error {
    Error::Deleted {
        system: SYSTEM,
        name: document.name.clone(),
        recoverable_until: document
            .deletion()
            .map(|deletion| deletion.recoverable_until),
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

fn raced(name: &SecretName) -> Error {
    Error::Conflict {
        system: SYSTEM,
        name: name.clone(),
        expected: "a moment without other writers".to_owned(),
        found: format!("{RACES} changes by others in a row"),
    }
}

/// What is kept of an idempotency token.
fn hash(token: &str) -> String {
    let digest = Sha256::digest(Secret::copy_from(token.as_bytes()).danger_expose());
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Waits a random while before a change is tried again.
async fn pause(race: u32) {
    if race > 0 {
        let most = 10_u64.saturating_mul(u64::from(race));
        tokio::time::sleep(Duration::from_millis(fastrand::u64(1..=most))).await;
    }
}
