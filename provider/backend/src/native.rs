//! Systems that rotate a secret by themselves.

use coffer_vault::Timestamp;

/// What the service is told of a secret's rotation. What is not set stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotationOrder {
    /// The Lambda function, as an ARN.
    pub lambda_arn: Option<String>,
    /// The schedule in AWS's notation: `rate(10 days)`, `cron(0 16 1,15 * ? *)`.
    pub schedule_expression: Option<String>,
    /// The days between two rotations, in place of a schedule.
    pub automatically_after_days: Option<i64>,
    /// How long the window is in which a rotation may begin, in AWS's notation: `3h`.
    pub window: Option<String>,
    /// Whether to rotate now, too; otherwise the function is only tested.
    pub rotate_immediately: bool,
    /// What makes the order repeatable: the id of the version that the rotation makes, of 32 to 64 characters.
    pub token: Option<String>,
}

/// The state of the service's own rotation of a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NativeRotation {
    /// Whether the service rotates by itself.
    pub enabled: bool,
    /// The Lambda function.
    pub lambda_arn: Option<String>,
    /// The schedule in AWS's notation.
    pub schedule_expression: Option<String>,
    /// The days between two rotations.
    pub automatically_after_days: Option<i64>,
    /// How long the window is in which a rotation may begin.
    pub window: Option<String>,
    /// When the last rotation ended.
    pub last_rotated: Option<Timestamp>,
    /// When the next one may begin.
    pub next_rotation: Option<Timestamp>,
    /// The version that a rotation is working on: it is pending and not current.
    pub pending: Option<u64>,
    /// The version that is current.
    pub current: Option<u64>,
}
