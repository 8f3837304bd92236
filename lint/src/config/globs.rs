//! Patterns of paths, in the manner of `.gitignore`.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// A list of patterns; an empty one fits nothing.
#[derive(Debug, Default)]
pub struct Globs {
    matcher: Option<Gitignore>,
}

impl Globs {
    /// Patterns that are seen from a folder.
    ///
    /// # Errors
    /// The pattern that has no meaning, and why.
    pub fn new<'g>(
        folder: &Path,
        patterns: impl IntoIterator<Item = &'g str>,
    ) -> Result<Self, (String, String)> {
        let root = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let mut builder = GitignoreBuilder::new(root);
        let mut any = false;
        for pattern in patterns {
            any = true;
            builder
                .add_line(None, pattern)
                .map_err(|error| (pattern.to_owned(), error.to_string()))?;
        }
        let matcher = any.then(|| builder.build().ok()).flatten();
        Ok(Self { matcher })
    }

    /// Whether a pattern fits the path or a folder above it.
    pub fn is_match(&self, path: &Path) -> bool {
        let Some(matcher) = &self.matcher else {
            return false;
        };
        let Ok(path) = std::path::absolute(path) else {
            return false;
        };
        path.starts_with(matcher.path())
            && matcher
                .matched_path_or_any_parents(&path, false)
                .is_ignore()
    }
}
