//! Systems in which credentials are made, changed and revoked.

pub mod aws_rotation;
pub mod command;
mod error;
pub mod mysql;
pub mod openbao;
mod opening;
pub mod postgresql;
mod process;
mod spec;
pub mod ssh_key;
pub mod tls_certificate;
pub mod webhook;

use async_trait::async_trait;
use coffer_vault::{Secret, SecretName, Timestamp};

pub use error::TargetError;
pub use opening::{RealTargets, Targets};
pub use spec::{TargetSpec, Users};

use crate::value::Whereabouts;

/// A version's credential, as a target sees it.
#[derive(Clone)]
pub struct Credential {
    /// The version that it stands in.
    pub version: u64,
    /// Whose it is, where the target knows users.
    pub username: Option<String>,
    /// The password, key or token alone.
    pub password: Secret,
    /// The version's whole value.
    pub value: Secret,
}

/// A value that a target has made.
#[derive(Clone)]
pub struct Made {
    /// The value, or the password in it.
    pub value: Secret,
    /// What it is.
    pub kind: MadeKind,
    /// When it stops being valid.
    pub expires: Option<Timestamp>,
}

/// What a target has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeKind {
    /// A value as a whole.
    Whole,
    /// A password, which is written in the policy's format.
    Password {
        /// Whose it is.
        username: Option<String>,
    },
}

impl Made {
    /// A value as a whole.
    #[must_use]
    pub fn whole(value: Secret, expires: Option<Timestamp>) -> Self {
        Self {
            value,
            kind: MadeKind::Whole,
            expires,
        }
    }

    /// A password of `username`.
    #[must_use]
    pub fn password(username: Option<String>, value: Secret) -> Self {
        Self {
            value,
            kind: MadeKind::Password { username },
            expires: None,
        }
    }
}

/// A credential that is to be set, tried or revoked.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// The secret.
    pub name: &'a SecretName,
    /// The credential that it is about.
    pub credential: &'a Credential,
    /// The credential of the current version, where there is one.
    pub current: Option<&'a Credential>,
}

/// A system that a credential is for. Each call may be repeated: a repetition changes nothing.
#[async_trait]
pub trait Target: Send + Sync {
    /// Where the system is, for values that say so.
    fn whereabouts(&self) -> Whereabouts {
        Whereabouts::default()
    }

    /// A new value, where the target has values of its own kind, such as key pairs. `current` is the current one.
    async fn generate(
        &self,
        name: &SecretName,
        current: Option<&Credential>,
    ) -> Result<Option<Made>, TargetError> {
        let _ = (name, current);
        Ok(None)
    }

    /// Has the system accept the credential. With one password for each user, the one before stops to work.
    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError>;

    /// Tries whether the system accepts the credential; [`TargetError::Refused`] where it does not.
    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError>;

    /// Has the system accept the credential no more. One that it does not accept anyway is no error.
    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError>;
}
