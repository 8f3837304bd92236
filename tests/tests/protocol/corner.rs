//! The corner provider, started, with a folder of its own.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use coffer_tests::host::{
    Applied, Ended, Failure, Flavour, Host, Instance, Managed, Process, Program, Value, Walk,
};
use tempfile::TempDir;

/// The built provider.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-corner");

/// What the provider's panics say.
pub(crate) const WORDS_OF_A_PANIC: &str = "words-of-a-panic";

/// A host with the corner provider, configured with a folder.
pub(crate) struct Corner {
    pub(crate) host: Host,
    folder: TempDir,
}

/// A folder that outlives its host.
pub(crate) struct Left {
    folder: TempDir,
}

impl Corner {
    /// Started and configured by Terraform 1.11.
    pub(crate) async fn start() -> Self {
        Self::start_by(Flavour::Terraform1_11).await
    }

    /// Started and configured by another host.
    pub(crate) async fn start_by(flavour: Flavour) -> Self {
        Self::run(Program::new(PROGRAM).flavour(flavour), Walk::Apply).await
    }

    /// `program`, started and configured.
    pub(crate) async fn run(program: Program, walk: Walk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::start(&program).await.unwrap();
        let path = folder.path().display().to_string();
        let config = host.provider_config([("folder", path.into())]);
        host.configure(walk, &config).await.unwrap();
        Self { host, folder }
    }

    pub(crate) fn ward(&self) -> Managed<'_> {
        self.host.resource("corner_ward").unwrap()
    }

    /// What the spy has noted.
    pub(crate) fn notes(&self) -> Vec<String> {
        notes(&self.folder)
    }

    /// Waits until something is noted; a test that hangs has failed.
    pub(crate) async fn until(&self, note: &str) {
        until(&self.folder, note).await;
    }

    /// A file of the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ends the provider.
    pub(crate) async fn shutdown(self) -> (Result<Ended, Failure>, Left) {
        let Self { host, folder } = self;
        (host.shutdown().await, Left { folder })
    }

    /// Leaves the provider alone.
    pub(crate) fn vanish(self) -> (Process, Left) {
        let Self { host, folder } = self;
        (host.vanish(), Left { folder })
    }
}

impl Left {
    /// What the spy has noted.
    pub(crate) fn notes(&self) -> Vec<String> {
        notes(&self.folder)
    }
}

fn notes(folder: &TempDir) -> Vec<String> {
    let text = fs::read_to_string(folder.path().join("spy.log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

async fn until(folder: &TempDir, note: &str) {
    while !notes(folder).iter().any(|own| own == note) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Plans and applies `config` from `prior`, whatever comes of it.
pub(crate) async fn apply(
    ward: &Managed<'_>,
    prior: Option<&Instance>,
    config: Option<&Value>,
) -> Applied {
    let planned = ward.plan(prior, config).await.unwrap();
    ward.apply(&planned, config).await.unwrap()
}

/// The diagnostics of a call that has to fail, one a line.
pub(crate) fn said<T>(result: Result<T, Failure>) -> String {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(Failure::Diagnostics(diagnostics)) => {
            let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
        Err(other) => panic!("{other}"),
    }
}
