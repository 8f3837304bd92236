//! A folder with a vault, and the program that is run in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program.
pub(crate) const COFFER: &str = env!("CARGO_BIN_EXE_coffer");

/// A folder that goes away with it.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What a run of the program left.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    /// A folder with a vault that the key file in it opens, which holds the secret `prod/db`.
    pub(crate) fn new() -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        bench.coffer(&["init"], "").succeeded();
        bench
            .coffer(&["put", "prod/db"], "only-for-tests")
            .succeeded();
        bench
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.folder.path().join("vault.db")
    }

    /// The program with the folder's vault and key, and nothing of the caller's environment.
    pub(crate) fn command(&self) -> Command {
        self.wrapped(&[COFFER])
    }

    /// The same run by another program, such as one that sets a limit.
    pub(crate) fn wrapped(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("COFFER_KEY_FILE", "vault.key")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program.
    pub(crate) fn coffer(&self, arguments: &[&str], stdin: &str) -> Run {
        run(self.command().args(arguments), stdin)
    }

    /// That nothing was lost: the vault is whole and holds the value.
    pub(crate) fn is_whole(&self) {
        self.coffer(&["check"], "").succeeded();
        let value = self.coffer(&["get", "prod/db", "--reveal"], "").succeeded();
        assert_eq!(value.stdout, "only-for-tests");
    }
}

impl Run {
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// That the program ended with `code`, told `cause` and a remedy that holds `remedy`, and printed no result.
    pub(crate) fn failed(self, code: i32, cause: &str, remedy: &str) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(self.stderr.contains(cause), "{}", self.stderr);
        let help = self.stderr.split("help: ").nth(1).unwrap_or_default();
        assert!(help.contains(remedy), "{}", self.stderr);
        assert_eq!(self.stdout, "");
        self
    }
}

/// Runs a prepared command.
pub(crate) fn run(command: &mut Command, stdin: &str) -> Run {
    let mut child = command.spawn().unwrap();
    // A program that ends early closes its stdin.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    Run {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}
