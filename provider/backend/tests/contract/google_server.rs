//! A server that keeps to the REST reference of Secret Manager (`google_contract.py`).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use coffer_backend::{GoogleSettings, GoogleStore, Patience};
use coffer_vault::Secret;

/// The server; it ends with this value.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("python3")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/google_contract.py"
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut port).unwrap();
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { process, url }
    }

    /// What leads to it.
    pub(crate) fn settings(&self) -> GoogleSettings {
        GoogleSettings {
            project: Some("fake-project".to_owned()),
            endpoint: Some(self.url.clone()),
            access_token: Some(Secret::copy_from(b"fake-google-token")),
            patience: Patience {
                retries: 3,
                attempt: Duration::from_secs(20),
                total: Duration::from_secs(40),
            },
            ..GoogleSettings::default()
        }
    }

    /// A store that works on it.
    pub(crate) fn store(&self) -> GoogleStore {
        GoogleStore::new(self.settings())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
