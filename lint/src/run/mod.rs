//! One run of the linter: files in, findings out.

mod history;
mod policy;
mod progress;
mod read;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use policy::{Checked, Policy};
pub use progress::Progress;
pub use read::{Lost, add_linked, read};

use crate::config::Config;
use crate::exposure::{self, Exposure};
use crate::filter::Accepted;
use crate::filter::baseline::BaselineError;
use crate::filter::changes::{Changes, Since};
use crate::fix;
use crate::knowledge::Added;
use crate::knowledge::schema::SchemaError;
use crate::resolve::cloudformation::stacks::Stacks;
use crate::resolve::modules::Modules;
use crate::resolve::provider_versions::Versions;
use crate::rules::Rule;
use crate::rules::finding::{Finding, Findings};
use crate::source::discover::{DiscoverError, Walk};
use crate::source::git::GitError;
use crate::source::span::Span;
use crate::source::{FileId, SourceFile};

/// What to look at and for.
#[derive(Debug, Default)]
pub struct Options {
    /// Files and folders; the working directory where empty.
    pub paths: Vec<PathBuf>,
    /// Names of families and rules; all where empty.
    pub select: Vec<String>,
    /// Files of `terraform providers schema -json`.
    pub schemas: Vec<PathBuf>,
    /// Files of values for the variables of the configuration at the first path.
    pub var_files: Vec<PathBuf>,
    /// What `coffer-lint.toml` says.
    pub config: Config,
    /// Leave suppressions in the code out of account.
    pub no_suppressions: bool,
    /// Report on changed lines alone.
    pub since: Option<Since>,
    /// A file that is not on disk: its name, and its bytes.
    pub stdin: Option<(PathBuf, Vec<u8>)>,
    /// Check the whole history of the repository in place of the files.
    pub history: bool,
    /// How folders are walked.
    pub walk: Walk,
    /// Where the run tells how far it is.
    pub progress: Arc<Progress>,
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The files could not be listed.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// A name that is neither a rule nor a family.
    #[error("`{0}` is neither a rule nor a family; `coffer-lint rules` lists both")]
    UnknownRule(String),
    /// A provider schema could not be used.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A file of values could not be read.
    #[error("{}: {source}", path.display())]
    Values {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The baseline could not be used.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// What changed, or the history, could not be found out.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// What the rules look at.
#[derive(Debug)]
pub struct Run<'p> {
    /// All files.
    pub files: &'p [SourceFile],
    /// All modules.
    pub modules: Modules<'p>,
    /// Which CloudFormation template calls which.
    pub stacks: Arc<Stacks<'p>>,
    /// What is known beyond the tables of the binary.
    pub added: &'p Added,
    /// Locked versions of providers.
    pub versions: Versions,
    /// All exposed secrets, each literal once.
    pub exposures: Vec<Exposure>,
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many files were checked.
    pub checked: usize,
    /// All files that were read; of a history only those with findings.
    pub files: Vec<SourceFile>,
    /// What was found, in the order of files and places.
    pub findings: Vec<Finding>,
    /// What was found and is accepted.
    pub accepted: Vec<Accepted>,
    /// Every place that holds a secret, so that no report shows one.
    pub hidden: Vec<(FileId, Span, String)>,
    /// Files that could not be read, and why.
    pub lost: Lost,
}

impl Outcome {
    /// Files that could only be read in part.
    pub fn degraded(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| !file.troubles.is_empty())
    }

    /// A file.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }
}

impl<'p> Run<'p> {
    /// Resolves the files and finds what is exposed in them.
    pub fn new(files: &'p [SourceFile], added: &'p Added) -> Self {
        let modules = Modules::of(files);
        let stacks = Arc::new(Stacks::of(files));
        let exposures = exposure::find(files, &modules, &stacks, added);
        let versions = Versions::of(modules.all.iter().map(|module| module.folder.as_path()));
        Self {
            files,
            modules,
            stacks,
            added,
            versions,
            exposures,
        }
    }

    /// A file.
    pub fn file(&self, id: FileId) -> Option<&'p SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The path of a file with forward slashes.
    pub fn path(&self, id: FileId) -> String {
        self.file(id)
            .map(|file| slashed(&file.path))
            .unwrap_or_default()
    }

    /// What the selected rules find.
    pub fn findings(&self, rules: &[&'static Rule]) -> Vec<Finding> {
        let mut findings = Findings::default();
        for rule in rules {
            (rule.check)(self, &mut findings);
        }
        let mut all = findings.all;
        all.sort_by(|a, b| (a.file, a.at, a.rule.id).cmp(&(b.file, b.at, b.rule.id)));
        number_twins(&mut all);
        for finding in &mut all {
            finding.fix = fix::of(self, finding);
        }
        all
    }
}

/// Findings that are alike get a number, so that each fingerprint is unique.
fn number_twins(findings: &mut [Finding]) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = format!("{}-{count}", finding.fingerprint);
        }
    }
}

/// A path with forward slashes, without a leading `./`.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./")
        .map_or_else(|| text.clone(), str::to_owned)
}

/// Reads, resolves and checks.
///
/// # Errors
/// A path that does not exist, or a rule that is not known. A broken file is no error.
pub fn run(options: Options) -> Result<Outcome, RunError> {
    let Options {
        paths,
        select,
        schemas,
        var_files,
        mut config,
        no_suppressions,
        since,
        stdin,
        history,
        walk,
        progress,
    } = options;
    let exclude = std::mem::take(&mut config.exclude);
    let with_valueless = !select.is_empty() || !config.select.is_empty();
    let policy = Policy::new(&select, &schemas, config, !no_suppressions)?;
    if history {
        let wanted = history::Wanted {
            max_size: walk.max_size,
            with_valueless,
        };
        return history::run(&policy, &paths, &exclude, &wanted, &progress);
    }
    let changes = since.as_ref().map(Changes::read).transpose()?;
    let (mut files, lost) = match stdin {
        Some((path, bytes)) => (vec![SourceFile::parse(&path, bytes)], Vec::new()),
        None => read::watched(&paths, &exclude, &walk, &progress)?,
    };
    if let (Some(changes), Some(Since::Staged)) = (&changes, &since) {
        read::stage(&mut files, &paths, changes.staged()?);
    }
    read::add_values(&mut files, &var_files, &paths, walk.max_size)?;
    let mut checked = policy.check(&files);
    if let Some(changes) = &changes {
        changes.apply(&mut checked.findings, &files);
    }
    Ok(Outcome {
        checked: files.len(),
        files,
        findings: checked.findings,
        accepted: checked.accepted,
        hidden: checked.hidden,
        lost,
    })
}
