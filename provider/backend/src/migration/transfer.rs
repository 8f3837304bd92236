//! Doing what was planned.

use std::collections::BTreeMap;

use coffer_vault::{
    Expect, MetadataChange, PutRequest, Secret, SecretMetadata, SecretName, Stage, VersionSelector,
};

use super::{ARRIVED, Migration, Moved, PlannedMove, SOURCE};
use crate::error::{Error, ErrorKind, Result};

/// What stands in for a version that cannot be read any more, so that the versions after it keep their numbers. It is
/// destroyed as soon as the stages are set.
const GAP: &[u8] = b"destroyed before the move";
impl Migration<'_> {
    /// Moves one secret, and reads every copy back. A run that was interrupted is gone on with.
    ///
    /// # Errors
    /// Those of the two stores; [`Error::Conflict`] where a copy is not what was copied.
    pub async fn run(&self, planned: &PlannedMove) -> Result<Moved> {
        let name = &planned.name;
        let secret = self.from.metadata(name).await?;
        let mut numbers: Vec<(u64, bool)> = planned
            .copies
            .iter()
            .map(|number| (*number, true))
            .chain(planned.gaps.iter().map(|number| (*number, false)))
            .collect();
        numbers.sort_unstable();
        let mut latest = match self.to.metadata(name).await {
            Ok(there) if planned.is_done => {
                return Ok(Moved {
                    name: name.clone(),
                    copied: 0,
                    verified: 0,
                    current: there.current,
                });
            }
            Ok(there) => there.latest,
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        // The numbers of the copies, by those of the originals.
        let mut copies: Vec<(u64, u64)> = Vec::new();
        let done = latest;
        for (number, is_readable) in numbers {
            if !is_readable && number <= done {
                continue;
            }
            let request = self.request(&secret, number, is_readable, latest).await?;
            let written = self.to.put(name, request).await?;
            latest = written.version;
            if is_readable {
                copies.push((number, latest));
            }
        }
        self.set_stages(&secret, planned, &copies).await?;
        self.close_gaps(planned).await?;
        let verified = self.verify(name, &copies).await?;
        let there = self.to.update(name, self.metadata(&secret, latest)).await?;
        Ok(Moved {
            name: name.clone(),
            copied: copies.len(),
            verified,
            current: there.current,
        })
    }

    pub(super) async fn request(
        &self,
        secret: &SecretMetadata,
        number: u64,
        is_readable: bool,
        latest: u64,
    ) -> Result<PutRequest> {
        let name = &secret.name;
        let expect = if latest == 0 {
            Expect::Absent
        } else {
            Expect::Latest(latest)
        };
        let mut note = MetadataChange::default();
        note.annotations
            .insert(SOURCE.to_owned(), Some(self.from.kind().to_owned()));
        let token = format!("coffer-migrate-{}-{name}-{number}", self.from.kind());
        let mut request = if is_readable {
            let found = self
                .from
                .get(name, VersionSelector::Version(number))
                .await?;
            let mut request = PutRequest::new(found.value);
            request.content_type = found.metadata.content_type;
            request.expires = found.metadata.expires;
            request.version_labels = found.metadata.labels;
            request
        } else {
            PutRequest::new(Secret::copy_from(GAP))
        };
        // What comes after the current version waits.
        if secret.current.is_some_and(|current| number > current) {
            request = request.pending();
        }
        Ok(request
            .expect(expect)
            .idempotency_token(token)
            .with_metadata(note))
    }

    /// Puts each stage where it is in the source.
    async fn set_stages(
        &self,
        secret: &SecretMetadata,
        planned: &PlannedMove,
        copies: &[(u64, u64)],
    ) -> Result<()> {
        let name = &secret.name;
        let counterpart = |number: Option<u64>| {
            let number = number?;
            let copied = copies.iter().find(|(original, _)| *original == number);
            // One that an earlier run copied has the same number, unless numbers change.
            let kept = planned.is_resumed.then_some(number);
            copied.map(|(_, copy)| *copy).or(kept)
        };
        let wanted = (counterpart(secret.previous), counterpart(secret.current));
        let mut there = self.to.metadata(name).await?;
        if (there.previous, there.current) != wanted {
            for number in [wanted.0, wanted.1].into_iter().flatten() {
                let change = MetadataChange::default();
                there = self.to.promote(name, number, change).await?;
            }
        }
        for (stage, is_wanted) in [
            (Stage::Previous, wanted.0.is_some()),
            (Stage::Current, wanted.1.is_some()),
            (Stage::Pending, secret.pending.is_some()),
        ] {
            if !is_wanted && there.select(VersionSelector::Stage(stage)).is_some() {
                there = self.to.unstage(name, stage).await?;
            }
        }
        Ok(())
    }

    /// Destroys what stands in for versions that cannot be read.
    async fn close_gaps(&self, planned: &PlannedMove) -> Result<()> {
        if planned.gaps.is_empty() || !self.to.capabilities().destroy.works() {
            return Ok(());
        }
        self.to.destroy(&planned.name, &planned.gaps).await?;
        Ok(())
    }

    fn metadata(&self, secret: &SecretMetadata, latest: u64) -> MetadataChange {
        let can = self.to.capabilities();
        let mut change = MetadataChange::default();
        if can.description.works() {
            change.description = secret.description.clone();
        }
        if can.labels.works() {
            change.labels = some(&secret.labels);
        }
        change.annotations = some(&secret.annotations);
        change
            .annotations
            .insert(SOURCE.to_owned(), Some(self.from.kind().to_owned()));
        change.annotations.insert(
            ARRIVED.to_owned(),
            Some(format!("{}:{latest}", secret.latest)),
        );
        if can.versions_to_keep.works() && secret.versions_to_keep > 0 {
            change.versions_to_keep = Some(secret.versions_to_keep);
        }
        change
    }

    /// Reads all copies and their originals, and compares them.
    async fn verify(&self, name: &SecretName, copies: &[(u64, u64)]) -> Result<usize> {
        for (original, copy) in copies {
            let original = self
                .from
                .get(name, VersionSelector::Version(*original))
                .await?;
            let copied = self.to.get(name, VersionSelector::Version(*copy)).await?;
            if !original.value.ct_eq(&copied.value) {
                return Err(Error::Conflict {
                    system: self.to.kind(),
                    name: name.clone(),
                    expected: format!("version {copy} to be the copy that was just written"),
                    found: "another value".to_owned(),
                });
            }
        }
        Ok(copies.len())
    }
}

fn some(texts: &BTreeMap<String, String>) -> BTreeMap<String, Option<String>> {
    texts
        .iter()
        .map(|(key, text)| (key.clone(), Some(text.clone())))
        .collect()
}
