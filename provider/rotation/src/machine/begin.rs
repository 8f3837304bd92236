//! Beginning a rotation: the new version is stored before anything outside changes.

use std::collections::BTreeMap;

use coffer_backend::ErrorKind;
use coffer_vault::{Expect, MetadataChange, PutRequest, Secret};

use super::{Call, Error, Next, Point, Result, Rotator, Round};
use crate::outlook::Reason;
use crate::policy::{POLICY_ANNOTATION, Promotion};
use crate::state::{Claim, Retiring, Rotated, Run, State, Step};
use crate::target::{Made, MadeKind, Target, TargetError};
use crate::value::Format;

impl Rotator<'_> {
    /// Generates the new version and stores it: as pending, or as current where no target has to be changed.
    pub(super) async fn begin(
        &self,
        round: &Round<'_>,
        reason: &Reason,
        call: &mut Call,
    ) -> Result<Next> {
        round.policy.check()?;
        let able = self.store.capabilities();
        let needed = [able.write, able.stages, able.annotations];
        if !needed.into_iter().all(|support| support.works()) {
            return Err(Error::Incapable {
                name: round.name.to_string(),
                store: self.store.kind(),
            });
        }
        let latest = round.found.as_ref().map_or(0, |found| found.latest);
        // The store counts one up; where it does not, the next round sees it.
        let version = latest.saturating_add(1);
        let user = self.user_of_next(round).await?;
        let made = self.value_of_next(round, user.as_deref()).await?;
        let is_current_at_once = round.becomes_current_at_once();
        let mut state = round.state.clone();
        if let Some(user) = user {
            state.users.insert(version, user);
        }
        if is_current_at_once {
            state.finish(round, version, self.clock.now());
        } else {
            state.run = Some(Run {
                version,
                step: Step::Pending,
                started: self.clock.now(),
                reason: reason.to_string(),
                claim: Some(Claim::new(call.id.clone(), self.claimed_until())),
            });
        }
        let mut request = PutRequest::new(made.value)
            .expect(match &round.found {
                Some(found) => Expect::Latest(found.latest),
                None => Expect::Absent,
            })
            .content_type(match round.policy.format() {
                Format::Plain => "text/plain",
                Format::Json => "application/json",
            })
            .with_metadata(round.change(&state));
        if !is_current_at_once {
            request = request.pending();
        }
        if let Some(expires) = made.expires {
            request = request.expires(expires);
        }
        match self.store.put(round.name, request).await {
            Ok(_) => call.working = Some(reason.to_string()),
            Err(source) => {
                // It may be there all the same; a conflict says that somebody else's is.
                if source.kind() == ErrorKind::OutcomeUnknown {
                    call.working = Some(reason.to_string());
                }
                return Err(Error::store("store a version of", round.name, source));
            }
        }
        let point = match is_current_at_once {
            true => Point::Current,
            false => Point::Begun,
        };
        self.reached(round.name, point)?;
        Ok(Next::Round)
    }

    /// Whose credential the next version is.
    async fn user_of_next(&self, round: &Round<'_>) -> Result<Option<String>> {
        let current = match &round.found {
            Some(found) if !round.policy.usernames.is_empty() => self.current(round, found).await?,
            _ => None,
        };
        let current = current.and_then(|it| it.username);
        Ok(round.policy.next_user(current.as_deref()).cloned())
    }

    async fn value_of_next(&self, round: &Round<'_>, user: Option<&str>) -> Result<Made> {
        let target = self.target(round, Step::Pending).await?;
        let current = match &round.found {
            Some(found) if round.policy.target.is_some() => self.current(round, found).await?,
            _ => None,
        };
        let whereabouts = target
            .as_ref()
            .map(|it| it.whereabouts())
            .unwrap_or_default();
        let format = round.policy.format();
        let write = |password: &Secret, user: Option<&str>| {
            let current = current.as_ref().map(|it| &it.value);
            format.write(password, user, current, &whereabouts)
        };
        if let Some(target) = &target {
            let made = self.within_time(target.generate(round.name, current.as_ref()));
            let made = made
                .await
                .map_err(|source| round.stopped(Step::Pending, source))?;
            if let Some(made) = made {
                return Ok(match &made.kind {
                    MadeKind::Whole => made,
                    MadeKind::Password { username } => {
                        let value = write(&made.value, username.as_deref().or(user));
                        Made::whole(value, made.expires)
                    }
                });
            }
        }
        let generated = round
            .policy
            .generate
            .generate()
            .map_err(|source| Error::Generate {
                name: round.name.to_string(),
                source,
            })?;
        Ok(Made::whole(write(&generated.value, user), None))
    }

    /// The target that the policy names, ready.
    pub(super) async fn target(
        &self,
        round: &Round<'_>,
        step: Step,
    ) -> Result<Option<Box<dyn Target>>> {
        let opened = self.open(round).await;
        opened.map_err(|source| round.stopped(step, source))
    }

    /// The same, with the target's own error.
    pub(super) async fn open(
        &self,
        round: &Round<'_>,
    ) -> Result<Option<Box<dyn Target>>, TargetError> {
        match &round.policy.target {
            None => Ok(None),
            Some(spec) => self.targets.open(spec).await.map(Some),
        }
    }
}

impl Round<'_> {
    /// Whether a new version needs no step in between. The first one has nothing before it that could stay current.
    fn becomes_current_at_once(&self) -> bool {
        let is_first = self.found.as_ref().is_none_or(|it| it.current.is_none());
        self.policy.target.is_none() && (self.policy.promotion == Promotion::Immediate || is_first)
    }

    /// The change that goes with a new version.
    fn change(&self, state: &State) -> MetadataChange {
        let mut annotations: BTreeMap<_, _> = state.annotations();
        if self.found.is_none() {
            annotations.insert(POLICY_ANNOTATION.to_owned(), Some(self.policy.to_text()));
        }
        MetadataChange {
            annotations,
            versions_to_keep: self.policy.versions_to_keep,
            expect_revision: self.found.as_ref().map(|found| found.revision),
            ..MetadataChange::default()
        }
    }
}

impl State {
    /// Notes that `version` is current from `now` on.
    pub(super) fn finish(&mut self, round: &Round<'_>, version: u64, now: coffer_vault::Timestamp) {
        let previous = round.found.as_ref().and_then(|found| found.current);
        self.run = None;
        self.failure = None;
        self.exposed = None;
        self.rotated = Some(Rotated { version, at: now });
        self.retiring = match (previous, &round.policy.grace_period) {
            (Some(previous), Some(grace)) => Some(Retiring {
                version: previous,
                until: grace.after(now),
            }),
            _ => None,
        };
        self.keep_users(&[Some(version), previous]);
    }
}
