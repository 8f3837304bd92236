//! A vault's connection: looking at a secret, and writing what was changed.

use std::time::Duration;

use coffer_vault::{SecretName, Stage, Timestamp, VersionSelector};
use serde_json::json;

use super::api::{Api, Fault};
use super::record::{Record, State};
use super::view::{View, expect_name, not_found};
use super::wire::time;
use super::{SPELLING, SYSTEM};
use crate::error::{Error, Result};

/// How often a change is tried that another one got in the way of.
const ATTEMPTS: usize = 8;
/// How many requests of one operation are under way at a time.
pub(super) const AT_A_TIME: usize = 8;
/// How long a conditional change waits for others that have looked at the same revision, before it looks whether it is
/// still there.
const SETTLE: Duration = Duration::from_millis(300);

/// A vault.
pub(super) struct Connection {
    pub(super) api: Api,
}

/// A secret where it was looked for.
pub(super) enum Found {
    Nothing,
    Live(Box<View>),
}

impl Connection {
    pub(super) fn id(&self, name: &SecretName) -> Result<String> {
        SPELLING.write(name)
    }

    /// Looks at the versions of a secret. One that is deleted has none.
    ///
    /// # Errors
    /// Also where the secret is another one to coffer: see [`expect_name`].
    pub(super) async fn find(&self, name: &SecretName) -> Result<Found> {
        let found = self.find_in_any_case(name).await?;
        if let Found::Live(view) = &found {
            expect_name(name, view.stored_name().as_ref())?;
        }
        Ok(found)
    }

    /// The same for whatever secret Key Vault has under the name.
    pub(super) async fn find_in_any_case(&self, name: &SecretName) -> Result<Found> {
        let id = self.id(name)?;
        let (items, now) = match self.api.versions(&id).await {
            Ok(found) => found,
            Err(Fault::NotFound) => return Ok(Found::Nothing),
            Err(fault) => return Err(fault.about(name, None)),
        };
        let view = View::new(name, items, now);
        Ok(match view.versions.is_empty() {
            false => Found::Live(Box::new(view)),
            true => Found::Nothing,
        })
    }

    /// A secret that is there.
    ///
    /// # Errors
    /// [`Error::Deleted`], [`Error::NotFound`].
    pub(super) async fn look(&self, name: &SecretName) -> Result<View> {
        match self.find(name).await? {
            Found::Live(view) => Ok(*view),
            Found::Nothing => Err(self.missing(name).await),
        }
    }

    /// Why a secret is not there.
    pub(super) async fn missing(&self, name: &SecretName) -> Error {
        let id = match self.id(name) {
            Ok(id) => id,
            Err(error) => return error,
        };
        match self.api.deleted(&id).await {
            Ok(deleted) => Error::Deleted {
                system: SYSTEM,
                name: name.clone(),
                recoverable_until: deleted.scheduled_purge_date.and_then(time),
            },
            // Looking at deleted secrets is a right of its own; whoever lacks it learns of none.
            Err(Fault::NotFound | Fault::Other(Error::Denied { .. })) => not_found(name),
            Err(fault) => fault.about(name, None),
        }
    }

    /// Changes a secret as `edit` says, which tells whether there is anything to write. `is_conditional` where the change
    /// must not overwrite another one.
    ///
    /// Key Vault knows no condition. The change is looked for after it was written, and written again on top of what
    /// took its place; two changes that are written at the very same moment can still both be taken for the last.
    pub(super) async fn modify(
        &self,
        name: &SecretName,
        is_conditional: bool,
        edit: impl Fn(&mut View) -> Result<bool>,
    ) -> Result<View> {
        let id = self.id(name)?;
        let change = super::random()?;
        for _ in 0..ATTEMPTS {
            let mut view = self.look(name).await?;
            if !edit(&mut view)? {
                return Ok(view);
            }
            view.record.remember_change(&change);
            let mut newest = view.newest()?.clone();
            newest.note.state = State::Done;
            let tags = view.tags_of(&newest)?;
            let written = self
                .api
                .patch(&id, newest.id(), &json!({ "tags": tags }))
                .await;
            written.map_err(|fault| {
                fault.about(name, Some(VersionSelector::Version(newest.number())))
            })?;
            if is_conditional {
                tokio::time::sleep(SETTLE).await;
            }
            let now = self.look(name).await?;
            if now.latest() == newest.number() && now.record.changes.contains(&change) {
                return Ok(now);
            }
        }
        Err(busy(name))
    }
}

/// What a first version's record begins with.
pub(super) fn first_record(now: Timestamp) -> Record {
    Record {
        born: Some(now.as_second()),
        ..Record::default()
    }
}

/// Puts the stage of a new version on `number`.
pub(super) fn stage(record: &mut Record, stage: Stage, number: u64, now: Timestamp) {
    match stage {
        Stage::Pending => record.set_stage(Stage::Pending, Some(number)),
        _ => record.make_current(number, now.as_second()),
    }
}

pub(super) fn busy(name: &SecretName) -> Error {
    Error::Conflict {
        system: SYSTEM,
        name: name.clone(),
        expected: "a moment without other writes".to_owned(),
        found: "another one at each attempt".to_owned(),
    }
}
