//! Who follows a rotation: progress for people, and tests that interrupt it.

use std::fmt;
use std::ops::ControlFlow;

use coffer_vault::SecretName;

/// A point that a rotation has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Point {
    /// The new version is stored as pending.
    Begun,
    /// The system has it; nothing is noted yet.
    Changed,
    /// It is noted that the system has it.
    Set,
    /// The system accepts it; nothing is noted yet.
    Accepted,
    /// It is noted that the system accepts it.
    Tested,
    /// It is current.
    Current,
    /// The system accepts the previous one no more; nothing is noted yet.
    Revoked,
    /// It is noted that the previous one has ended.
    Retired,
}

impl Point {
    /// All points, in order.
    pub const ALL: [Self; 8] = [
        Self::Begun,
        Self::Changed,
        Self::Set,
        Self::Accepted,
        Self::Tested,
        Self::Current,
        Self::Revoked,
        Self::Retired,
    ];
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Begun => "the new version is stored",
            Self::Changed => "the system has the new credential",
            Self::Set => "step set is noted",
            Self::Accepted => "the system accepts the new credential",
            Self::Tested => "step tested is noted",
            Self::Current => "the new version is current",
            Self::Revoked => "the system accepts the previous credential no more",
            Self::Retired => "the previous version has ended",
        })
    }
}

/// Follows a rotation.
pub trait Observer: Send + Sync {
    /// The rotation of `name` has reached `point`. `Break` ends the call there, as a crash would.
    fn reached(&self, name: &SecretName, point: Point) -> ControlFlow<()>;
}

/// Nobody follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Observer for Nobody {
    fn reached(&self, _: &SecretName, _: Point) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
