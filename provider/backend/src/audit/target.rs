//! The settings that name a sink.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use coffer_vault::{AuditSink, Error, JsonLinesSink, Result};
use reqwest::Url;

use super::standard::StandardSink;
use super::syslog::{SyslogSink, Transport};
use crate::webhook::Webhook;

/// The variable that names sinks, with white space between them.
const SINKS: &str = "COFFER_AUDIT_SINK";
/// The variable that names one file.
const FILE: &str = "COFFER_AUDIT_FILE";
/// Where syslog listens on this machine.
const SYSLOG_SOCKET: &str = "/dev/log";

/// A place that gets every audit row besides the vault.
#[derive(Clone)]
pub struct AuditTarget(Kind);

#[derive(Clone)]
enum Kind {
    File(PathBuf),
    Standard(StandardSink),
    Syslog(Transport),
    Webhook(Webhook),
}

impl AuditTarget {
    /// Reads a setting:
    ///
    /// - `file:PATH`, a file of JSON lines;
    /// - `stdout`, `stderr`;
    /// - `syslog`, the machine's own; `syslog:SOCKET`, another unix socket;
    /// - `syslog+udp://HOST:PORT`, `syslog+tcp://HOST:PORT`, `syslog+tls://HOST:PORT` (ports 514, 601 and 6514 unless
    ///   set);
    /// - `https://…`, a webhook; `http://` to this machine alone.
    ///
    /// # Errors
    /// Where it is none of them. The text is not repeated: a webhook's address may be a secret.
    pub fn parse(text: &str) -> Result<Self> {
        let kind = match text.split_once(':') {
            None => match text {
                "stdout" => Kind::Standard(StandardSink::Output),
                "stderr" => Kind::Standard(StandardSink::Error),
                "syslog" => Kind::Syslog(Transport::Local(SYSLOG_SOCKET.into())),
                _ => return Err(unknown()),
            },
            Some(("file", path)) => Kind::File(path_of(path)?),
            Some(("syslog", path)) => Kind::Syslog(Transport::Local(path_of(path)?)),
            Some(("syslog+udp", _)) => Kind::Syslog(Transport::Udp(server(text, 514)?)),
            Some(("syslog+tcp", _)) => Kind::Syslog(Transport::Tcp(server(text, 601)?)),
            Some(("syslog+tls", _)) => Kind::Syslog(Transport::Tls(server(text, 6514)?)),
            Some(("https" | "http", _)) => Kind::Webhook(Webhook::parse(text)?),
            Some(_) => return Err(unknown()),
        };
        Ok(Self(kind))
    }

    /// The sinks that `COFFER_AUDIT_FILE` and `COFFER_AUDIT_SINK` name.
    ///
    /// # Errors
    /// Those of [`AuditTarget::parse`].
    pub fn from_environment() -> Result<Vec<Self>> {
        let mut found = Vec::new();
        if let Some(path) = std::env::var_os(FILE).filter(|path| !path.is_empty()) {
            found.push(Self(Kind::File(path.into())));
        }
        let sinks = std::env::var_os(SINKS).unwrap_or_default();
        let sinks = sinks.to_str().ok_or_else(|| invalid("is not text"))?;
        for text in sinks.split_whitespace() {
            found.push(Self::parse(text)?);
        }
        Ok(found)
    }

    /// Whether rows would go where a program prints its results.
    pub fn is_standard_output(&self) -> bool {
        matches!(self.0, Kind::Standard(StandardSink::Output))
    }

    /// Makes the sink. Connections are made when there is something to deliver.
    ///
    /// # Errors
    /// Where the file cannot be opened, or the webhook's key cannot be used.
    pub fn open(&self) -> Result<Arc<dyn AuditSink>> {
        Ok(match &self.0 {
            Kind::File(path) => Arc::new(JsonLinesSink::open(path)?),
            Kind::Standard(stream) => Arc::new(*stream),
            Kind::Syslog(transport) => Arc::new(SyslogSink::new(transport.clone())),
            Kind::Webhook(webhook) => Arc::new(webhook.sign_with_environment()?),
        })
    }
}

/// A path, written as it is or as in a `file://` URL.
fn path_of(text: &str) -> Result<PathBuf> {
    let path = text.strip_prefix("//").unwrap_or(text);
    if path.is_empty() {
        return Err(invalid("names no path"));
    }
    Ok(Path::new(path).to_path_buf())
}

/// Host and port of a URL that has nothing else.
fn server(text: &str, default_port: u16) -> Result<(String, u16)> {
    let url = Url::parse(text).map_err(|_| unknown())?;
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or_else(|| invalid("names no host"))?;
    if !matches!(url.path(), "" | "/")
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(invalid("of syslog has a host and a port and nothing else"));
    }
    // The brackets of an IPv6 address belong to the URL.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok((host.to_owned(), url.port().unwrap_or(default_port)))
}

fn unknown() -> Error {
    invalid(
        "is none of file:PATH, stdout, stderr, syslog, syslog:SOCKET, syslog+udp://HOST:PORT, syslog+tcp://HOST:PORT, \
         syslog+tls://HOST:PORT, https://URL",
    )
}

fn invalid(problem: &str) -> Error {
    Error::Invalid {
        what: "the audit sink",
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_what_they_say() {
        let described = |text: &str| AuditTarget::parse(text).unwrap().open().unwrap().describe();
        for (text, is) in [
            ("stdout", "the standard output"),
            ("stderr", "the standard error"),
            ("syslog", "syslog at /dev/log"),
            ("syslog:///run/log", "syslog at /run/log"),
            (
                "syslog+udp://logs.example.com",
                "syslog at logs.example.com:514 over UDP",
            ),
            (
                "syslog+tcp://logs.example.com:6010",
                "syslog at logs.example.com:6010 over TCP",
            ),
            ("syslog+tls://[::1]", "syslog at ::1:6514 over TLS"),
            (
                "https://hooks.example.com/secret-path",
                "the webhook at https://hooks.example.com",
            ),
            (
                "http://127.0.0.1:9/hook",
                "the webhook at http://127.0.0.1:9",
            ),
        ] {
            assert_eq!(described(text), is, "{text}");
        }
    }

    #[test]
    fn what_is_no_sink_is_refused_without_repeating_it() {
        for text in [
            "",
            "journal",
            "file:",
            "syslog+tcp://",
            "syslog+tcp://logs.example.com/hunter2-fake",
            "syslog+udp://user@logs.example.com",
            "http://hooks.example.com/hunter2-fake",
            "https://user:hunter2-fake@hooks.example.com/",
            "ftp://hunter2-fake",
            "https://",
        ] {
            let error = AuditTarget::parse(text).err().expect(text).to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
