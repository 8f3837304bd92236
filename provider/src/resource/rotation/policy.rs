//! What a rotation's arguments say, as the policy that is kept with the secret.

use coffer_plugin::{Diagnostics, Path};
use coffer_rotation::policy::{OnFailure, Policy, PolicyError, Promotion, Strategy};
use coffer_rotation::schedule::{Schedule, Timing};
use coffer_rotation::target::TargetSpec;
use coffer_rotation::value::Format;

use super::Rotation;
use super::blocks::{BlackoutTime, TargetBlock};
use crate::password::PasswordArguments;
use crate::period::Period;

impl Rotation {
    /// The policy; what is not set or not known has its default.
    pub(super) fn policy(&self) -> Policy {
        let is = |value: &coffer_plugin::Value<String>, word: &str| {
            value.as_known().is_some_and(|it| it == word)
        };
        let period = |value: &coffer_plugin::Value<Period>| {
            value.as_known().map(|it| it.as_period().clone())
        };
        Policy {
            timing: Timing {
                schedule: self.schedule(),
                window: period(&self.rotation_window),
                time_zone: self.time_zone.as_known().cloned(),
                blackouts: self
                    .blackout
                    .iter()
                    .filter_map(BlackoutTime::blackout)
                    .collect(),
            },
            strategy: match is(&self.strategy, "alternating") {
                true => Strategy::Alternating,
                false => Strategy::Single,
            },
            usernames: self.usernames.as_known().cloned().unwrap_or_default(),
            grace_period: period(&self.grace_period),
            versions_to_keep: self.versions_to_keep.as_known().copied(),
            on_failure: match is(&self.on_failure, "keep_pending") {
                true => OnFailure::KeepPending,
                false => OnFailure::Rollback,
            },
            detect_drift: self.detect_drift.as_known().copied().unwrap_or(false),
            rotate_on_exposure: self.rotate_on_exposure.as_known().copied().unwrap_or(true),
            promotion: match self.is_deferred() {
                true => Promotion::Deferred,
                false => Promotion::Immediate,
            },
            value_format: self.value_format.as_known().map(|it| match it.as_str() {
                "json" => Format::Json,
                _ => Format::Plain,
            }),
            generate: self
                .generate
                .as_ref()
                .map(PasswordArguments::policy)
                .unwrap_or_default(),
            target: self.target(),
        }
    }

    /// When to rotate, where anything says so.
    fn schedule(&self) -> Option<Schedule> {
        let text = match self.rotate_after.as_known() {
            Some(period) => period.as_str(),
            None => self.schedule_expression.as_known()?,
        };
        // Both were parsed when the configuration was judged.
        Schedule::parse(text).ok()
    }

    /// The blocks that describe a target; more than one is refused.
    fn target_blocks(&self) -> Vec<&dyn TargetBlock> {
        fn block(it: &Option<impl TargetBlock>) -> Option<&dyn TargetBlock> {
            it.as_ref().map(|it| it as &dyn TargetBlock)
        }
        [
            block(&self.target_postgresql),
            block(&self.target_mysql),
            block(&self.target_openbao_static_role),
            block(&self.target_aws_rotation),
            block(&self.target_webhook),
            block(&self.target_command),
            block(&self.target_ssh_key),
            block(&self.target_tls_certificate),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn target(&self) -> Option<TargetSpec> {
        self.target_blocks().first()?.spec()
    }

    /// Refuses a policy that contradicts itself. What is unknown yet is judged once it is known.
    pub(super) fn validate_policy(&self, diagnostics: &mut Diagnostics) {
        let unknown = [
            self.strategy.is_unknown(),
            self.usernames.is_unknown(),
            self.grace_period.is_unknown(),
            self.time_zone.is_unknown(),
            self.target_blocks().iter().any(|it| it.has_unknown()),
        ];
        if self.target_blocks().len() > 1 {
            diagnostics.error_at(
                Path::root(),
                "More than one target",
                "A secret is rotated in one system. Keep one of the target blocks.",
            );
        }
        if unknown.contains(&true) {
            return;
        }
        if let Err(error) = self.policy().check() {
            let place = match &error {
                PolicyError::TimeZone(_) => "time_zone",
                PolicyError::Blackout(_) => "blackout",
                PolicyError::TwoUsers(_)
                | PolicyError::OneUser(_)
                | PolicyError::NoUser(_)
                | PolicyError::Username => "usernames",
                PolicyError::NoTurns(_) => "strategy",
                PolicyError::NoGrace(_) => "grace_period",
                _ => "name",
            };
            let detail = crate::failure::told(&error, &error.remedy());
            let at = Path::root().attribute(place);
            diagnostics.error_at(at, "A rotation that cannot be made", detail);
        }
    }
}
