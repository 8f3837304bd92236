//! Secrets in files on a memory file system, which go away with the program that reads them.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use coffer_vault::Secret;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempDir;

use crate::failure::{Failure, Result};

/// tmpfs and ramfs (statfs(2)).
const MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

/// The files, in a folder with mode 0700.
pub(super) struct Files {
    folder: TempDir,
    paths: Vec<(String, PathBuf)>,
}

impl Files {
    /// Writes each value into a file with mode 0600.
    pub(super) fn write(values: &[(String, Secret)]) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Failure::Other(format!("the files could not be written: {error}"))
        };
        let place = memory_folder()?;
        let folder = tempfile::Builder::new()
            .prefix("coffer-")
            .tempdir_in(place)
            .map_err(failed)?;
        let mut paths = Vec::new();
        for (variable, value) in values {
            let path = folder.path().join(variable);
            std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
                .and_then(|mut file| file.write_all(value.danger_expose()))
                .map_err(failed)?;
            paths.push((variable.clone(), path));
        }
        Ok(Self { folder, paths })
    }

    /// The variables and the paths that they hold.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, &PathBuf)> {
        self.paths
            .iter()
            .map(|(variable, path)| (variable.as_str(), path))
    }

    /// Removes the files and says so where that fails. Dropping removes them too.
    pub(super) fn remove(self) -> Result<()> {
        let at = self.folder.path().display().to_string();
        self.folder.close().map_err(|error| {
            Failure::Other(format!("the files in {at} could not be removed: {error}"))
        })
    }
}

/// Keeps signals that ask a process to end from ending this one.
///
/// Call it before the files are written: otherwise such a signal would leave them.
pub(super) fn catch_signals() -> std::io::Result<Signals> {
    Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT])
}

/// Runs the program, and hands on the signals that ask it to end, so that the files are removed after it.
///
/// # Errors
/// The outer one where the program does not start, the inner one where it is lost.
pub(super) fn run(
    command: &mut Command,
    mut signals: Signals,
) -> std::io::Result<std::io::Result<ExitStatus>> {
    let mut child = command.spawn()?;
    let handle = signals.handle();
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let forwarder = std::thread::spawn(move || {
        for signal in signals.forever() {
            // A terminal sends SIGINT and SIGQUIT to the program itself.
            let signal = match signal {
                SIGTERM => Signal::TERM,
                SIGHUP => Signal::HUP,
                _ => continue,
            };
            if let Some(pid) = pid {
                let _ = kill_process(pid, signal);
            }
        }
    });
    let status = child.wait();
    handle.close();
    let _ = forwarder.join();
    Ok(status)
}

/// A folder of this user on a memory file system.
fn memory_folder() -> Result<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime
        .into_iter()
        .chain([PathBuf::from("/dev/shm")])
        .find(|folder| is_in_memory(folder))
        .ok_or_else(|| Failure::Usage {
            what: "there is no memory file system for the files (XDG_RUNTIME_DIR, /dev/shm)".into(),
            remedy: "mount a tmpfs and set XDG_RUNTIME_DIR to it, or leave --files out".into(),
        })
}

#[cfg(target_os = "linux")]
fn is_in_memory(folder: &std::path::Path) -> bool {
    // The field's type differs between platforms.
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss)]
    rustix::fs::statfs(folder)
        .is_ok_and(|found| MEMORY.contains(&(found.f_type as u64 & 0xffff_ffff)))
}

#[cfg(not(target_os = "linux"))]
fn is_in_memory(_folder: &std::path::Path) -> bool {
    let _ = MEMORY;
    false
}
