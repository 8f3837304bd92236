//! The service's own rotation by a Lambda function.

use coffer_vault::{SecretName, Stage};

use super::history::label_of;
use super::{SecretsManager, failure};
use crate::aws::time::timestamp;
use crate::error::Result;
use crate::native::{NativeRotation, RotationOrder};

impl SecretsManager {
    /// Sets the service's own rotation up, and begins one where the order says so. The function does its work in the
    /// background: [`SecretsManager::rotation`] tells how far it is.
    ///
    /// # Errors
    /// Among others where a rotation is under way.
    pub(super) async fn order_rotation(
        &self,
        name: &SecretName,
        order: &RotationOrder,
    ) -> Result<()> {
        use aws_sdk_secretsmanager::types::RotationRulesType;
        self.look_to_write(name).await?;
        let rules = RotationRulesType::builder()
            .set_schedule_expression(order.schedule_expression.clone())
            .set_automatically_after_days(order.automatically_after_days)
            .set_duration(order.window.clone())
            .build();
        let has_rules = order.schedule_expression.is_some()
            || order.automatically_after_days.is_some()
            || order.window.is_some();
        let request = self.client().await?.rotate_secret();
        let answer = request
            .secret_id(self.secret_id(name).await?)
            .set_rotation_lambda_arn(order.lambda_arn.clone())
            .set_rotation_rules(has_rules.then_some(rules))
            .rotate_immediately(order.rotate_immediately)
            .set_client_request_token(order.token.clone())
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| failure(&error).writing(name))
    }

    /// Ends the service's own rotation. A version that a rotation was working on stays pending.
    ///
    /// # Errors
    /// Where the secret has no rotation.
    pub async fn cancel_native_rotation(&self, name: &SecretName) -> Result<()> {
        self.look_to_write(name).await?;
        let request = self.client().await?.cancel_rotate_secret();
        let answer = request.secret_id(self.secret_id(name).await?).send().await;
        answer
            .map(drop)
            .map_err(|error| failure(&error).writing(name))
    }

    /// How the service's own rotation of a secret stands.
    ///
    /// # Errors
    /// Those of reading metadata.
    pub(super) async fn rotation(&self, name: &SecretName) -> Result<NativeRotation> {
        let seen = self.look(name).await?;
        seen.insist_on_life(name)?;
        let described = &seen.described;
        let rules = described.rotation_rules();
        let pending = seen
            .history
            .labelled(label_of(Stage::Pending))
            .filter(|entry| {
                let current = label_of(Stage::Current);
                entry.labels.iter().all(|label| label != current)
            });
        Ok(NativeRotation {
            enabled: described.rotation_enabled().unwrap_or(false),
            lambda_arn: described.rotation_lambda_arn().map(ToOwned::to_owned),
            schedule_expression: rules
                .and_then(|rules| rules.schedule_expression())
                .map(ToOwned::to_owned),
            automatically_after_days: rules.and_then(|rules| rules.automatically_after_days()),
            window: rules
                .and_then(|rules| rules.duration())
                .map(ToOwned::to_owned),
            last_rotated: described.last_rotated_date().map(timestamp),
            next_rotation: described.next_rotation_date().map(timestamp),
            pending: pending.map(|entry| entry.number),
            current: seen
                .history
                .staged(Stage::Current)
                .map(|entry| entry.number),
        })
    }
}
