//! Many secrets at once: which of them are to be rotated, and rotating those.

use coffer_backend::SecretStore;
use coffer_vault::{SecretMetadata, SecretName, Timestamp};
use futures_util::StreamExt;
use globset::{Glob, GlobMatcher};

use crate::clock::Clock;
use crate::machine::{Demand, Done, Result, Rotator};
use crate::outlook::Outlook;
use crate::policy::{POLICY_ANNOTATION, Policy};
use crate::state::State;

/// Which names are meant: `prod/*`, `**/db`. A `*` also stands for a slash.
#[derive(Clone, Debug)]
pub struct NamePattern(Option<GlobMatcher>);

impl NamePattern {
    /// Every name.
    #[must_use]
    pub fn all() -> Self {
        Self(None)
    }

    /// The names that `text` matches.
    ///
    /// # Errors
    /// Why the text is no pattern.
    pub fn parse(text: &str) -> Result<Self, String> {
        Glob::new(text)
            .map(|glob| Self(Some(glob.compile_matcher())))
            .map_err(|error| error.kind().to_string())
    }

    fn matches(&self, name: &SecretName) -> bool {
        self.0
            .as_ref()
            .is_none_or(|glob| glob.is_match(name.as_str()))
    }
}

/// A secret with a rotation policy.
#[derive(Debug)]
pub struct Member {
    /// The secret.
    pub found: SecretMetadata,
    /// How it is rotated, and how far that is; or why nobody can tell.
    pub standing: Result<Standing>,
}

/// How a secret stands.
#[derive(Debug)]
pub struct Standing {
    /// How it is rotated.
    pub policy: Policy,
    /// How far its rotation is.
    pub state: State,
    /// Whether it is to be rotated.
    pub outlook: Outlook,
}

impl Standing {
    /// How the secret `found` stands at `now`.
    ///
    /// # Errors
    /// Where its policy or its state cannot be read.
    pub fn of(found: &SecretMetadata, now: Timestamp) -> Result<Self> {
        let policy = Policy::of(found)?;
        let state = State::of(found)?;
        let outlook = Outlook::of(&policy, found, &state, now);
        Ok(Self {
            policy,
            state,
            outlook,
        })
    }

    /// Whether a run has something to do for it, as far as metadata tells.
    #[must_use]
    pub fn wants_a_run(&self) -> bool {
        let outlook = &self.outlook;
        outlook.due.is_some()
            || outlook.under_way.is_some()
            || outlook.retires.is_some()
            || (self.policy.detect_drift && self.policy.target.is_some())
    }
}

/// The secrets of a store that have a rotation policy and match `pattern`, in order of their names. Reads no value.
///
/// # Errors
/// The store's word.
pub async fn survey(
    store: &dyn SecretStore,
    pattern: &NamePattern,
    clock: &dyn Clock,
) -> Result<Vec<Member>, coffer_backend::Error> {
    let now = clock.now();
    let found = store.list("").await?;
    Ok(found
        .into_iter()
        .filter(|found| found.annotations.contains_key(POLICY_ANNOTATION))
        .filter(|found| found.deleted.is_none() && pattern.matches(&found.name))
        .map(|found| Member {
            standing: Standing::of(&found, now),
            found,
        })
        .collect())
}

/// What came of one secret.
pub type Report = (SecretName, Result<Done>);

/// Rotates those of `members` that want it, at most `concurrency` at once, and tells each result as it comes.
pub async fn rotate_due(
    rotator: &Rotator<'_>,
    members: Vec<Member>,
    concurrency: usize,
    told: &(dyn Fn(&Report) + Sync),
) -> Vec<Report> {
    let rotations = members.into_iter().filter_map(|member| {
        let name = member.found.name;
        match member.standing {
            Ok(standing) if standing.wants_a_run() => Some((name, Ok(standing.policy))),
            Ok(_) => None,
            Err(error) => Some((name, Err(error))),
        }
    });
    let running = rotations.map(|(name, policy)| async move {
        let done = match policy {
            Ok(policy) => rotator.rotate(&name, &policy, &Demand::IfDue).await,
            Err(error) => Err(error),
        };
        (name, done)
    });
    let mut results: Vec<Report> = futures_util::stream::iter(running)
        .buffer_unordered(concurrency.max(1))
        .inspect(told)
        .collect()
        .await;
    results.sort_by(|(left, _), (right, _)| left.cmp(right));
    results
}
