//! How a secret is rotated, as it is kept with the secret, so that whoever rotates it knows without Terraform.

use coffer_vault::{MetadataChange, SecretMetadata};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::generator::PasswordPolicy;
use crate::schedule::{BlackoutError, Period, Timing};
use crate::target::TargetSpec;
use crate::value::Format;

/// The annotation in which a secret's policy stands.
pub const POLICY_ANNOTATION: &str = "coffer.rotation-policy";

/// How a secret is rotated. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// When.
    pub timing: Timing,
    /// Whose credential is changed.
    pub strategy: Strategy,
    /// The users, of which the strategy changes one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usernames: Vec<String>,
    /// For how long the previous version stays valid; without, until the next rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_period: Option<Period>,
    /// How many versions keep their value; all unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions_to_keep: Option<u32>,
    /// What happens to a new version that the system refuses.
    pub on_failure: OnFailure,
    /// Whether the current credential is tried, and replaced where the system refuses it.
    pub detect_drift: bool,
    /// Whether a secret that was marked as exposed is due at once.
    pub rotate_on_exposure: bool,
    /// When a new version becomes current.
    pub promotion: Promotion,
    /// What the value of a version looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_format: Option<Format>,
    /// How new values are generated, where the target does not do it.
    pub generate: PasswordPolicy,
    /// The system in which the credential is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetSpec>,
}

/// Whose credential is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Always that of the same user: the old one stops to work when the new one begins to.
    #[default]
    Single,
    /// In turn that of one of two users: the old one works for as long as the new one is current.
    Alternating,
}

/// What happens to a new version that the system refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The old credential is put back, and the new version is dropped.
    #[default]
    Rollback,
    /// It stays pending, and the next run tries it again.
    KeepPending,
}

/// When a new version becomes current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promotion {
    /// As soon as it works.
    #[default]
    Immediate,
    /// When a `coffer_rotation_promotion` says that every consumer has it.
    Deferred,
}

/// Why a policy cannot be followed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// The secret has none.
    #[error("{name} has no rotation policy")]
    None {
        /// The secret.
        name: String,
    },
    /// What stands in the annotation is none.
    #[error("the rotation policy of {name} cannot be read: {why}")]
    Unreadable {
        /// The secret.
        name: String,
        /// The parser's word.
        why: String,
    },
    /// There is no such time zone.
    #[error("there is no time zone \"{0}\"")]
    TimeZone(String),
    /// A blackout makes no sense.
    #[error(transparent)]
    Blackout(#[from] BlackoutError),
    /// The alternating strategy without two users.
    #[error("the strategy \"alternating\" takes turns between two usernames; {0} are given")]
    TwoUsers(usize),
    /// The single strategy with several users.
    #[error("the strategy \"single\" changes one username; {0} are given")]
    OneUser(usize),
    /// A target that changes a user's password, and no user.
    #[error("the target {0} needs usernames")]
    NoUser(&'static str),
    /// A target that knows no users, and two of them.
    #[error("the target {0} knows no users to alternate between")]
    NoTurns(&'static str),
    /// A grace period with a target that keeps one credential.
    #[error(
        "the target {0} knows one password for each user, so with the strategy \"single\" the previous one ends when the new one begins"
    )]
    NoGrace(&'static str),
    /// A name that cannot be a user's.
    #[error("a username has 1 to 63 printable characters without quotation marks and backslashes")]
    Username,
    /// The target's settings make no sense.
    #[error("{0}")]
    Target(String),
}

impl PolicyError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::None { .. } => {
                "rotate it with a coffer_rotation, or write a policy with `coffer rotate policy`"
            }
            Self::Unreadable { .. } => {
                "write it anew with `coffer rotate policy NAME --set FILE`, or apply its coffer_rotation"
            }
            Self::TimeZone(_) => "write a name of the IANA database, such as Europe/Berlin",
            Self::Blackout(_) => "correct the blackout",
            Self::TwoUsers(_) => "give two usernames",
            Self::OneUser(_) => "give one, or set the strategy to \"alternating\"",
            Self::NoUser(_) => "give the user whose password is rotated",
            Self::NoTurns(_) => "leave the strategy out",
            Self::NoGrace(_) => "set the strategy to \"alternating\" with two usernames, or leave grace_period out",
            Self::Username => "rename the user, or rotate it with a command",
            Self::Target(_) => "correct the target's settings",
        }
        .to_owned()
    }
}

impl Policy {
    /// The policy that is kept with a secret.
    ///
    /// # Errors
    /// [`PolicyError::None`], [`PolicyError::Unreadable`].
    pub fn of(found: &SecretMetadata) -> Result<Self, PolicyError> {
        let name = || found.name.to_string();
        let text = found
            .annotations
            .get(POLICY_ANNOTATION)
            .ok_or_else(|| PolicyError::None { name: name() })?;
        serde_json::from_str(text).map_err(|error| PolicyError::Unreadable {
            name: name(),
            why: error.to_string(),
        })
    }

    /// The change that keeps the policy with a secret.
    #[must_use]
    pub fn change(&self) -> MetadataChange {
        MetadataChange {
            annotations: [(POLICY_ANNOTATION.to_owned(), Some(self.to_text()))].into(),
            versions_to_keep: self.versions_to_keep,
            ..MetadataChange::default()
        }
    }

    /// The policy's JSON, as it is kept.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Texts and numbers always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether `found` keeps another policy than this one, or none.
    #[must_use]
    pub fn differs_from(&self, found: &SecretMetadata) -> bool {
        found.annotations.get(POLICY_ANNOTATION) != Some(&self.to_text())
            || self
                .versions_to_keep
                .is_some_and(|keep| keep != found.versions_to_keep)
    }

    /// Refuses what contradicts itself.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.timing.zone().map_err(PolicyError::TimeZone)?;
        for blackout in &self.timing.blackouts {
            blackout.check()?;
        }
        if !self.usernames.iter().all(|name| is_username(name)) {
            return Err(PolicyError::Username);
        }
        match (self.strategy, self.usernames.len()) {
            (Strategy::Alternating, 2) | (Strategy::Single, 0 | 1) => {}
            (Strategy::Alternating, count) => return Err(PolicyError::TwoUsers(count)),
            (Strategy::Single, count) => return Err(PolicyError::OneUser(count)),
        }
        let Some(target) = &self.target else {
            return Ok(());
        };
        target.check().map_err(PolicyError::Target)?;
        let users = target.users();
        if users.are_needed && self.usernames.is_empty() {
            return Err(PolicyError::NoUser(target.kind()));
        }
        if !users.take_turns && self.strategy == Strategy::Alternating {
            return Err(PolicyError::NoTurns(target.kind()));
        }
        if users.replaces && self.grace_period.is_some() && self.strategy == Strategy::Single {
            return Err(PolicyError::NoGrace(target.kind()));
        }
        Ok(())
    }

    /// What the value of a version looks like: what was set, or JSON where it has to say whose password it is.
    #[must_use]
    pub fn format(&self) -> Format {
        self.value_format.unwrap_or(match self.strategy {
            Strategy::Single => Format::Plain,
            Strategy::Alternating => Format::Json,
        })
    }

    /// Whether the store makes the rotation by itself.
    #[must_use]
    pub fn is_native(&self) -> bool {
        matches!(self.target, Some(TargetSpec::AwsRotation(_)))
    }

    /// The user, where there is only one.
    #[must_use]
    pub fn only_user(&self) -> Option<&String> {
        self.usernames.first().filter(|_| self.usernames.len() == 1)
    }

    /// The user whose credential the next version is, after a version of `current`.
    #[must_use]
    pub fn next_user(&self, current: Option<&str>) -> Option<&String> {
        match self.strategy {
            Strategy::Single => self.usernames.first(),
            // Where nothing is known of the current version, the first user is whose it is.
            Strategy::Alternating => {
                let current = current.or(self.usernames.first().map(String::as_str));
                self.usernames
                    .iter()
                    .find(|name| Some(name.as_str()) != current)
            }
        }
    }
}

/// Whether `name` may stand between quotation marks in a statement of any database.
fn is_username(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name
            .chars()
            .all(|c| !c.is_control() && !['"', '\'', '`', '\\'].contains(&c))
}
