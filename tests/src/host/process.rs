//! A running provider process.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::certificate::ClientCertificate;
use super::failure::Failure;
use super::handshake::Handshake;
use super::program::{Program, Tls};

/// Terraform's magic cookie.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// go-plugin waits so long for the handshake.
const START: Duration = Duration::from_secs(60);

/// A provider that has said where it listens.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    errors: Arc<Mutex<String>>,
    draining: JoinHandle<()>,
    /// The handshake.
    pub handshake: Handshake,
    /// The certificate that was announced to it.
    pub certificate: Option<ClientCertificate>,
    /// From the start of the process to the handshake.
    pub took: Duration,
}

/// How a process came to its end.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// From the request to the end.
    pub took: Duration,
    /// What came on standard output after the handshake.
    pub output: String,
    /// All of standard error.
    pub log: String,
}

impl Process {
    /// Starts `program` as go-plugin does and waits for its handshake.
    ///
    /// # Errors
    /// When it does not come up; with what it wrote to standard error.
    pub async fn start(program: &Program) -> Result<Self, Failure> {
        let certificate = match &program.tls {
            Tls::Auto => Some(ClientCertificate::new()),
            Tls::Client(certificate) => Some((**certificate).clone()),
            Tls::Off => None,
        };
        let began = Instant::now();
        let mut child = command(program, certificate.as_ref())
            .spawn()
            .map_err(|error| Failure::Start(format!("{}: {error}", program.path.display())))?;
        let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Failure::Start("its output cannot be read".to_owned()));
        };
        let errors = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&errors);
        // A pipe that nobody drains would hold the provider up.
        let draining = tokio::spawn(async move {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(length) = stderr.read(&mut buffer).await {
                match buffer.get(..length) {
                    None | Some([]) => return,
                    Some(bytes) => locked(&kept).push_str(&String::from_utf8_lossy(bytes)),
                }
            }
        });
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = tokio::time::timeout(START, stdout.read_line(&mut line)).await;
        let took = began.elapsed();
        if !matches!(read, Ok(Ok(1..))) {
            let code = child.wait().await.ok().and_then(|status| status.code());
            let _ = draining.await;
            let said = locked(&errors).clone();
            return Err(Failure::Start(format!("exit code {code:?}: {said}")));
        }
        Ok(Self {
            child,
            stdout,
            errors,
            draining,
            handshake: Handshake::parse(&line)?,
            certificate,
            took,
        })
    }

    /// The process's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        locked(&self.errors).clone()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When it has not ended after `patience`; it is killed then.
    pub async fn ended(mut self, patience: Duration) -> Result<Ended, Failure> {
        let began = Instant::now();
        let status = match tokio::time::timeout(patience, self.child.wait()).await {
            Ok(status) => status.map_err(|error| Failure::Start(error.to_string()))?,
            Err(_) => {
                let _ = self.child.kill().await;
                return Err(Failure::Rule(format!(
                    "it had not ended after {patience:?}:\n{}",
                    self.log()
                )));
            }
        };
        let took = began.elapsed();
        let mut output = String::new();
        let _ = self.stdout.read_to_string(&mut output).await;
        let _ = self.draining.await;
        let log = locked(&self.errors).clone();
        Ok(Ended {
            code: status.code(),
            took,
            output,
            log,
        })
    }
}

fn command(program: &Program, certificate: Option<&ClientCertificate>) -> Command {
    let mut command = Command::new(&program.path);
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_MIN_PORT", "10000")
        .env("PLUGIN_MAX_PORT", "25000")
        // The order is random in Go.
        .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
        .env_remove("PLUGIN_UNIX_SOCKET_DIR")
        .env_remove("PLUGIN_MULTIPLEX_GRPC")
        .env_remove("PLUGIN_CLIENT_CERT")
        .env_remove("TF_LOG")
        .env_remove("TF_LOG_PROVIDER")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if let Some(certificate) = certificate {
        command.env("PLUGIN_CLIENT_CERT", certificate.pem());
    }
    for (name, value) in &program.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

fn locked(text: &Mutex<String>) -> std::sync::MutexGuard<'_, String> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}
