//! How long a request is tried, and how long to wait before the next attempt.

use std::time::Duration;

use coffer_vault::Timestamp;
use jiff::fmt::rfc2822;

/// The wait before the second attempt; it doubles from attempt to attempt.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// The longest wait that is not asked for by the system.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How patient a store is with the system behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is repeated after the first attempt.
    pub retries: u32,
    /// How long one attempt may take.
    pub attempt: Duration,
    /// How long all attempts and the waits between them may take.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 5,
            attempt: Duration::from_secs(30),
            total: Duration::from_secs(60),
        }
    }
}

/// The wait before the attempt after `attempt` (counted from 0): what the system asks for, or one that doubles. A
/// random part keeps several processes from coming back at the same moment.
pub(crate) fn wait(attempt: u32, asked: Option<Duration>) -> Duration {
    let doubled = FIRST_WAIT
        .saturating_mul(2_u32.saturating_pow(attempt))
        .min(LONGEST_WAIT);
    match asked {
        Some(asked) => asked.saturating_add(FIRST_WAIT.mul_f64(fastrand::f64())),
        None => doubled.mul_f64(0.5 + fastrand::f64() / 2.0),
    }
}

/// What a `Retry-After` header asks for: seconds, or a time.
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new()
        .parse_timestamp(header)
        .ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_a_number_of_seconds_or_a_time() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let read = |header| retry_after(header, now).map(|it| it.as_secs());
        assert_eq!(read("7"), Some(7));
        assert_eq!(read("Thu, 01 Jan 2026 00:00:30 GMT"), Some(30));
        assert_eq!(read("Wed, 01 Jan 2025 00:00:30 GMT"), Some(0));
        assert_eq!(read("soon"), None);
    }

    #[test]
    fn waits_grow_to_a_limit_and_never_fall_short_of_what_was_asked() {
        assert!(wait(0, None) <= FIRST_WAIT);
        assert!(wait(40, None) <= LONGEST_WAIT);
        assert!(wait(40, None) >= LONGEST_WAIT / 2);
        let asked = Duration::from_secs(3);
        assert!(wait(0, Some(asked)) >= asked);
    }
}
