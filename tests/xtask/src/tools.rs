//! The tools that tests need besides Rust and Terraform: a Python environment with pinned packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs;
use crate::step::{self, Failure, Outcome};

const REQUIREMENTS: &str = include_str!("../../tools/requirements.txt");

/// The Python of the fetched environment.
///
/// # Errors
/// When it has not been fetched: `cargo xtask test --fetch-only` does that.
pub fn python() -> Outcome<PathBuf> {
    let environment = environment()?;
    if is_complete(&environment) {
        return Ok(environment.join("bin/python"));
    }
    Err(Failure::Step(
        "the tools that the tests need are not there; `cargo xtask test --fetch-only` fetches them"
            .to_owned(),
    ))
}

/// Fetches the Python environment, unless this very set of packages is there already.
///
/// # Errors
/// When Python 3 or a package cannot be had.
pub fn fetch() -> Outcome<()> {
    let environment = environment()?;
    if is_complete(&environment) {
        return Ok(());
    }
    println!("fetching the test tools into {}", environment.display());
    if environment.exists() {
        fs::remove_dir_all(&environment).map_err(step::at(&environment))?;
    }
    step::capture_success(
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment),
    )?;
    step::capture_success(
        Command::new(environment.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(programs::root().join("tests/tools/requirements.txt")),
    )?;
    // Written last: a fetch that was cut short is begun again.
    let marker = marker(&environment);
    fs::write(&marker, REQUIREMENTS).map_err(step::at(&marker))
}

fn environment() -> Outcome<PathBuf> {
    Ok(programs::tools_folder()?.join("python"))
}

fn marker(environment: &Path) -> PathBuf {
    environment.join("requirements.txt")
}

fn is_complete(environment: &Path) -> bool {
    fs::read_to_string(marker(environment)).is_ok_and(|fetched| fetched == REQUIREMENTS)
}
