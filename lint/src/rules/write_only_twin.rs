//! Which write-only argument stands beside an argument, for the provider at hand.

use crate::knowledge::terraform::{argument, since_words};
use crate::resolve::provider_versions::is_before;
use crate::run::Run;
use crate::source::FileId;

/// A write-only argument to use instead.
pub(crate) struct Twin {
    /// Its name.
    pub(crate) name: String,
    /// From which version on, in words and in brackets; empty where it is there already.
    pub(crate) since: String,
}

/// The write-only twin of an argument. Where the user's schema describes the resource, it decides.
pub(crate) fn twin(run: &Run<'_>, file: FileId, kind: &str, path: &str) -> Option<Twin> {
    let schemas = &run.added.schemas;
    if schemas.has_resource(kind) {
        let name = schemas.twin(kind, path)?;
        return Some(Twin {
            name,
            since: String::new(),
        });
    }
    let facts = argument(kind, path).filter(|facts| !facts.twin.is_empty())?;
    Some(Twin {
        name: facts.twin.to_owned(),
        since: since(run, file, kind, facts.since),
    })
}

/// From which provider version on something exists, seen from the version that is locked here.
pub(crate) fn since(run: &Run<'_>, file: FileId, kind: &str, since: &str) -> String {
    let folder = run
        .modules
        .of_file(file)
        .and_then(|index| run.modules.all.get(index))
        .map(|module| module.folder.as_path());
    let locked = folder.and_then(|folder| run.versions.provider(folder, kind));
    let first = since.trim_start_matches("<=");
    match locked {
        Some(locked) if !first.is_empty() && is_before(locked, first) => {
            format!(" (provider {first} and later; {locked} is locked here, so upgrade first)")
        }
        Some(_) if !first.is_empty() => String::new(),
        _ => since_words(since).map_or_else(String::new, |since| format!(" ({since})")),
    }
}
