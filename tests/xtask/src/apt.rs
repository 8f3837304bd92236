//! Debian packages, unpacked into a folder: apt's own folders stay as they are, and nobody has to be the superuser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Failure, Outcome};

/// Downloads and unpacks `packages` into `folder`, unless they are there already.
///
/// # Errors
/// When there is no apt, or a package cannot be had.
pub fn fetch(packages: &[&str], folder: &Path) -> Outcome<()> {
    if is_fetched(packages, folder) {
        return Ok(());
    }
    println!("fetching {} into {}", packages.join(", "), folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(step::at(folder))?;
    }
    let downloads = folder.join("apt");
    for part in ["lists/partial", "cache/archives/partial", "debs"] {
        let part = downloads.join(part);
        fs::create_dir_all(&part).map_err(step::at(&part))?;
    }
    let options = [
        format!("Dir::State::lists={}", downloads.join("lists").display()),
        format!("Dir::Cache={}", downloads.join("cache").display()),
        "APT::Sandbox::User=root".to_owned(),
    ];
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["--quiet", "--quiet"]);
        for option in &options {
            command.args(["--option", option]);
        }
        command.args(arguments).current_dir(downloads.join("debs"));
        command
    };
    step::capture_success(&mut apt(&["update"]))?;
    step::capture_success(apt(&["download"]).args(packages))?;
    for package in debs(&downloads.join("debs"))? {
        step::capture_success(
            Command::new("dpkg-deb")
                .arg("--extract")
                .arg(package)
                .arg(folder),
        )?;
    }
    fs::remove_dir_all(&downloads).map_err(step::at(&downloads))?;
    // Written last: a fetch that was cut short is begun again.
    let marker = marker(folder);
    fs::write(&marker, packages.join("\n")).map_err(step::at(&marker))
}

/// Whether this very set of packages is there.
#[must_use]
pub fn is_fetched(packages: &[&str], folder: &Path) -> bool {
    fs::read_to_string(marker(folder)).is_ok_and(|fetched| fetched == packages.join("\n"))
}

fn marker(folder: &Path) -> PathBuf {
    folder.join("packages.txt")
}

fn debs(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(step::at(folder))?;
    let found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    if found.is_empty() {
        return Err(Failure::Step("apt-get has downloaded nothing".to_owned()));
    }
    Ok(found)
}
