//! The names in a KV engine, which lists a folder at a time.

use std::future::Future;

use coffer_vault::SecretName;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::error::{Error, Result};

/// How many folders are listed at a time.
const AT_A_TIME: usize = 8;

/// The names that start with `prefix`, in order; `entries` lists a folder, whose own folders end with a slash. Names that
/// coffer cannot have are those of other programs, and are left out.
pub(super) async fn names_below<Entries>(
    prefix: &str,
    entries: impl Fn(String) -> Entries,
) -> Result<Vec<SecretName>>
where
    Entries: Future<Output = Result<Vec<String>>>,
{
    let folder = prefix.rfind('/').and_then(|at| prefix.get(..=at));
    let mut folders = vec![folder.unwrap_or_default().to_owned()];
    let mut names = Vec::new();
    while !folders.is_empty() {
        let lists: Vec<_> = std::mem::take(&mut folders)
            .into_iter()
            .map(|folder| {
                let listed = entries(folder.clone());
                async move { Ok::<_, Error>((folder, listed.await?)) }
            })
            .collect();
        let listed: Vec<(String, Vec<String>)> = stream::iter(lists)
            .buffered(AT_A_TIME)
            .try_collect()
            .await?;
        for (folder, entries) in listed {
            for entry in entries {
                let name = format!("{folder}{entry}");
                if !name.starts_with(prefix) {
                    continue;
                }
                if name.ends_with('/') {
                    folders.push(name);
                } else if let Ok(name) = SecretName::parse(&name) {
                    names.push(name);
                }
            }
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}
