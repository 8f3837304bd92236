//! The real Terraform, run against providers from a file-system mirror that is written here.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::programs::Program;
use crate::step::{self, Failure, Outcome};

/// The oldest Terraform with write-only arguments.
pub const OLDEST_VERSION: (u64, u64) = (1, 11);

/// What to say where Terraform is missing or too old.
pub const HOW_TO_GET: &str =
    "Terraform 1.11 or newer is needed: https://developer.hashicorp.com/terraform/install";

/// The version in which the built provider stands in the mirror.
const PROVIDER_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where Terraform is and which version it has; `None` where there is none that coffer can use.
#[must_use]
pub fn find() -> Option<String> {
    let mut command = Command::new("terraform");
    command
        .args(["version", "-json"])
        .env_remove("TF_CLI_CONFIG_FILE")
        .env("CHECKPOINT_DISABLE", "1");
    let output = step::capture(&mut command).ok()?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    let version = answer.get("terraform_version")?.as_str()?;
    let mut parts = version
        .split(['.', '-'])
        .map(|part| part.parse::<u64>().unwrap_or(0));
    let found = (parts.next()?, parts.next()?);
    (found >= OLDEST_VERSION).then(|| version.to_owned())
}

/// A folder with a Terraform configuration in it, and all that Terraform needs to run there.
pub struct Project {
    folder: TempDir,
    environment: Vec<(OsString, OsString)>,
}

impl Project {
    /// Makes an empty project whose providers come from a mirror with the built coffer provider in it.
    ///
    /// # Errors
    /// When the provider cannot be built or the folder cannot be written.
    pub fn new() -> Outcome<Self> {
        Self::with_provider(
            "coffer/coffer",
            PROVIDER_VERSION,
            &Program::Provider.path()?,
        )
    }

    /// Makes an empty project whose mirror has this provider instead, which is built already.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn with_provider(source: &str, version: &str, program: &Path) -> Outcome<Self> {
        let folder = tempfile::Builder::new()
            .prefix("coffer-")
            .tempdir()
            .map_err(step::at(&env::temp_dir()))?;
        let project = Self {
            folder,
            environment: Vec::new(),
        };
        let mirror = project.outside("mirror");
        install(&mirror, source, version, program)?;
        let config = project.outside("terraform.rc");
        let text = format!(
            "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
            mirror.display().to_string()
        );
        fs::write(&config, text).map_err(step::at(&config))?;
        fs::create_dir(project.path()).map_err(step::at(project.path().as_path()))?;
        Ok(project)
    }

    /// Adds the real AWS provider to the mirror, from a mirror that is on this machine or else from the registry.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn with_aws(self) -> Outcome<Self> {
        let source = aws_provider()?;
        let target = self.outside("mirror").join(AWS_PROVIDER);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(step::at(parent))?;
        }
        link(&source, &target)?;
        Ok(self)
    }

    /// Sets an environment variable for every Terraform run.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The folder of the configuration.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.outside("project")
    }

    /// A path beside the configuration's folder, for what is no part of it.
    #[must_use]
    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the configuration.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Outcome<()> {
        let path = self.path().join(name);
        fs::write(&path, text).map_err(step::at(&path))
    }

    /// Copies the files of a folder of the repository into the configuration.
    ///
    /// # Errors
    /// When one cannot be read or written.
    pub fn copy(&self, folder: &Path) -> Outcome<()> {
        for entry in fs::read_dir(folder).map_err(step::at(folder))? {
            let entry = entry.map_err(step::at(folder))?;
            let target = self.path().join(entry.file_name());
            if entry.path().is_file() {
                fs::copy(entry.path(), &target).map_err(step::at(&target))?;
            }
        }
        Ok(())
    }

    /// A Terraform command in this project, for the caller to run.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command
            .current_dir(self.path())
            .args(arguments)
            .env("TF_CLI_CONFIG_FILE", self.outside("terraform.rc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env_remove("TF_LOG")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs Terraform and keeps what it prints, whether it succeeds or not.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Outcome<Output> {
        step::capture(&mut self.command(arguments))
    }

    /// Runs Terraform, insists on success and gives what it printed on standard output.
    ///
    /// # Errors
    /// When it fails; the end of its output is in the failure.
    pub fn succeed(&self, arguments: &[&str]) -> Outcome<String> {
        let output = step::capture_success(&mut self.command(arguments))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

const AWS_PROVIDER: &str = "registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64";

/// The real AWS provider's folder. Searched are `COFFER_TEST_MIRROR`, Terraform's own local mirrors and any mirror below
/// `/opt`; where none has it, `terraform providers mirror` fetches it once.
///
/// # Errors
/// When it cannot be had.
pub fn aws_provider() -> Outcome<PathBuf> {
    let mut mirrors: Vec<PathBuf> = env::var_os("COFFER_TEST_MIRROR")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    if let Some(home) = env::var_os("HOME") {
        mirrors.push(Path::new(&home).join(".terraform.d/plugins"));
    }
    mirrors.push("/usr/local/share/terraform/plugins".into());
    mirrors.push("/usr/share/terraform/plugins".into());
    if let Ok(entries) = fs::read_dir("/opt") {
        mirrors.extend(entries.flatten().map(|entry| entry.path()));
    }
    let fetched = crate::programs::tools_folder()?.join("providers");
    mirrors.push(fetched.clone());
    let find = || {
        mirrors
            .iter()
            .map(|mirror| mirror.join(AWS_PROVIDER))
            .find(|folder| folder.is_dir())
    };
    if let Some(folder) = find() {
        return Ok(folder);
    }
    fetch_aws_provider(&fetched)?;
    find().ok_or_else(|| Failure::Step(format!("{} holds no AWS provider", fetched.display())))
}

fn fetch_aws_provider(mirror: &Path) -> Outcome<()> {
    let folder = TempDir::new().map_err(step::at(&env::temp_dir()))?;
    let file = folder.path().join("main.tf");
    let text = "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      \
                version = \"5.100.0\"\n    }\n  }\n}\n";
    fs::write(&file, text).map_err(step::at(&file))?;
    let packed = folder.path().join("packed");
    step::capture_success(
        Command::new("terraform")
            .current_dir(folder.path())
            .args(["providers", "mirror", "-platform=linux_amd64"])
            .arg(&packed)
            .env_remove("TF_CLI_CONFIG_FILE"),
    )?;
    let archive_path = packed
        .join("registry.terraform.io/hashicorp/aws/terraform-provider-aws_5.100.0_linux_amd64.zip");
    let archive = fs::File::open(&archive_path).map_err(step::at(&archive_path))?;
    zip::ZipArchive::new(archive)
        .and_then(|mut archive| archive.extract(mirror.join(AWS_PROVIDER)))
        .map_err(|error| Failure::Step(format!("{}: {error}", archive_path.display())))
}

/// Puts a provider's program where Terraform's unpacked mirror layout wants it.
fn install(mirror: &Path, source: &str, version: &str, program: &Path) -> Outcome<()> {
    let name = source.rsplit('/').next().unwrap_or(source);
    let folder = mirror.join(format!(
        "registry.terraform.io/{source}/{version}/{}",
        platform()
    ));
    fs::create_dir_all(&folder).map_err(step::at(&folder))?;
    link(
        program,
        &folder.join(format!("terraform-provider-{name}_v{version}")),
    )
}

/// Terraform's name for this platform.
fn platform() -> String {
    let system = if env::consts::OS == "macos" {
        "darwin"
    } else {
        env::consts::OS
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{machine}")
}

#[cfg(unix)]
fn link(source: &Path, target: &Path) -> Outcome<()> {
    std::os::unix::fs::symlink(source, target).map_err(step::at(target))
}

#[cfg(not(unix))]
fn link(source: &Path, target: &Path) -> Outcome<()> {
    fs::copy(source, target).map(drop).map_err(step::at(target))
}
