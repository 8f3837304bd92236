//! Moving stages.

use coffer_vault::{MetadataChange, SecretName, Stage, VersionSelector};

use super::history::{History, label_of};
use super::{SYSTEM, SecretsManager, failure, unsupported};
use crate::error::{Error, Result};

/// The label of a version that is stored and whose stage is not moved yet. A write that was cut short is known by it.
pub(super) const WRITING: &str = "coffer-writing";

/// How a move ended.
pub(super) enum Moved {
    Done,
    /// The stage is not where it was seen: nothing was moved.
    Elsewhere,
}

impl SecretsManager {
    /// Moves a stage to the version `id` from the version that `seen` has it on, and from no other: the service
    /// refuses where that is not so any more, which makes this a compare-and-set.
    pub(super) async fn move_stage(
        &self,
        name: &SecretName,
        seen: &History,
        stage: Stage,
        id: &str,
    ) -> Result<Moved> {
        let label = label_of(stage);
        let from = seen.labelled(label).map(|entry| entry.id.as_str());
        if from == Some(id) {
            return Ok(Moved::Done);
        }
        let request = self.client().await?.update_secret_version_stage();
        let answer = request
            .secret_id(self.secret_id(name).await?)
            .version_stage(label)
            .set_remove_from_version_id(from.map(ToOwned::to_owned))
            .move_to_version_id(id)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(Moved::Done);
        };
        // Whether it was refused, or its answer lost, is seen by where the label is now.
        let failure = failure(&error);
        let now = match self.history(name).await {
            Ok(history) => history,
            Err(_) => return Err(failure.writing(name)),
        };
        match now.labelled(label).map(|entry| entry.id.as_str()) {
            Some(carrier) if carrier == id => Ok(Moved::Done),
            carrier if carrier != from => Ok(Moved::Elsewhere),
            _ => Err(failure.writing(name)),
        }
    }

    /// Takes a label off a version. One that is not there is none.
    pub(super) async fn take_label_off(
        &self,
        name: &SecretName,
        label: &str,
        id: &str,
    ) -> Result<()> {
        let request = self.client().await?.update_secret_version_stage();
        let answer = request
            .secret_id(self.secret_id(name).await?)
            .version_stage(label)
            .remove_from_version_id(id)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(());
        };
        let failure = failure(&error);
        match self.history(name).await {
            Ok(now) if now.labelled(label).is_none_or(|entry| entry.id != id) => Ok(()),
            _ => Err(failure.writing(name)),
        }
    }

    /// Makes a version current; the service makes the current one previous by itself.
    pub(super) async fn make_current(
        &self,
        name: &SecretName,
        version: u64,
        change: &MetadataChange,
    ) -> Result<()> {
        let seen = self.look_to_write(name).await?;
        let entry = seen.select(name, VersionSelector::Version(version))?;
        self.change(name, &seen, change, None).await?;
        let moved = self
            .move_stage(name, &seen.history, Stage::Current, &entry.id)
            .await?;
        if let Moved::Elsewhere = moved {
            let current = seen.history.staged(Stage::Current);
            return Err(Error::Conflict {
                system: SYSTEM,
                name: name.clone(),
                expected: current.map_or("no current version".to_owned(), |entry| {
                    format!("version {} as the current one", entry.number)
                }),
                found: "another one".to_owned(),
            });
        }
        let pending = label_of(Stage::Pending);
        if entry.labels.iter().any(|label| label == pending) {
            self.take_label_off(name, pending, &entry.id).await?;
        }
        Ok(())
    }

    /// Takes a stage off whichever version carries it.
    pub(super) async fn take_stage_off(&self, name: &SecretName, stage: Stage) -> Result<()> {
        if stage == Stage::Current {
            return unsupported(
                "leave a secret without a current version",
                "make another version current, or delete the secret",
            );
        }
        let seen = self.look_to_write(name).await?;
        let label = label_of(stage);
        match seen.history.labelled(label) {
            Some(entry) => self.take_label_off(name, label, &entry.id).await,
            None => Ok(()),
        }
    }
}
