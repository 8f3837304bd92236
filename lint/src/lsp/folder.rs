//! A folder of the workspace: its configuration, its files, and what is found in them.

use std::path::{Path, PathBuf};

use coffer_lint::config::globs::Globs;
use coffer_lint::config::{self, Config};
use coffer_lint::run::{self, Policy};
use coffer_lint::source::discover::{self, Walk};
use coffer_lint::source::{Kind, SourceFile};

use super::groups::{self, Group, ties};

/// A folder of the workspace.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where it is.
    pub(super) root: PathBuf,
    /// What to look for in it.
    pub(super) policy: Policy,
    /// What is wrong with its configuration; all defaults hold then.
    pub(super) complaint: Option<String>,
    /// Its files in groups that are checked one by one.
    pub(super) groups: Vec<Group>,
    exclude: Globs,
}

impl Folder {
    /// Reads a folder; `is_deep` with all folders below it.
    pub(super) fn read(root: &Path, is_deep: bool) -> Self {
        let (policy, exclude, complaint) = configuration(root);
        let paths = match is_deep {
            true => vec![shown(root)],
            false => candidates(root),
        };
        // Without a path the working directory would be read.
        let files = match paths.is_empty() {
            true => Vec::new(),
            false => run::read(&paths, &exclude, &Walk::default())
                .map_or_else(|_| Vec::new(), |(files, _)| files),
        };
        Self {
            root: root.to_owned(),
            policy,
            complaint,
            groups: groups::of(files),
            exclude,
        }
    }

    /// Reads the configuration anew.
    pub(super) fn configure(&mut self) {
        (self.policy, self.exclude, self.complaint) = configuration(&self.root);
        let mut files = self.take_files();
        files.retain(|file| !self.exclude.is_match(&file.path));
        self.groups = groups::of(files);
    }

    /// Takes a new state of a file in, from the editor or from disk.
    pub(super) fn set(&mut self, path: &Path, text: String) {
        if self.exclude.is_match(path) {
            return;
        }
        let bytes = text.into_bytes();
        let file = match discover::kind_by_name(path) {
            Kind::Text => SourceFile::parse_linked(path, bytes),
            _ => SourceFile::parse(path, bytes),
        };
        let known = self.groups.iter_mut().find_map(|group| {
            let id = group.id(path)?;
            group
                .files
                .get_mut(id.0 as usize)
                .map(|file| (file, &mut group.is_stale))
        });
        if let Some((old, is_stale)) = known
            && old.kind == file.kind
            && ties(old) == ties(&file)
        {
            *old = file;
            *is_stale = true;
            return;
        }
        let mut files = self.take_files();
        files.retain(|file| file.path != path);
        files.push(file);
        run::add_linked(&mut files);
        self.groups = groups::of(files);
    }

    /// Takes a file out.
    pub(super) fn remove(&mut self, path: &Path) {
        if self.groups.iter().any(|group| group.id(path).is_some()) {
            let mut files = self.take_files();
            files.retain(|file| file.path != path);
            self.groups = groups::of(files);
        }
    }

    /// The group of a file.
    pub(super) fn group(&self, path: &Path) -> Option<&Group> {
        self.groups.iter().find(|group| group.id(path).is_some())
    }

    /// Checks the stale groups that are wanted; true where there was one.
    pub(super) fn check(&mut self, is_wanted: impl Fn(&Group) -> bool) -> bool {
        let mut any = false;
        for group in &mut self.groups {
            if group.is_stale && is_wanted(group) {
                group.findings = self.policy.check(&group.files).findings;
                group.is_stale = false;
                any = true;
            }
        }
        any
    }

    /// All files, in a steady order: the first file that declares a name counts.
    fn take_files(&mut self) -> Vec<SourceFile> {
        let groups = std::mem::take(&mut self.groups);
        let mut files: Vec<SourceFile> = groups.into_iter().flat_map(|group| group.files).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }
}

/// A path as findings and the baseline name it: seen from the working directory where it lies below it.
pub(super) fn shown(path: &Path) -> PathBuf {
    let working = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&working) {
        Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// The text of a file on disk, if it is one that is looked at.
pub(super) fn on_disk(path: &Path) -> Option<String> {
    let is_small = std::fs::metadata(path)
        .is_ok_and(|meta| meta.is_file() && meta.len() <= discover::MAX_SIZE);
    let bytes = is_small.then(|| std::fs::read(path).ok())??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Files of one folder alone.
fn candidates(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| shown(&entry.path()));
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.is_file() && discover::kind_by_name(path) != Kind::Text)
        .collect();
    paths.sort();
    paths
}

fn configuration(root: &Path) -> (Policy, Globs, Option<String>) {
    let read = || -> Result<(Policy, Globs), Box<dyn std::error::Error>> {
        let mut config = match config::find(root) {
            Some(path) => Config::read(&path)?,
            None => Config::default(),
        };
        let exclude = std::mem::take(&mut config.exclude);
        Ok((Policy::new(&[], &[], config, true)?, exclude))
    };
    match read() {
        Ok((policy, exclude)) => (policy, exclude, None),
        Err(error) => (Policy::default(), Globs::default(), Some(error.to_string())),
    }
}
