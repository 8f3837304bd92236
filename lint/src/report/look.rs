//! How a report for people looks: as wide as the terminal, with links where it knows them.

use std::time::Duration;

/// The looks of a report for people.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether long texts are broken into lines: for people, not for `grep`.
    pub wraps: bool,
    /// Whether names of rules are links to their pages (OSC 8).
    pub links: bool,
    /// How long the run took, where that is to be told.
    pub took: Option<Duration>,
}

impl Default for Look {
    /// That of a file.
    fn default() -> Self {
        Self {
            width: 160,
            wraps: false,
            links: false,
            took: None,
        }
    }
}

impl Look {
    /// A text in lines no wider than may be, each after the first with blanks in front.
    pub(super) fn wrapped(self, text: &str, indent: usize) -> String {
        if !self.wraps {
            return text.to_owned();
        }
        let width = self.width.saturating_sub(indent).max(20);
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let last = lines.last_mut().map_or(0, |line| line.chars().count());
            if last > 0 && last + 1 + word.chars().count() > width {
                lines.push(word.to_owned());
            } else if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        lines.join(&format!("\n{}", " ".repeat(indent)))
    }

    /// A text as a link.
    pub(super) fn link(self, text: &str, address: &str) -> String {
        match self.links {
            true => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            false => text.to_owned(),
        }
    }
}
