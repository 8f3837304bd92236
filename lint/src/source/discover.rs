//! Which files there are below a path, and what each of them is.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::{Kind, archive};

/// Bytes of a file that is looked at, unless another size is wanted.
pub const MAX_SIZE: u64 = 128 * 1024 * 1024;

/// What could not be walked.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A path that was named does not exist.
    #[error("{}: no such file or folder", .0.display())]
    Missing(PathBuf),
}

/// How folders are walked.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// Look at files and folders whose names start with a dot.
    pub hidden: bool,
    /// Look at what `.gitignore`, `.ignore` and `.cofferignore` name.
    pub ignored: bool,
    /// Look into archives that are found on the way. One that is named itself is always opened.
    pub archives: bool,
    /// Bytes of a file that is looked at.
    pub max_size: u64,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            hidden: true,
            ignored: false,
            archives: false,
            max_size: MAX_SIZE,
        }
    }
}

/// All files to be looked at below the paths, sorted, each once. Links are not followed; a file that is named
/// itself is always taken.
///
/// # Errors
/// A named path that does not exist.
pub fn files(paths: &[PathBuf], walk: &Walk) -> Result<Vec<PathBuf>, DiscoverError> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_file() {
            found.push(path.clone());
            continue;
        }
        if !path.is_dir() {
            return Err(DiscoverError::Missing(path.clone()));
        }
        let mut builder = WalkBuilder::new(path);
        builder
            .standard_filters(!walk.ignored)
            .hidden(!walk.hidden)
            .require_git(false)
            .filter_entry(is_wanted);
        if !walk.ignored {
            builder.add_custom_ignore_filename(".cofferignore");
        }
        for entry in builder.build().flatten() {
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            let is_archive = || walk.archives && archive::is_archive(entry.path());
            if is_file && (is_candidate(entry.path()) || is_archive()) {
                found.push(entry.into_path());
            }
        }
    }
    for path in &mut found {
        // `./a` and `a` are one file.
        if let Ok(bare) = path.strip_prefix("./") {
            *path = bare.to_owned();
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn is_wanted(entry: &DirEntry) -> bool {
    !matches!(
        entry.file_name().to_str(),
        Some(".git" | ".terraform" | ".terragrunt-cache" | "node_modules")
    )
}

/// Whether a file of this name is looked at when a folder is walked.
pub fn is_candidate(path: &Path) -> bool {
    let name = file_name(path);
    if name == ".terraform.lock.hcl" {
        return false;
    }
    kind_by_name(path) != Kind::Text || name == ".env" || name.ends_with(".env")
}

/// What the name of a file says. YAML and JSON files may turn out to be something else.
pub fn kind_by_name(path: &Path) -> Kind {
    let name = file_name(path);
    let ends = |suffix: &str| name.ends_with(suffix);
    if ends(".tfstate") || ends(".tfstate.backup") {
        Kind::State
    } else if ends(".tfvars") || ends(".tfvars.json") {
        Kind::Tfvars
    } else if ends(".tf") || ends(".tofu") || ends(".tf.json") || ends(".tofu.json") {
        Kind::Terraform
    } else if ends(".hcl") || ends(".nomad") || ends(".tfbackend") {
        Kind::Hcl
    } else if [".yaml", ".yml", ".json", ".template"]
        .iter()
        .any(|suffix| ends(suffix))
    {
        Kind::CloudFormation
    } else {
        Kind::Text
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase()
}

/// Whether a JSON text is a plan as `terraform show -json` writes it.
pub fn looks_like_plan(text: &str) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(text.as_bytes(), needle).is_some();
    has(b"\"format_version\"") && has(b"\"terraform_version\"")
}

/// Whether a YAML or JSON text is a CloudFormation or SAM template.
pub fn looks_like_template(text: &str) -> bool {
    let has = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    if has("AWSTemplateFormatVersion") || has("AWS::Serverless") {
        return true;
    }
    // Resource types are `Vendor::Service::Kind` or `Custom::Name`.
    has("Resources") && has("Type") && has("::")
}
