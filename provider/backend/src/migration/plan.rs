//! What a move will do.

use std::collections::BTreeSet;

use coffer_vault::{SecretMetadata, VersionMetadata, VersionState};

use super::{ARRIVED, Migration, PlannedMove, SOURCE};
use crate::error::{ErrorKind, Result};

/// How many versions that cannot be read are filled in at most; beyond that, the numbers change.
const MOST_GAPS: u64 = 100;

impl Migration<'_> {
    /// What would be done for the secrets whose names start with `prefix`, in order of their names. Reads no value.
    ///
    /// # Errors
    /// Those of the two stores.
    pub async fn plan(&self, prefix: &str) -> Result<Vec<PlannedMove>> {
        let mut planned = Vec::new();
        for secret in self.from.list(prefix).await? {
            if secret.deleted.is_none() {
                planned.push(self.plan_one(&secret).await?);
            }
        }
        Ok(planned)
    }

    async fn plan_one(&self, secret: &SecretMetadata) -> Result<PlannedMove> {
        let name = &secret.name;
        let mut planned = PlannedMove {
            name: name.clone(),
            copies: Vec::new(),
            gaps: Vec::new(),
            notes: Vec::new(),
            is_resumed: false,
            is_done: false,
            obstacle: None,
        };
        let there = match self.to.metadata(name).await {
            Ok(there) if there.deleted.is_some() => {
                planned.obstacle =
                    Some(format!("a deleted secret {name} is there; purge it first"));
                return Ok(planned);
            }
            Ok(there) => Some(there),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) if error.kind() == ErrorKind::Invalid => {
                planned.obstacle = Some(error.to_string());
                return Ok(planned);
            }
            Err(error) => return Err(error),
        };
        if let Some(there) = &there {
            if there.annotations.get(SOURCE).map(String::as_str) != Some(self.from.kind()) {
                planned.obstacle = Some(format!("another secret {name} is there already"));
                return Ok(planned);
            }
            planned.is_resumed = true;
            if let Some((original, own)) = arrived(there) {
                let (gone_on, left_behind) = (there.latest > own, secret.latest > original);
                if gone_on && left_behind {
                    planned.obstacle = Some(format!(
                        "both stores have newer versions of {name} than those that were moved"
                    ));
                }
                planned.is_done = !left_behind;
                if planned.is_done || planned.obstacle.is_some() {
                    return Ok(planned);
                }
            }
        }
        let done = there.map_or(0, |there| there.latest);
        let versions = self.from.versions(name).await?;
        let gaps = missing(&versions, secret.latest);
        let keeps_numbers = u64::try_from(gaps.len()).unwrap_or(u64::MAX) <= MOST_GAPS;
        if keeps_numbers {
            // One that an interrupted run has written still stands there with its stand-in.
            let open = match planned.is_resumed {
                true => self.to.versions(name).await?,
                false => Vec::new(),
            };
            let is_open = |number: u64| {
                number > done
                    || open
                        .iter()
                        .any(|it| it.version == number && it.state == VersionState::Enabled)
            };
            planned.gaps = gaps.into_iter().filter(|it| is_open(*it)).collect();
        } else {
            planned.notes.push(
                "The versions get new numbers: too many before them cannot be read.".to_owned(),
            );
        }
        let readable = versions
            .iter()
            .filter(|it| it.state == VersionState::Enabled);
        planned.copies = if keeps_numbers {
            readable
                .map(|it| it.version)
                .filter(|it| *it > done)
                .collect()
        } else {
            // Counted, as the numbers are others there.
            let done = usize::try_from(done).unwrap_or(usize::MAX);
            readable.map(|it| it.version).skip(done).collect()
        };
        for version in &versions {
            if version.state == VersionState::Disabled {
                planned.notes.push(format!(
                    "Version {} is disabled and cannot be read; enable it first if it is to be moved.",
                    version.version
                ));
            }
        }
        planned.notes.extend(self.losses(secret, &versions));
        Ok(planned)
    }

    /// What the target does not keep.
    fn losses(&self, secret: &SecretMetadata, versions: &[VersionMetadata]) -> Vec<String> {
        let can = self.to.capabilities();
        let lost = [
            (
                !can.expiry.works() && versions.iter().any(|it| it.expires.is_some()),
                "Times of expiry are not kept there.",
            ),
            (
                !can.labels.works() && !secret.labels.is_empty(),
                "Labels are not kept there.",
            ),
            (
                !can.description.works() && secret.description.is_some(),
                "The description is not kept there.",
            ),
            (
                !can.versions_to_keep.works() && secret.versions_to_keep > 0,
                "Older versions are not destroyed by their count there.",
            ),
        ];
        let lost = lost.iter().filter(|(is_lost, _)| *is_lost);
        lost.map(|(_, note)| (*note).to_owned()).collect()
    }
}

/// The newest versions that a secret had when it arrived: where it came from, and here.
fn arrived(there: &SecretMetadata) -> Option<(u64, u64)> {
    let (original, own) = there.annotations.get(ARRIVED)?.split_once(':')?;
    Some((original.parse().ok()?, own.parse().ok()?))
}

/// The numbers from 1 to `latest` that no readable version has.
fn missing(versions: &[VersionMetadata], latest: u64) -> Vec<u64> {
    let readable: BTreeSet<u64> = versions
        .iter()
        .filter(|version| version.state == VersionState::Enabled)
        .map(|version| version.version)
        .collect();
    (1..=latest)
        .filter(|number| !readable.contains(number))
        // One more than what is allowed tells that it is too many.
        .take(usize::try_from(MOST_GAPS).unwrap_or(usize::MAX).saturating_add(1))
        .collect()
}
