//! A server that plays Azure Key Vault with the token endpoint and the metadata service around it
//! (`tests/tools/azure_server.py`), and Azure's official client to judge it and to work beside coffer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::step::{self, Failure, Outcome};
use crate::{programs, tools};

/// The vault's host.
pub const VAULT_HOST: &str = "coffer-test.vault.azure.net";
/// The host that tokens are asked for.
pub const LOGIN_HOST: &str = "login.microsoftonline.com";
/// The tenant that the server knows.
pub const TENANT: &str = "00000000-fake-4000-8000-00000000000a";
/// The application that the server knows.
pub const CLIENT: &str = "00000000-fake-4000-8000-00000000000b";
/// The application's secret.
pub const CLIENT_SECRET: &str = "fake-client-secret";
/// A token of another system that the application trusts.
pub const FEDERATED_TOKEN: &str = "fake-federated-token";

/// A running server; it ends with this value.
pub struct KeyVault {
    process: Child,
    tls: u16,
    plain: u16,
    authority: PathBuf,
}

impl KeyVault {
    /// Starts a server on free loopback ports and waits until it listens.
    ///
    /// # Errors
    /// When the tools are not fetched, or the server does not start.
    pub fn start() -> Outcome<Self> {
        let io = |source| Failure::Start {
            program: "the server of Key Vault".to_owned(),
            source,
        };
        let mut process = Command::new(tools::python()?)
            .arg(tool("azure_server.py"))
            // The server ends with this pipe, also where a test keeps it to the very end.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(io)?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(io)?;
        }
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let port = |name: &str| u16::try_from(told.get(name)?.as_u64()?).ok();
        let authority = told.get("authority").and_then(Value::as_str);
        match (port("tls"), port("plain"), authority) {
            (Some(tls), Some(plain), Some(authority)) => Ok(Self {
                process,
                tls,
                plain,
                authority: authority.into(),
            }),
            _ => Err(Failure::Step(
                "the server of Key Vault did not start".to_owned(),
            )),
        }
    }

    /// The vault's address for a client that finds [`VAULT_HOST`] at [`Self::address`].
    #[must_use]
    pub fn vault_url(&self) -> String {
        format!("https://{VAULT_HOST}:{}", self.tls)
    }

    /// The address of the token endpoint for such a client.
    #[must_use]
    pub fn authority_host(&self) -> String {
        format!("https://{LOGIN_HOST}:{}", self.tls)
    }

    /// Where all hosts are that the server plays.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.tls).into()
    }

    /// The proxy that leads to the server whatever host is asked for, and the machine's metadata service.
    #[must_use]
    pub fn plain_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.plain)
    }

    /// The file of the authority that the server's certificate is of.
    #[must_use]
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// Changes how the server behaves.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn control(&self, change: &Value) -> Outcome<Value> {
        self.ask("POST", &change.to_string())
    }

    /// What the server holds, and what it was asked.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn state(&self) -> Outcome<Value> {
        self.ask("GET", "")
    }

    fn ask(&self, method: &str, body: &str) -> Outcome<Value> {
        let io = |source| Failure::Start {
            program: "the server of Key Vault".to_owned(),
            source,
        };
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.plain)).map_err(io)?;
        let request = format!(
            "{method} /control HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).map_err(io)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(io)?;
        let json = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(json).map_err(|error| Failure::Step(format!("{error}: {answer}")))
    }

    /// Runs Azure's official client (`tests/tools/azure_client.py`) on the vault. Gives what it prints.
    ///
    /// # Errors
    /// When the client fails; what it says goes along.
    pub fn official_client(&self, arguments: &[&str]) -> Outcome<String> {
        let output = Command::new(tools::python()?)
            .arg(tool("azure_client.py"))
            .args(arguments)
            .env("HTTPS_PROXY", self.plain_url())
            .env("https_proxy", self.plain_url())
            .env("NO_PROXY", "")
            .env("no_proxy", "")
            .env("REQUESTS_CA_BUNDLE", &self.authority)
            .output()
            .map_err(step::at(Path::new("azure_client.py")))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(printed);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::Step(format!("azure_client.py: {printed}{said}")))
    }
}

impl Drop for KeyVault {
    fn drop(&mut self) {
        // The server removes its files when its standard input ends.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn tool(name: &str) -> PathBuf {
    programs::root().join("tests/tools").join(name)
}
