//! The block of secrets that their store rotates by itself.

use coffer_plugin::{Model, Value, validators};
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::aws_rotation::AwsRotation;

use super::{TargetBlock, text};

/// The rotation of AWS Secrets Manager by a Lambda function, for a secret in the store `aws`. The function makes the new
/// value and changes the system that it is for; here it is set up, asked for when the rotation is due, and waited for.
#[derive(Clone, Debug, PartialEq, Model)]
#[model(conflicts("schedule_expression", "automatically_after_days"))]
pub(crate) struct AwsRotationTarget {
    /// The Lambda function, as an ARN. The one that the secret has unless set.
    #[attr(optional, validate = validators::not_empty())]
    lambda_arn: Value<String>,
    /// When AWS rotates by itself: `rate(10 days)`, `cron(0 16 1,15 * ? *)`.
    #[attr(optional, validate = validators::not_empty())]
    schedule_expression: Value<String>,
    /// The days between two rotations that AWS makes by itself, instead of `schedule_expression`.
    #[attr(optional, validate = validators::between(1..=1000))]
    automatically_after_days: Value<u32>,
    /// How long the window is in which AWS begins, such as `3h`.
    #[attr(optional, validate = validators::not_empty())]
    duration: Value<String>,
}

impl TargetBlock for AwsRotationTarget {
    fn spec(&self) -> Option<TargetSpec> {
        let known = |value: &Value<String>| Some(text(value)).filter(|text| !text.is_empty());
        Some(TargetSpec::AwsRotation(AwsRotation {
            lambda_arn: known(&self.lambda_arn),
            schedule_expression: known(&self.schedule_expression),
            automatically_after_days: self.automatically_after_days.as_known().copied(),
            duration: known(&self.duration),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.lambda_arn.is_unknown()
            || self.schedule_expression.is_unknown()
            || self.automatically_after_days.is_unknown()
            || self.duration.is_unknown()
    }
}
