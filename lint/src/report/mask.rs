//! What no report may show: every secret of a run, by file.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::run::Outcome;
use crate::source::FileId;
use crate::source::span::Span;

/// What stands for a hidden secret.
pub const MASK: &str = "********";
/// Shorter values are hidden at their own place only: elsewhere they are ordinary words.
const MIN_LENGTH: usize = 4;

/// The secrets of each file.
#[derive(Debug)]
pub struct Masks {
    files: HashMap<FileId, OfFile>,
}

#[derive(Debug, Default)]
struct OfFile {
    places: Vec<Span>,
    values: Option<AhoCorasick>,
}

impl Masks {
    /// Gathers what a run has to hide.
    pub fn of(outcome: &Outcome) -> Self {
        let mut values: HashMap<FileId, Vec<&str>> = HashMap::new();
        let mut files: HashMap<FileId, OfFile> = HashMap::new();
        for (file, place, value) in &outcome.hidden {
            files.entry(*file).or_default().places.push(*place);
            if value.len() >= MIN_LENGTH {
                values.entry(*file).or_default().push(value);
            }
        }
        for (file, of_file) in &mut files {
            of_file.places.sort_unstable();
            let mut values = values.remove(file).unwrap_or_default();
            values.sort_unstable();
            values.dedup();
            of_file.values = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(values)
                .ok();
        }
        Self { files }
    }

    /// The secrets of a file that touch the span, in order.
    pub fn places(&self, file: FileId, within: Span) -> Vec<Span> {
        let places = self
            .files
            .get(&file)
            .map_or(&[][..], |of| of.places.as_slice());
        let end = places.partition_point(|place| place.start < within.end);
        let touching = places.get(..end).unwrap_or_default().iter().rev();
        // Places that end before the span may precede one that reaches into it: look back a little.
        let mut touching: Vec<Span> = touching
            .take(512)
            .filter(|place| place.end > within.start)
            .copied()
            .collect();
        touching.reverse();
        touching
    }

    /// The text with every copy of a secret of the file hidden.
    pub fn hide(&self, file: FileId, text: String) -> String {
        match self.files.get(&file).and_then(|of| of.values.as_ref()) {
            Some(values) if values.is_match(&text) => {
                let masks = vec![MASK; values.patterns_len()];
                values.replace_all(&text, &masks)
            }
            _ => text,
        }
    }
}
