//! `coffer-lint.toml`: found upwards from where the linter starts, checked to the byte.

mod error;
mod file;
mod gitleaks;
pub mod globs;

use std::path::{Path, PathBuf};

pub use error::ConfigError;
use file::File;
use globs::Globs;

use crate::detect::own::{OwnFormats, OwnToken};
use crate::knowledge::own::{Allowed, OwnArguments};
use crate::rules::finding::Severity;

/// The name of the file.
pub const FILE_NAME: &str = "coffer-lint.toml";

/// How many files may extend one another.
const MAX_EXTENDS: usize = 8;

/// What holds below some paths only.
#[derive(Debug)]
pub struct PathSetting {
    /// Which files.
    pub globs: Globs,
    /// Rules and families that are not reported there.
    pub off: Vec<String>,
    /// The severity of every finding there.
    pub severity: Option<Severity>,
}

/// Settings of one rule.
#[derive(Debug)]
pub struct RuleSetting {
    /// The rule.
    pub rule: String,
    /// Whether it is reported at all.
    pub enabled: bool,
    /// Its severity, in place of the built-in one.
    pub severity: Option<Severity>,
}

/// How inline suppressions are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionSetting {
    /// Whether a suppression without a reason counts.
    pub require_reason: bool,
    /// Other tools whose comments count: `gitleaks`, `trivy`, `tfsec`, `checkov`, `kics`, `detect-secrets`, `semgrep`.
    pub honour: Vec<String>,
}

impl Default for SuppressionSetting {
    fn default() -> Self {
        Self {
            require_reason: true,
            honour: Vec::new(),
        }
    }
}

/// Everything that a configuration says.
#[derive(Debug, Default)]
pub struct Config {
    /// The file that was read, and those it extends, the nearest last; empty where there is none.
    pub files: Vec<PathBuf>,
    /// Rules and families to check; all where empty.
    pub select: Vec<String>,
    /// Files that are not looked at.
    pub exclude: Globs,
    /// Provider schemas.
    pub schemas: Vec<PathBuf>,
    /// The lowest severity that makes the run fail.
    pub fail_on: Option<Severity>,
    /// The baseline.
    pub baseline: Option<PathBuf>,
    /// Rules with settings of their own.
    pub rules: Vec<RuleSetting>,
    /// Settings for some paths.
    pub paths: Vec<PathSetting>,
    /// How suppressions are read.
    pub suppressions: SuppressionSetting,
    /// Own token formats, those of rule files of gitleaks as well.
    pub formats: OwnFormats,
    /// Own secret arguments.
    pub arguments: OwnArguments,
    /// Values that are no findings.
    pub allowed: Allowed,
}

/// The configuration file that holds for a folder: in it, or in the nearest folder above.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let folder = match folder {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    let absolute = std::path::absolute(folder).ok()?;
    absolute
        .ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|path| path.is_file())
}

impl Config {
    /// Reads a file and what it extends.
    ///
    /// # Errors
    /// A file that cannot be read or that says what has no meaning; the error names the place.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        let mut tokens = Vec::new();
        config.add(path, &mut tokens, 0)?;
        config.formats = OwnFormats::new(tokens);
        Ok(config)
    }

    fn add(
        &mut self,
        path: &Path,
        tokens: &mut Vec<OwnToken>,
        depth: usize,
    ) -> Result<(), ConfigError> {
        let text = error::read(path)?;
        let file = File::parse(path, &text)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for base in &file.extends {
            if depth >= MAX_EXTENDS {
                return Err(ConfigError::at(
                    path,
                    &text,
                    base.span(),
                    "too many files extend one another",
                ));
            }
            self.add(&folder.join(base.get_ref()), tokens, depth + 1)?;
        }
        self.files.push(path.to_owned());
        file.apply(self, tokens, path, &text)
    }
}
