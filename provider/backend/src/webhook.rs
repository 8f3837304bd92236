//! A place on the web that takes JSON by POST, signed so that it can tell who sent it.

use std::time::{Duration, Instant};

use coffer_vault::{
    AuditRecord, AuditSink, Error, Result, Secret, Timestamp, checkpoint_line, json_lines,
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::blocking::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Url, redirect};
use sha2::Sha256;

use crate::environment::EnvironmentSecret;
use crate::hex::hex;

/// The variable that holds the key of signatures; with `_FILE`, the path of a file that holds it.
const KEY: &str = "COFFER_WEBHOOK_KEY";
/// Fewer bytes could be guessed from one signed message.
const SHORTEST_KEY: usize = 16;
/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long all attempts together may take.
const PATIENCE: Duration = Duration::from_secs(12);
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// A webhook.
///
/// Each message is a POST with these headers:
///
/// - `Coffer-Event`: `audit` (JSON lines, a row each), `checkpoint` or `alerts` (JSON);
/// - `Coffer-Signature`, where `COFFER_WEBHOOK_KEY` is set: `t=SECONDS,v1=HEX`, where `HEX` is HMAC-SHA-256 over
///   `SECONDS`, a dot and the body. The receiver compares it, and refuses a time that is long past.
///
/// An answer of 2xx takes the message. On 408, 429, 5xx and broken connections it is sent again, three times at most and
/// for twelve seconds at most, so a receiver may get a row twice: rows have numbers.
#[derive(Clone)]
pub struct Webhook {
    url: Url,
    key: Option<Secret>,
}

impl Webhook {
    /// Reads an address: `https://…`, or `http://…` to this machine.
    ///
    /// # Errors
    /// Where it is neither. It is not repeated: the path of a webhook is often its password.
    pub fn parse(text: &str) -> Result<Self> {
        let url = Url::parse(text).map_err(|error| invalid(&format!("is no URL: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(
                "holds a user or a password; set COFFER_WEBHOOK_KEY, and check the signature instead",
            ));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&url) => {}
            "http" => return Err(invalid("starts with http:; use https: for other machines")),
            _ => return Err(invalid("starts with neither https: nor http:")),
        }
        Ok(Self { url, key: None })
    }

    /// The webhook with the key that `COFFER_WEBHOOK_KEY` or `COFFER_WEBHOOK_KEY_FILE` gives, where one is set.
    ///
    /// # Errors
    /// Where the key cannot be read or is too short.
    pub fn sign_with_environment(&self) -> Result<Self> {
        let found = EnvironmentSecret::read(KEY, "_FILE", false)
            .map_err(|error| key_unusable(&error.to_string()))?;
        let mut signing = self.clone();
        if let Some(found) = found {
            if found.value.len() < SHORTEST_KEY {
                return Err(key_unusable(&format!(
                    "it has {} bytes and needs {SHORTEST_KEY}",
                    found.value.len()
                )));
            }
            signing.key = Some(found.value);
        }
        Ok(signing)
    }

    /// The webhook with this key.
    #[must_use]
    pub fn sign_with(self, key: Secret) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// Sends a message; `event` says what it is.
    ///
    /// # Errors
    /// The reason, where it was not taken. It names the host and never the address.
    pub fn post(
        &self,
        event: &'static str,
        content: &'static str,
        body: &[u8],
    ) -> std::result::Result<(), String> {
        self.send(event, content, body)
            .map_err(|not_taken| not_taken.why)
    }

    /// The same, for callers to whom it matters whether the receiver has refused the message.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn send(
        &self,
        event: &'static str,
        content: &'static str,
        body: &[u8],
    ) -> std::result::Result<(), NotTaken> {
        let start = Instant::now();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(TIMEOUT)
            .user_agent(concat!("coffer/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| NotTaken {
                why: told(error),
                is_refusal: false,
            })?;
        let mut wait = FIRST_WAIT;
        let mut attempt: u32 = 1;
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let failed = match self.attempt(&client, event, content, body, left.min(TIMEOUT)) {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            let pause = failed.retry_after.unwrap_or(wait);
            if !failed.may_pass
                || attempt >= ATTEMPTS
                || start.elapsed().saturating_add(pause) >= PATIENCE
            {
                let times = match attempt {
                    1 => "once".to_owned(),
                    count => format!("{count} times"),
                };
                return Err(NotTaken {
                    why: format!("{} (tried {times})", failed.why),
                    is_refusal: !failed.may_pass,
                });
            }
            std::thread::sleep(pause);
            wait = wait.saturating_mul(2);
            attempt = attempt.saturating_add(1);
        }
    }

    fn attempt(
        &self,
        client: &Client,
        event: &'static str,
        content: &'static str,
        body: &[u8],
        timeout: Duration,
    ) -> std::result::Result<(), Failed> {
        let mut request = client
            .post(self.url.clone())
            .timeout(timeout)
            .header(CONTENT_TYPE, content)
            .header("Coffer-Event", event)
            .body(body.to_vec());
        if let Some(key) = &self.key {
            let seconds = Timestamp::now().as_second();
            request = request.header("Coffer-Signature", signature(key, seconds, body));
        }
        let answer = request.send().map_err(|error| Failed {
            may_pass: true,
            retry_after: None,
            why: told(error),
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        Err(Failed {
            may_pass: status.is_server_error()
                || matches!(
                    status,
                    StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
                ),
            retry_after: retry_after(answer.headers()),
            why: format!("it answered {status}"),
        })
    }
}

impl AuditSink for Webhook {
    fn describe(&self) -> String {
        format!("the webhook at {}", self.url.origin().ascii_serialization())
    }

    fn deliver(&self, records: &[AuditRecord]) -> std::result::Result<(), String> {
        self.post("audit", "application/x-ndjson", &json_lines(records)?)
    }

    fn deliver_checkpoint(&self, note: &str) -> std::result::Result<(), String> {
        self.post("checkpoint", "application/json", &checkpoint_line(note)?)
    }
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotTaken {
    /// The reason. It names the host and never the address.
    pub why: String,
    /// Whether the receiver has said no, with an answer of 4xx; otherwise it may have taken the message all the same.
    pub is_refusal: bool,
}

/// Why an attempt was in vain, and whether another one may not be.
struct Failed {
    may_pass: bool,
    retry_after: Option<Duration>,
    why: String,
}

fn signature(key: &Secret, seconds: i64, body: &[u8]) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.danger_expose()) else {
        return String::new();
    };
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes()))
}

/// The wait that the server asks for, in its form with seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

fn is_this_machine(url: &Url) -> bool {
    url.host_str()
        .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"))
}

/// The error with its causes and without the address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

fn invalid(problem: &str) -> Error {
    Error::Invalid {
        what: "the webhook's address",
        problem: problem.to_owned(),
    }
}

fn key_unusable(why: &str) -> Error {
    Error::Invalid {
        what: "the webhook's key",
        problem: format!("cannot be used: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha_256_over_the_time_and_the_body() {
        let key = Secret::copy_from(b"only-for-tests-only-for-tests");
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac only-for-tests-only-for-tests
        assert_eq!(
            signature(&key, 1_700_000_000, b"{}"),
            "t=1700000000,v1=fe6524a9ddd06e956bd84162175cc34b5818111c6d07879ba00026dd242c2fc6"
        );
    }
}
