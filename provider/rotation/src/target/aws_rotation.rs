//! The rotation of AWS Secrets Manager by a Lambda function, which makes the new version by itself.

use coffer_backend::{NativeRotation, RotationOrder};
use serde::{Deserialize, Serialize};

/// How AWS rotates. What is not set stays as it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsRotation {
    /// The Lambda function, as an ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda_arn: Option<String>,
    /// When AWS rotates by itself, in its notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_expression: Option<String>,
    /// The days between two rotations, in place of a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatically_after_days: Option<u32>,
    /// How long the window is in which AWS begins, in its notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
}

impl AwsRotation {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        match (&self.schedule_expression, self.automatically_after_days) {
            (Some(_), Some(_)) => Err(
                "AWS takes a schedule_expression or automatically_after_days, not both".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// What AWS is told.
    pub(crate) fn order(&self, rotate_immediately: bool, token: Option<String>) -> RotationOrder {
        RotationOrder {
            lambda_arn: self.lambda_arn.clone(),
            schedule_expression: self.schedule_expression.clone(),
            automatically_after_days: self.automatically_after_days.map(i64::from),
            window: self.duration.clone(),
            rotate_immediately,
            token,
        }
    }

    /// Whether AWS rotates in another way than this one.
    pub(crate) fn differs_from(&self, found: &NativeRotation) -> bool {
        fn other<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
            wanted.is_some() && wanted != found
        }
        let days = self.automatically_after_days.map(i64::from);
        !found.enabled
            || other(self.lambda_arn.as_ref(), found.lambda_arn.as_ref())
            || other(
                self.schedule_expression.as_ref(),
                found.schedule_expression.as_ref(),
            )
            || other(days.as_ref(), found.automatically_after_days.as_ref())
            || other(self.duration.as_ref(), found.window.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_stays_as_it_is_there() {
        let mut found = NativeRotation::default();
        let wanted = AwsRotation {
            automatically_after_days: Some(30),
            ..AwsRotation::default()
        };
        assert!(wanted.differs_from(&found), "nothing rotates yet");
        found.enabled = true;
        found.lambda_arn = Some("arn:aws:lambda:eu-west-1:123456789012:function:fake".into());
        assert!(wanted.differs_from(&found));
        found.automatically_after_days = Some(30);
        assert!(!wanted.differs_from(&found));
        let both = AwsRotation {
            schedule_expression: Some("rate(10 days)".into()),
            ..wanted
        };
        assert!(both.check().is_err());
    }
}
