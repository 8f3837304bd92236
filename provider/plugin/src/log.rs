//! Log lines as Terraform reads them: hclog JSON on standard error.
//!
//! The level is that of `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` or `TF_LOG`; without any, warnings and errors.
//! Terraform writes the lines into files that users attach to bug reports: **never log a configuration, a state
//! or a secret.** For that reason the SDK installs no subscriber for the events of other crates, which do log
//! requests and responses.
//!
//! A thread of its own writes the lines, so that a host that does not read them holds up nothing; while the
//! queue is full, lines are dropped and counted.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json};

/// Lines that wait for the host to read them.
const QUEUE: usize = 1024;

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Trace,
    /// What a developer wants to know.
    Debug,
    /// What a user wants to know.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_uppercase().as_str() {
            "TRACE" | "JSON" => Self::Trace,
            "DEBUG" => Self::Debug,
            "INFO" => Self::Info,
            "WARN" => Self::Warn,
            "ERROR" => Self::Error,
            _ => return None,
        })
    }
}

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

struct Logger {
    level: Level,
    module: &'static str,
    sender: SyncSender<Message>,
    dropped: AtomicU64,
}

static LOGGER: OnceLock<Logger> = OnceLock::new();

/// Starts the log of the provider `name`. Before that, and in tests, lines go nowhere.
pub(crate) fn start(name: &'static str) {
    let own = format!(
        "TF_LOG_PROVIDER_{}",
        name.to_ascii_uppercase().replace('-', "_")
    );
    let level = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .iter()
        .find_map(|variable| Level::parse(&std::env::var(variable).ok()?))
        .unwrap_or(Level::Warn);
    let (sender, receiver) = sync_channel(QUEUE);
    let writer = std::thread::Builder::new().name("log".to_owned());
    if writer.spawn(move || write_lines(&receiver)).is_ok() {
        // A second server in the same process shares the first one's log.
        let _ = LOGGER.set(Logger {
            level,
            module: name,
            sender,
            dropped: AtomicU64::new(0),
        });
    }
}

fn write_lines(receiver: &Receiver<Message>) {
    let mut stderr = std::io::stderr();
    while let Ok(message) = receiver.recv() {
        match message {
            // Nobody is left to tell if standard error is gone.
            Message::Line(line) => drop(stderr.write_all(&line)),
            Message::Flush(done) => drop(done.send(())),
        }
    }
}

/// Waits until the lines so far are written, but not longer than `limit`.
pub(crate) fn flush(limit: Duration) {
    if let Some(logger) = LOGGER.get() {
        let (done, wait) = sync_channel(1);
        if logger.sender.try_send(Message::Flush(done)).is_ok() {
            let _ = wait.recv_timeout(limit);
        }
    }
}

/// Whether lines of `level` are wanted.
#[must_use]
pub fn enabled(level: Level) -> bool {
    LOGGER.get().is_some_and(|logger| level >= logger.level)
}

/// Writes a line. The field names of Terraform's own providers are `tf_...`.
pub fn log(level: Level, message: &str, fields: &[(&str, Json)]) {
    if let Some(logger) = LOGGER.get() {
        logger.log(level, logger.module, message, fields);
    }
}

/// Writes a line of the SDK itself.
pub(crate) fn sdk(level: Level, message: &str, fields: &[(&str, Json)]) {
    if let Some(logger) = LOGGER.get() {
        logger.log(level, "sdk.proto", message, fields);
    }
}

/// Writes a line of level debug.
pub fn debug(message: &str, fields: &[(&str, Json)]) {
    log(Level::Debug, message, fields);
}

/// Writes a line of level info.
pub fn info(message: &str, fields: &[(&str, Json)]) {
    log(Level::Info, message, fields);
}

/// Writes a line of level warn.
pub fn warn(message: &str, fields: &[(&str, Json)]) {
    log(Level::Warn, message, fields);
}

/// Writes a line of level error.
pub fn error(message: &str, fields: &[(&str, Json)]) {
    log(Level::Error, message, fields);
}

impl Logger {
    fn log(&self, level: Level, module: &str, message: &str, fields: &[(&str, Json)]) {
        if level < self.level {
            return;
        }
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        let mut line = line(level, module, message, fields, SystemTime::now(), dropped);
        line.push('\n');
        if let Err(TrySendError::Full(_)) = self.sender.try_send(Message::Line(line.into_bytes())) {
            self.dropped
                .fetch_add(dropped.saturating_add(1), Ordering::Relaxed);
        }
    }
}

fn line(
    level: Level,
    module: &str,
    message: &str,
    fields: &[(&str, Json)],
    now: SystemTime,
    dropped: u64,
) -> String {
    let mut object = Map::new();
    object.insert("@level".to_owned(), level.as_str().into());
    object.insert("@message".to_owned(), message.into());
    object.insert("@module".to_owned(), module.into());
    object.insert("@timestamp".to_owned(), timestamp(now).into());
    for (name, value) in fields {
        object.insert((*name).to_owned(), value.clone());
    }
    if dropped > 0 {
        object.insert("dropped_lines".to_owned(), dropped.into());
    }
    Json::Object(object).to_string()
}

/// `2006-01-02T15:04:05.000000Z`, the only form that hclog reads.
fn timestamp(now: SystemTime) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs();
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let mut text = String::with_capacity(27);
    // Writing into a string never fails.
    let _ = write!(
        text,
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60,
        since.subsec_micros()
    );
    text
}

/// Year, month and day of a day counted from 1970-01-01: Howard Hinnant's `civil_from_days`, for days after 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days.saturating_add(719_468);
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_the_only_form_that_hclog_reads() {
        let at = |seconds, micros: u32| UNIX_EPOCH + Duration::new(seconds, micros * 1000);
        assert_eq!(timestamp(at(0, 0)), "1970-01-01T00:00:00.000000Z");
        assert_eq!(timestamp(at(951_782_400, 1)), "2000-02-29T00:00:00.000001Z");
        assert_eq!(
            timestamp(at(1_735_689_599, 999_999)),
            "2024-12-31T23:59:59.999999Z"
        );
        assert_eq!(
            timestamp(at(4_107_542_400, 0)),
            "2100-03-01T00:00:00.000000Z"
        );
    }

    #[test]
    fn a_line_is_one_json_object_with_the_keys_of_hclog() {
        let text = line(
            Level::Warn,
            "m",
            "two\nlines",
            &[("k", 7.into())],
            UNIX_EPOCH,
            2,
        );
        assert!(!text.contains('\n'));
        let json: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(json["@level"], "warn");
        assert_eq!(json["@message"], "two\nlines");
        assert_eq!(json["@module"], "m");
        assert_eq!(json["k"], 7);
        assert_eq!(json["dropped_lines"], 2);
    }
}
