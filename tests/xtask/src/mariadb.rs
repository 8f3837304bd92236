//! A real MariaDB server, in which the tests rotate users.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::postgres::is_superuser;
use crate::step::{self, Failure, Outcome};
use crate::{apt, programs};

/// Who may change users.
pub const ADMIN: &str = "admin";
/// Its password.
pub const ADMIN_PASSWORD: &str = "fake-admin-password";

/// The packages with the server, its plugins, its client, and the libraries that not every machine has.
const PACKAGES: [&str; 8] = [
    "mariadb-server-core",
    "mariadb-server",
    "mariadb-client-core",
    "libmariadb3",
    "libaio1",
    "liblz4-1",
    "libnuma1",
    "liburing2",
];
/// Runs a program until its own input ends, so that the server goes with the test, however that ends.
const UNTIL_INPUT_ENDS: &str = r#""$@" </dev/null & server=$!; cat >/dev/null; kill "$server""#;
/// How long the server may take to answer on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Fetches the server, unless it is there already. Needs no rights of the superuser, and changes nothing outside of the
/// tools' folder.
///
/// # Errors
/// When the packages cannot be had.
pub fn fetch() -> Outcome<()> {
    apt::fetch(&PACKAGES, &folder()?)
}

/// Whether the server has been fetched. It cannot be where there is no apt.
#[must_use]
pub fn is_fetched() -> bool {
    folder().is_ok_and(|folder| apt::is_fetched(&PACKAGES, &folder))
}

fn folder() -> Outcome<PathBuf> {
    Ok(programs::tools_folder()?.join("mariadb"))
}

/// A running server on the loopback interface; it ends with this value, or with the process.
pub struct MariaDb {
    process: Child,
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl MariaDb {
    /// Starts a server without TLS.
    ///
    /// # Errors
    /// When the server is not fetched, or does not start.
    pub fn start() -> Outcome<Self> {
        Self::launch(None)
    }

    /// Starts a server that takes connections with TLS alone, with this certificate and its key, as PEM.
    ///
    /// # Errors
    /// As [`MariaDb::start`].
    pub fn start_encrypted(certificate: &str, key: &str) -> Outcome<Self> {
        Self::launch(Some((certificate, key)))
    }

    fn launch(tls: Option<(&str, &str)>) -> Outcome<Self> {
        if !is_fetched() {
            return Err(Failure::Step(
                "MariaDB is not there; `cargo xtask test --fetch-only` fetches it".to_owned(),
            ));
        }
        let programs = folder()?.join("usr");
        // A short path, because the server's socket has to fit below it.
        let folder = tempfile::Builder::new()
            .prefix("coffer-my-")
            .tempdir_in("/tmp")
            .map_err(step::at(Path::new("/tmp")))?;
        let data = folder.path().join("data");
        // Neither program runs as the superuser without being told so.
        let user = match is_superuser() {
            true => &["--user=root"][..],
            false => &[],
        };
        step::capture_success(
            command(&programs, "bin/mariadb-install-db")
                // A server that starts clears the folder of temporary tables, also of those of another one.
                .env("TMPDIR", folder.path())
                .arg("--no-defaults")
                .args(user)
                .arg(format!("--basedir={}", programs.display()))
                .arg(format!("--datadir={}", data.display()))
                .args(["--auth-root-authentication-method=normal", "--skip-test-db"]),
        )?;
        let failed = |source| Failure::Start {
            program: "mariadbd".to_owned(),
            source,
        };
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .map_err(failed)?
            .port();
        let first = folder.path().join("first.sql");
        let statement = format!(
            "CREATE USER {ADMIN}@'%' IDENTIFIED BY '{ADMIN_PASSWORD}';\n\
             GRANT CREATE USER, RELOAD ON *.* TO {ADMIN}@'%';\n\
             GRANT SELECT ON mysql.user TO {ADMIN}@'%';\n\
             CREATE DATABASE app;\n"
        );
        fs::write(&first, statement).map_err(step::at(&first))?;
        let mut server = command(&programs, "sbin/mariadbd");
        server
            .arg("--no-defaults")
            .arg(format!("--basedir={}", programs.display()))
            .arg(format!("--datadir={}", data.display()))
            .arg(format!(
                "--plugin-dir={}",
                programs.join("lib/mysql/plugin").display()
            ))
            .arg("--plugin-load-add=auth_ed25519")
            .args(user)
            .arg(format!("--tmpdir={}", folder.path().display()))
            .args(["--bind-address=127.0.0.1", "--innodb-flush-method=nosync"])
            .arg(format!("--port={port}"))
            .arg(format!("--socket={}", folder.path().join("s").display()))
            .arg(format!("--init-file={}", first.display()))
            .arg("--general-log")
            .arg(format!(
                "--general-log-file={}",
                folder.path().join("statements.log").display()
            ));
        if let Some((certificate, key)) = tls {
            for (name, text) in [("cert", certificate), ("key", key)] {
                let path = folder.path().join(format!("{name}.pem"));
                fs::write(&path, text).map_err(step::at(&path))?;
                server.arg(format!("--ssl-{name}={}", path.display()));
            }
            server.arg("--require-secure-transport");
        }
        let log = folder.path().join("server.log");
        let output = fs::File::create(&log).map_err(step::at(&log))?;
        let process = until_input_ends(&server)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().map_err(failed)?)
            .stderr(output)
            .spawn()
            .map_err(failed)?;
        let running = Self {
            process,
            programs,
            folder,
            port,
        };
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(running);
            }
            thread::sleep(Duration::from_millis(100));
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        Err(Failure::Step(format!(
            "mariadbd did not answer within {} s: {said}",
            START_LIMIT.as_secs()
        )))
    }

    /// The administrator's connection, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "mariadb://{ADMIN}:{ADMIN_PASSWORD}@127.0.0.1:{}/app",
            self.port
        )
    }

    /// The log in which every statement stands.
    #[must_use]
    pub fn statements(&self) -> PathBuf {
        self.folder.path().join("statements.log")
    }

    /// Runs a statement as the superuser, by the server's socket.
    ///
    /// # Errors
    /// When the client cannot be started, or the server refuses it.
    pub fn run(&self, statement: &str) -> Outcome<String> {
        let socket = format!("--socket={}", self.folder.path().join("s").display());
        let output = step::capture_success(self.client().args([
            &socket,
            "--user=root",
            &format!("--execute={statement}"),
        ]))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Whether the server lets `user` in with `password`.
    ///
    /// # Errors
    /// When the client cannot be started.
    pub fn accepts(&self, user: &str, password: &str) -> Outcome<bool> {
        let output = step::capture(
            self.client()
                .args(["--host=127.0.0.1", "--protocol=tcp"])
                .args([
                    &format!("--port={}", self.port),
                    &format!("--user={user}"),
                    "--execute=SELECT 1",
                ])
                .env("MYSQL_PWD", password),
        )?;
        Ok(output.status.success())
    }

    fn client(&self) -> Command {
        let mut client = command(&self.programs, "bin/mariadb");
        client.arg("--no-defaults");
        let plugins = libraries(&self.programs)
            .into_iter()
            .map(|folder| folder.join("libmariadb3/plugin"))
            .find(|folder| folder.is_dir());
        if let Some(plugins) = plugins {
            client.arg(format!("--plugin-dir={}", plugins.display()));
        }
        client
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        // The end of its input ends the server.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A program of the packages, with their libraries.
fn command(programs: &Path, name: &str) -> Command {
    let mut command = Command::new(programs.join(name));
    if let Ok(joined) = std::env::join_paths(libraries(programs)) {
        command.env("LD_LIBRARY_PATH", joined);
    }
    command
}

/// The folders of the packages' libraries, `usr/lib/x86_64-linux-gnu` for one.
fn libraries(programs: &Path) -> Vec<PathBuf> {
    let root = programs.parent().unwrap_or(programs);
    [programs.join("lib"), root.join("lib")]
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.filter_map(Result::ok))
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && path.to_string_lossy().ends_with("-linux-gnu"))
        .collect()
}

fn until_input_ends(server: &Command) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", UNTIL_INPUT_ENDS, "sh"])
        .arg(server.get_program())
        .args(server.get_args());
    for (name, value) in server.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
}
