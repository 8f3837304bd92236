//! Deleting secrets, restoring them, and removing them for good.

use std::time::Duration;

use coffer_vault::{SecretName, Timestamp};
use tokio::time::{Instant, sleep};

use super::{SecretsManager, failure, invalid};
use crate::error::{Error, Result};

/// The days that the service keeps a deleted secret.
const RECOVERY_DAYS: std::ops::RangeInclusive<i64> = 7..=30;

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// How long the name of a removed secret may stay taken: the service removes in the background.
const REMOVAL_LIMIT: Duration = Duration::from_secs(60);
/// How long to wait before looking whether it is free.
const REMOVAL_PAUSE: Duration = Duration::from_millis(500);

impl SecretsManager {
    /// Deletes the secret with the window that ends at `recoverable_until`, in whole days from now.
    pub(super) async fn schedule_deletion(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<()> {
        let days = days_until(recoverable_until)?;
        self.look_to_write(name).await?;
        let request = self.client().await?.delete_secret();
        let answer = request
            .secret_id(self.secret_id(name).await?)
            .recovery_window_in_days(days)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(());
        };
        let failure = failure(&error);
        // An answer that was lost, or a second deletion: the secret is deleted, which is what was asked for.
        if failure.is_unclear() && self.is_deleted(name).await {
            return Ok(());
        }
        Err(failure.writing(name))
    }

    async fn is_deleted(&self, name: &SecretName) -> bool {
        let described = self.describe(name).await;
        described.is_ok_and(|described| described.deleted_date().is_some())
    }

    /// Restores a deleted secret. One that is not deleted stays as it is.
    pub(super) async fn take_deletion_back(&self, name: &SecretName) -> Result<()> {
        let request = self.client().await?.restore_secret();
        let answer = request.secret_id(self.secret_id(name).await?).send().await;
        answer
            .map(drop)
            .map_err(|error| failure(&error).writing(name))
    }

    /// Removes a secret without a recovery window, and waits until its name is free.
    pub(super) async fn delete_for_good(&self, name: &SecretName) -> Result<()> {
        // The service calls the removal of what is not there a success.
        self.describe(name).await?;
        let request = self.client().await?.delete_secret();
        let answer = request
            .secret_id(self.secret_id(name).await?)
            .force_delete_without_recovery(true)
            .send()
            .await;
        if let Err(error) = answer {
            let failure = failure(&error);
            if !failure.is_unclear() || !self.is_deleted(name).await {
                return Err(failure.writing(name));
            }
        }
        let start = Instant::now();
        while start.elapsed() < REMOVAL_LIMIT {
            match self.describe(name).await {
                Ok(_) => sleep(REMOVAL_PAUSE).await,
                Err(Error::NotFound { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The recovery window in days, part of a day being a whole one.
fn days_until(end: Timestamp) -> Result<i64> {
    let seconds = end.duration_since(Timestamp::now()).as_secs();
    let days = seconds
        .saturating_add(SECONDS_OF_A_DAY)
        .saturating_sub(1)
        .div_euclid(SECONDS_OF_A_DAY);
    if RECOVERY_DAYS.contains(&days) {
        return Ok(days);
    }
    Err(invalid(format!(
        "recovery_window_in_days is {days}; a deleted secret is kept for {} to {} days. To remove one at once, purge it",
        RECOVERY_DAYS.start(),
        RECOVERY_DAYS.end()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(hours: i64) -> Result<i64> {
        let end = Timestamp::now().as_second() + hours * 60 * 60;
        days_until(Timestamp::from_second(end).unwrap())
    }

    #[test]
    fn a_window_has_whole_days_that_the_service_takes() {
        assert_eq!(days(7 * 24).unwrap(), 7);
        assert_eq!(days(7 * 24 + 1).unwrap(), 8);
        assert_eq!(days(30 * 24).unwrap(), 30);
        for refused in [-1, 0, 6 * 24, 30 * 24 + 1] {
            let error = days(refused).unwrap_err().to_string();
            assert!(error.contains("recovery_window_in_days"), "{error}");
        }
    }
}
