//! Listing names.

use rusqlite::params;

use super::secret_row::SecretRow;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::keys::Scope;
use crate::metadata::SecretMetadata;
use crate::name::SecretName;
use crate::policy::Capability;
use crate::store::Stored;
use crate::work::Work;

/// How many names of a folder are looked at to find one that was meant.
const NEAR_CANDIDATES: usize = 1000;

impl Work<'_> {
    /// The metadata of all secrets that start with `prefix` and are not deleted.
    pub(crate) fn list(&self, event: &mut AuditEvent, prefix: &str) -> Result<Vec<SecretMetadata>> {
        event.touch(format!("{prefix}*"), None);
        let mut found = Vec::new();
        for row in self.rows_below(prefix, usize::MAX)? {
            let shown = self.keys.allow(Capability::List, &row.head.name).is_ok();
            if row.head.deleted.is_none() && shown {
                found.push(row.metadata(self)?);
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// The rows of open scopes whose name starts with `prefix`, at most `limit`, in no order.
    pub(crate) fn rows_below(&self, prefix: &str, limit: usize) -> Result<Vec<SecretRow>> {
        let mut rows = Vec::new();
        for scope in &self.keys.scopes {
            let below = &scope.keyring.prefix;
            // The scope lies below the prefix, or the prefix inside the scope; others hold nothing that matches.
            if below.starts_with(prefix) {
                self.rows_in_folder(scope, below, prefix, limit, &mut rows)?;
            } else if prefix.starts_with(below) {
                let folder = prefix
                    .rfind('/')
                    .and_then(|at| prefix.get(..=at))
                    .unwrap_or("");
                self.rows_in_folder(scope, folder, prefix, limit, &mut rows)?;
            }
        }
        Ok(rows)
    }

    fn rows_in_folder(
        &self,
        scope: &Scope,
        folder: &str,
        prefix: &str,
        limit: usize,
        rows: &mut Vec<SecretRow>,
    ) -> Result<()> {
        // A folder that lies above the scope's own prefix has no entries; the scope's prefix is its outermost folder.
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT secret.id, secret.lookup, secret.revision, secret.head
                 FROM folder JOIN secret ON secret.id = folder.secret
                 WHERE folder.scope = ?1 AND folder.lookup = ?2",
            )
            .stored(self.path)?;
        let mut found = statement
            .query(params![scope.id, scope.folder_lookup(folder)])
            .stored(self.path)?;
        while let Some(row) = found.next().stored(self.path)? {
            if rows.len() >= limit {
                break;
            }
            let (id, lookup) = (row.get(0).stored(self.path)?, row.get(1).stored(self.path)?);
            let (revision, head) = (row.get(2).stored(self.path)?, row.get(3).stored(self.path)?);
            let row = self.open_head(scope, id, lookup, revision, head)?;
            if row.head.name.starts_with(prefix) {
                rows.push(row);
            }
        }
        Ok(())
    }

    /// The error of a missing secret, with names of the same folder that differ little.
    pub(crate) fn not_found(&self, name: &SecretName) -> Error {
        let text = name.as_str();
        let folder = text.rfind('/').and_then(|at| text.get(..=at)).unwrap_or("");
        let mut near: Vec<(usize, SecretName)> = self
            .rows_below(folder, NEAR_CANDIDATES)
            .unwrap_or_default()
            .iter()
            .filter(|row| row.head.deleted.is_none())
            .filter(|row| self.keys.allow(Capability::List, &row.head.name).is_ok())
            .filter_map(|row| {
                let distance = edit_distance(text, &row.head.name);
                let close = distance <= (text.len() / 3).clamp(1, 3);
                Some((distance, SecretName::parse(&row.head.name).ok()?)).filter(|_| close)
            })
            .collect();
        near.sort();
        near.truncate(3);
        Error::NotFound {
            name: name.clone(),
            near: near.into_iter().map(|(_, name)| name).collect(),
        }
    }
}

/// How many bytes must be inserted, removed or replaced to turn one text into the other (Levenshtein).
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let replaced = diagonal.saturating_add(usize::from(x != y));
            diagonal = *cell;
            left = replaced
                .min(cell.saturating_add(1))
                .min(left.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::edit_distance;

    #[test]
    fn counts_the_edits_between_two_names() {
        for (a, b, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("prod/db", "prod/bd", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edit_distance(a, b), distance, "{a} -> {b}");
            assert_eq!(edit_distance(b, a), distance, "{b} -> {a}");
        }
    }
}
