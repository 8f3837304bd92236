//! Times of the SDK.

use aws_sdk_secretsmanager::primitives::DateTime;
use coffer_vault::Timestamp;

/// The same time. One that no calendar knows, which no service gives, is the beginning of 1970.
pub(super) fn timestamp(time: &DateTime) -> Timestamp {
    let nanoseconds = i32::try_from(time.subsec_nanos()).unwrap_or(0);
    Timestamp::new(time.secs(), nanoseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
