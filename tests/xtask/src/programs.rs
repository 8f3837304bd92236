//! Where the workspace is, and the programs that it builds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::step::{self, Failure, Outcome};

/// A program of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The Terraform provider.
    Provider,
    /// The command line of the vault.
    Coffer,
    /// The linter.
    Lint,
}

impl Program {
    /// Every program that is shipped.
    pub const ALL: [Self; 3] = [Self::Provider, Self::Coffer, Self::Lint];

    /// The cargo package that builds it.
    #[must_use]
    pub const fn package(self) -> &'static str {
        match self {
            Self::Provider => "terraform-provider-coffer",
            Self::Coffer => "coffer-cli",
            Self::Lint => "coffer-lint",
        }
    }

    /// Its file name.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Provider => "terraform-provider-coffer",
            Self::Coffer => "coffer",
            Self::Lint => "coffer-lint",
        }
    }

    /// The built program's path. The programs are built once for each process that asks.
    ///
    /// # Errors
    /// When the build fails.
    pub fn path(self) -> Outcome<PathBuf> {
        build_once()?;
        Ok(build_folder()?.join(self.file_name()))
    }
}

/// The root of the workspace.
#[must_use]
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The folder of fetched tools; it lives in cargo's target folder, so that `cargo clean` removes it too.
///
/// # Errors
/// When cargo's target folder cannot be found.
pub fn tools_folder() -> Outcome<PathBuf> {
    let build = build_folder()?;
    Ok(build.parent().unwrap_or(&build).join("tools"))
}

/// The folder that holds this build's programs, found from the running program (`target/debug/xtask` or
/// `target/debug/deps/<test>`).
fn build_folder() -> Outcome<PathBuf> {
    let this = env::current_exe().map_err(step::at(Path::new("the running program")))?;
    this.ancestors()
        .skip(1)
        .find(|folder| folder.join(".fingerprint").is_dir() || folder.join("deps").is_dir())
        .map(Path::to_owned)
        .ok_or_else(|| {
            Failure::Step(format!(
                "{} does not lie in a cargo target folder",
                this.display()
            ))
        })
}

fn build_once() -> Outcome<()> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            if env::var_os("COFFER_PROGRAMS_BUILT").is_some() {
                return Ok(());
            }
            build().map_err(|failure| failure.to_string())
        })
        .clone()
        .map_err(Failure::Step)
}

/// Builds every program.
///
/// # Errors
/// When the build fails.
pub fn build() -> Outcome<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root())
        .args(["build", "--locked", "--bins"]);
    for program in Program::ALL {
        cargo.args(["--package", program.package()]);
    }
    step::run(&mut cargo)
}
