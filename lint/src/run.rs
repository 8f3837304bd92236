//! One run of the linter: files in, findings out.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::config::globs::Globs;
use crate::exposure::{self, Exposure};
use crate::filter::baseline::{Baseline, BaselineError};
use crate::filter::changes::{Changes, ChangesError, Since};
use crate::filter::{self, Accepted};
use crate::fix;
use crate::knowledge::Added;
use crate::knowledge::schema::{SchemaError, Schemas};
use crate::resolve::cloudformation::stacks::Stacks;
use crate::resolve::modules::Modules;
use crate::resolve::provider_versions::Versions;
use crate::rules::finding::{Finding, Findings};
use crate::rules::{self, Family, RULES, Rule};
use crate::source::discover::{self, DiscoverError};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile, linked};

/// What to look at and for.
#[derive(Debug, Default)]
pub struct Options {
    /// Files and folders; the working directory where empty.
    pub paths: Vec<PathBuf>,
    /// Names of families and rules; all where empty.
    pub select: Vec<String>,
    /// Files of `terraform providers schema -json`.
    pub schemas: Vec<PathBuf>,
    /// What `coffer-lint.toml` says.
    pub config: Config,
    /// Leave suppressions in the code out of account.
    pub no_suppressions: bool,
    /// Report on changed lines alone.
    pub since: Option<Since>,
    /// A file that is not on disk: its name, and its bytes.
    pub stdin: Option<(PathBuf, Vec<u8>)>,
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
    /// The baseline could not be used.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// What changed could not be found out.
    #[error(transparent)]
    Changes(#[from] ChangesError),
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
    pub added: Added,
    /// Locked versions of providers.
    pub versions: Versions,
    /// All exposed secrets, each literal once.
    pub exposures: Vec<Exposure>,
}

/// The result of a run.
#[derive(Debug)]
pub struct Outcome {
    /// All files that were read.
    pub files: Vec<SourceFile>,
    /// What was found, in the order of files and places.
    pub findings: Vec<Finding>,
    /// What was found and is accepted.
    pub accepted: Vec<Accepted>,
    /// Every place that holds a secret, so that no report shows one.
    pub hidden: Vec<(FileId, Span, String)>,
    /// Files that could not be read, and why.
    pub lost: Vec<(PathBuf, std::io::Error)>,
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
    pub fn new(files: &'p [SourceFile], added: Added) -> Self {
        let modules = Modules::of(files);
        let stacks = Arc::new(Stacks::of(files));
        let exposures = exposure::find(files, &modules, &stacks, &added);
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

/// The rules that the names select.
///
/// # Errors
/// A name that is neither a rule nor a family.
pub fn selected(select: &[String]) -> Result<Vec<&'static Rule>, RunError> {
    if let Some(name) = select.iter().find(|name| !rules::is_rule_or_family(name)) {
        return Err(RunError::UnknownRule(name.clone()));
    }
    let wanted =
        |rule: &&'static Rule| select.is_empty() || select.iter().any(|name| rule.is_called(name));
    Ok(RULES.iter().copied().filter(wanted).collect())
}

/// Reads, resolves and checks.
///
/// # Errors
/// A path that does not exist, or a rule that is not known. A broken file is no error.
pub fn run(options: Options) -> Result<Outcome, RunError> {
    let config = options.config;
    let select = match options.select.is_empty() {
        true => &config.select,
        false => &options.select,
    };
    let rules = selected(select)?;
    let schemas = [options.schemas, config.schemas].concat();
    let added = Added {
        schemas: Schemas::read(&schemas)?,
        arguments: config.arguments,
        allowed: config.allowed,
        formats: config.formats,
    };
    let (files, lost) = match options.stdin {
        Some((path, bytes)) => (vec![SourceFile::parse(&path, bytes)], Vec::new()),
        None => read(&options.paths, &config.exclude)?,
    };
    let with_suppressions = !options.no_suppressions;
    // Whether a suppression is needed is only known when every rule has spoken.
    let judges_suppressions =
        with_suppressions && rules.iter().any(|rule| rule.family == Family::Suppressions);
    let run = Run::new(&files, added);
    let mut findings = run.findings(if judges_suppressions { RULES } else { &rules });
    let hidden = hidden(&run, &findings);
    drop(run);
    filter::apply_settings(&mut findings, &files, &config.rules, &config.paths);
    let mut accepted = Vec::new();
    if with_suppressions {
        accepted = filter::suppress::apply(&mut findings, &files, &config.suppressions);
    }
    let is_selected = |finding: &Finding| rules.iter().any(|rule| rule.id == finding.rule.id);
    findings.retain(is_selected);
    accepted.retain(|accepted| is_selected(&accepted.finding));
    if let Some(baseline) = &config.baseline {
        accepted.extend(Baseline::read(baseline)?.apply(&mut findings));
    }
    if let Some(since) = &options.since {
        Changes::read(since)?.apply(&mut findings, &files);
    }
    findings.sort_by(|a, b| (a.file, a.at, a.rule.id).cmp(&(b.file, b.at, b.rule.id)));
    Ok(Outcome {
        files,
        findings,
        accepted,
        hidden,
        lost,
    })
}

/// Every place that holds a secret.
fn hidden(run: &Run<'_>, findings: &[Finding]) -> Vec<(FileId, Span, String)> {
    let place = |finding: &Finding| {
        let text = run
            .file(finding.file)
            .map_or("", |file| finding.at.of(&file.text));
        (finding.file, finding.at, text.to_owned())
    };
    let found = findings.iter().filter(|finding| !finding.value.is_empty());
    let mut hidden: Vec<_> = found.map(place).collect();
    let exposed = run.exposures.iter();
    hidden.extend(exposed.map(|found| (found.file, found.at, found.value.clone())));
    hidden
}

/// Files that could not be read, and why.
type Lost = Vec<(PathBuf, std::io::Error)>;

/// Reads and parses the files of a run.
///
/// # Errors
/// A path that does not exist.
pub(crate) fn read(
    paths: &[PathBuf],
    exclude: &Globs,
) -> Result<(Vec<SourceFile>, Lost), RunError> {
    let here = vec![PathBuf::from(".")];
    let mut paths = discover::files(if paths.is_empty() { &here } else { paths })?;
    paths.retain(|path| !exclude.is_match(path));
    let working = std::env::current_dir().unwrap_or_default();
    let read: Vec<_> = paths
        .par_iter()
        .map(|path| match read_bounded(path) {
            Ok(bytes) => Ok(SourceFile::parse(&relative(path, &working), bytes)),
            Err(error) => Err((path.clone(), error)),
        })
        .collect();
    let (mut files, mut lost) = (Vec::new(), Vec::new());
    for result in read {
        match result {
            Ok(file) => files.push(file),
            Err(error) => lost.push(error),
        }
    }
    add_linked(&mut files);
    Ok((files, lost))
}

/// Adds the scripts and templates that configurations read, each once.
fn add_linked(files: &mut Vec<SourceFile>) {
    let known: HashSet<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    let linked: BTreeSet<PathBuf> = files
        .iter()
        .filter(|file| file.kind == Kind::Terraform)
        .flat_map(linked::paths)
        .filter(|path| !known.contains(path))
        .collect();
    for path in linked {
        // What cannot be read is not a part of the run; Terraform itself will say so.
        if let Ok(bytes) = read_bounded(&path) {
            files.push(SourceFile::parse_linked(&path, bytes));
        }
    }
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(discover::MAX_SIZE)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn relative(path: &Path, working: &Path) -> PathBuf {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.strip_prefix(working).unwrap_or(path).to_owned()
}
