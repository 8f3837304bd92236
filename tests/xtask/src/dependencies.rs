//! `cargo deny`: the licences, bans and sources of every dependency, held to `deny.toml`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::programs;
use crate::step::{self, Outcome};

/// The cargo-deny that is fetched where none is installed; `deny.toml` is written for it.
const VERSION: &str = "0.20.2";

/// Checks the dependencies, with the cargo-deny of this machine or else with one that is built beside the test tools.
///
/// Advisories are left out: they need a database that changes from day to day, and are `cargo deny check`'s own job.
///
/// # Errors
/// When a dependency breaks a rule, or cargo-deny cannot be had.
pub fn check() -> Outcome<()> {
    let program = match installed() {
        Some(program) => program,
        None => fetched()?,
    };
    println!("== dependencies");
    // It looks at the crates of every platform; a build fetches those of this one.
    step::run(
        Command::new(cargo())
            .args(["fetch", "--locked", "--quiet"])
            .current_dir(programs::root()),
    )?;
    step::run(
        Command::new(program)
            .args(["--offline", "check", "bans", "licenses", "sources"])
            .current_dir(programs::root()),
    )
}

fn installed() -> Option<PathBuf> {
    let program = PathBuf::from("cargo-deny");
    step::capture(Command::new(&program).arg("--version"))
        .is_ok_and(|output| output.status.success())
        .then_some(program)
}

/// Builds the pinned version, unless an earlier run did.
fn fetched() -> Outcome<PathBuf> {
    let folder = programs::tools_folder()?.join(format!("cargo-deny-{VERSION}"));
    let program = folder.join(format!("bin/cargo-deny{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("building cargo-deny {VERSION} into {}", folder.display());
        step::capture_success(
            // It runs for a second: compiling it without optimisation is the shorter way.
            Command::new(cargo())
                .args(["install", "--locked", "--debug", "--version", VERSION])
                .arg("--root")
                .arg(&folder)
                .arg("cargo-deny")
                .env("CARGO_TARGET_DIR", folder.join("build"))
                .env("CARGO_PROFILE_DEV_DEBUG", "0"),
        )?;
        let build = folder.join("build");
        std::fs::remove_dir_all(&build).map_err(step::at(&build))?;
    }
    Ok(program)
}

fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}
