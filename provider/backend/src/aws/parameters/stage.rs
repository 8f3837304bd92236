//! Moving stages.

use coffer_vault::{MetadataChange, SecretName, Stage, VersionSelector};

use super::history::{History, label_of};
use super::name::parameter;
use super::{ParameterStore, SYSTEM, failure, unsupported};
use crate::error::{Error, Result};

/// How often a move begins anew because a newer version came between, before it gives up.
const ROUNDS: usize = 20;

impl ParameterStore {
    /// Moves the stages to a version that was just stored, and gives the versions as they are then.
    ///
    /// The service moves a label without a condition. So a move is looked at afterwards: where a newer version was
    /// stored to be the current one, that one gets the stage, whoever stored it.
    pub(super) async fn stage_new(
        &self,
        name: &SecretName,
        number: u64,
        stage: Stage,
    ) -> Result<History> {
        if stage == Stage::Pending {
            self.put_label(name, stage, number).await?;
            return self.history(name).await;
        }
        for _ in 0..ROUNDS {
            let history = self.history(name).await?;
            let wanted = history.meant_as_current(number).map(|entry| entry.number);
            let wanted = wanted.unwrap_or(number);
            let carrier = history.labelled(Stage::Current).map(|entry| entry.number);
            if carrier.is_some_and(|carrier| carrier >= wanted) {
                return Ok(history);
            }
            self.move_current(name, &history, wanted).await?;
        }
        Err(Error::OutcomeUnknown {
            system: SYSTEM,
            said: format!("version {number} of \"{name}\" is stored, and others move its stages"),
        })
    }

    /// Makes a version current and the one before it previous, in an order in which each step leaves a current one.
    async fn move_current(&self, name: &SecretName, history: &History, to: u64) -> Result<()> {
        let before = history.staged(Stage::Current).map(|entry| entry.number);
        // The newest is taken for the current one where none is labelled.
        let is_labelled = history.labelled(Stage::Current).is_some();
        let before = match before {
            Some(number) if is_labelled || number != to => Some(number),
            _ => {
                let older = history.entries().iter().rev().find(|entry| {
                    let note = entry.note.as_ref();
                    entry.number < to && note.is_none_or(|note| !note.pending)
                });
                older.map(|entry| entry.number)
            }
        };
        if let Some(before) = before
            && before != to
        {
            self.put_label(name, Stage::Previous, before).await?;
        }
        self.put_label(name, Stage::Current, to).await
    }

    /// Puts the label of a stage on a version; the service takes it off the one that carried it.
    async fn put_label(&self, name: &SecretName, stage: Stage, number: u64) -> Result<()> {
        let request = self.connection().await?.client.label_parameter_version();
        let answer = request
            .name(parameter(name)?)
            .parameter_version(i64::try_from(number).unwrap_or(i64::MAX))
            .labels(label_of(stage))
            .send()
            .await;
        // Putting it on twice is putting it on once: what is unclear is cleared up by a look.
        if let Err(error) = answer {
            let failure = failure(&error);
            let now = self.history(name).await;
            let is_there = |history: History| {
                let carrier = history.labelled(stage);
                carrier.is_some_and(|entry| entry.number == number)
            };
            if !failure.is_unclear() || !now.is_ok_and(is_there) {
                return Err(failure.writing(name));
            }
        }
        Ok(())
    }

    async fn take_label_off(&self, name: &SecretName, stage: Stage, number: u64) -> Result<()> {
        let request = self.connection().await?.client.unlabel_parameter_version();
        let answer = request
            .name(parameter(name)?)
            .parameter_version(i64::try_from(number).unwrap_or(i64::MAX))
            .labels(label_of(stage))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| failure(&error).writing(name))
    }

    /// Makes a version current; the current one becomes previous.
    pub(super) async fn make_current(
        &self,
        name: &SecretName,
        version: u64,
        change: &MetadataChange,
    ) -> Result<()> {
        let seen = self.look(name).await?;
        let entry = seen.select(name, VersionSelector::Version(version))?;
        let carrier = seen.history.labelled(Stage::Current);
        let is_current = carrier.is_some_and(|carrier| carrier.number == version);
        if is_current && *change == MetadataChange::default() {
            return self.end_pending(name, &seen.history, version).await;
        }
        self.change_and_count(name, &seen, change).await?;
        if !is_current {
            self.move_current(name, &seen.history, entry.number).await?;
        }
        self.end_pending(name, &seen.history, version).await
    }

    /// Takes the label of a pending version off one that is current by now.
    async fn end_pending(&self, name: &SecretName, seen: &History, version: u64) -> Result<()> {
        match seen.labelled(Stage::Pending) {
            Some(entry) if entry.number == version => {
                self.take_label_off(name, Stage::Pending, version).await
            }
            _ => Ok(()),
        }
    }

    /// Takes a stage off whichever version carries it.
    pub(super) async fn take_stage_off(&self, name: &SecretName, stage: Stage) -> Result<()> {
        if stage == Stage::Current {
            return unsupported(
                "leave a secret without a current version",
                "make another version current, or remove the secret",
            );
        }
        let seen = self.look(name).await?;
        let Some(entry) = seen.history.labelled(stage) else {
            return Ok(());
        };
        self.take_label_off(name, stage, entry.number).await?;
        self.change_and_count(name, &seen, &MetadataChange::default())
            .await
    }
}
