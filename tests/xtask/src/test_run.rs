//! `cargo xtask test`: everything that must hold before a change is merged.

use std::env;
use std::process::Command;

use crate::programs;
use crate::step::{self, Failure, Outcome};
use crate::{dependencies, mariadb, terraform, tools};

/// Checks formatting, lints and licences and runs the tests, of all packages or of those that are named.
///
/// # Errors
/// When a check or a test fails.
pub fn run(packages: &[String], fetch_only: bool) -> Outcome<()> {
    tools::fetch()?;
    // Not every machine has Debian's packages, and the other tests are worth a run without them.
    if let Err(why) = mariadb::fetch() {
        println!("== MariaDB cannot be had, so ALL ITS TESTS ARE SKIPPED: {why}");
    }
    if fetch_only {
        return Ok(());
    }
    let packages = packages
        .iter()
        .map(|name| package(name))
        .collect::<Outcome<Vec<_>>>()?;
    if terraform::find().is_none() {
        return Err(Failure::Step(terraform::HOW_TO_GET.to_owned()));
    }
    stage("format", cargo().args(["fmt", "--all", "--check"]))?;
    stage(
        "lints",
        select(
            cargo().args(["clippy", "--locked", "--all-targets"]),
            &packages,
        )
        .args(["--", "--deny", "warnings"]),
    )?;
    if packages.is_empty() {
        dependencies::check()?;
    }
    println!("== programs");
    programs::build()?;
    stage(
        "tests",
        select(cargo().args(["test", "--locked"]), &packages).env("COFFER_PROGRAMS_BUILT", "1"),
    )
}

fn stage(name: &str, command: &mut Command) -> Outcome<()> {
    println!("== {name}");
    step::run(command)
}

fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(programs::root());
    cargo
}

fn select<'a>(cargo: &'a mut Command, packages: &[String]) -> &'a mut Command {
    if packages.is_empty() {
        return cargo.arg("--workspace");
    }
    for package in packages {
        cargo.args(["--package", package]);
    }
    cargo
}

/// The full name of a package that may be named in short: `lint` is `coffer-lint`.
fn package(name: &str) -> Outcome<String> {
    let metadata = step::capture_success(cargo().args([
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--offline",
    ]))?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)
        .map_err(|error| Failure::Step(format!("cargo metadata: {error}")))?;
    let names: Vec<&str> = metadata
        .get("packages")
        .and_then(|packages| packages.as_array())
        .into_iter()
        .flatten()
        .filter_map(|package| package.get("name")?.as_str())
        .collect();
    let wanted = if name == "provider" {
        "terraform-provider-coffer".to_owned()
    } else {
        format!("coffer-{name}")
    };
    names
        .iter()
        .find(|known| **known == name || **known == wanted)
        .map(|known| (*known).to_owned())
        .ok_or_else(|| {
            Failure::Step(format!(
                "no package `{name}`; there are: {}",
                names.join(", ")
            ))
        })
}
