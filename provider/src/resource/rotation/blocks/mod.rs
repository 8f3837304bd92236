//! The nested blocks of a rotation.

mod certificate;
mod database;
mod native;
mod program;

use coffer_backend::Reference;
use coffer_plugin::{Model, Value};
use coffer_rotation::schedule::{Blackout, Schedule};
use coffer_rotation::target::TargetSpec;

pub(super) use certificate::TlsCertificateTargetBlock;
pub(super) use database::{MysqlTarget, OpenbaoStaticRoleTarget, PostgresqlTarget};
pub(super) use native::AwsRotationTarget;
pub(super) use program::{CommandTargetBlock, SshKeyTargetBlock, WebhookTargetBlock};

use crate::period::Period;

/// A time in which nothing is rotated: once, with `from` and `until`, or again and again, with `schedule_expression` and
/// `length`.
#[derive(Clone, Debug, PartialEq, Model)]
#[model(exactly_one_of("from", "schedule_expression"))]
#[model(required_together("from", "until"))]
#[model(required_together("schedule_expression", "length"))]
pub(crate) struct BlackoutTime {
    /// When it begins (RFC 3339), such as `2030-12-20T00:00:00Z`.
    #[attr(optional, validate = time)]
    from: Value<String>,
    /// When it has ended (RFC 3339).
    #[attr(optional, validate = time)]
    until: Value<String>,
    /// When it begins, again and again: `cron(0 0 ? * SAT *)` for Saturdays at midnight, in `time_zone`.
    #[attr(optional, validate = super::schedule)]
    schedule_expression: Value<String>,
    /// How long it lasts, such as `2d`.
    #[attr(optional)]
    length: Value<Period>,
}

fn time(text: &str) -> Result<(), String> {
    text.parse::<coffer_vault::Timestamp>()
        .map(drop)
        .map_err(|_| "Use a time such as 2030-12-20T00:00:00Z.".to_owned())
}

impl BlackoutTime {
    /// The blackout; none while a part of it is unknown. What is malformed was refused before.
    pub(super) fn blackout(&self) -> Option<Blackout> {
        if let (Some(from), Some(until)) = (self.from.as_known(), self.until.as_known()) {
            let (from, until) = (from.parse().ok()?, until.parse().ok()?);
            return Some(Blackout::Once { from, until });
        }
        Some(Blackout::Repeated {
            schedule: Schedule::parse(self.schedule_expression.as_known()?).ok()?,
            length: self.length.as_known()?.as_period().clone(),
        })
    }
}

fn reference(text: &str) -> Result<(), String> {
    Reference::parse(text)
        .map(drop)
        .map_err(|error| format!("{error}."))
}

/// A block that describes a target.
pub(super) trait TargetBlock {
    /// The target; what is not known has its default, or there is none where that has no default.
    fn spec(&self) -> Option<TargetSpec>;

    /// Whether a part of it is not known yet.
    fn has_unknown(&self) -> bool;
}

/// A list; empty where it is not set or not known.
fn words(value: &Value<Vec<String>>) -> Vec<String> {
    value.as_known().cloned().unwrap_or_default()
}

/// A text; empty where it is not set or not known.
fn text(value: &Value<String>) -> String {
    value.as_known().cloned().unwrap_or_default()
}
