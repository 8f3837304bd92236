//! Fixes as a unified diff.

use std::fmt::Write as _;

use super::Changed;
use super::apply::edited;
use crate::run::slashed;
use crate::source::SourceFile;
use crate::source::span::Span;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The diff from a file to what its fixes make of it.
pub fn unified(file: &SourceFile, changed: &Changed) -> String {
    let path = slashed(&changed.path);
    let mut diff = format!("--- a/{path}\n+++ b/{path}\n");
    let mut shift = 0_isize;
    let mut rest = changed.edits.as_slice();
    while let Some(first) = rest.first() {
        let line = |at: u32| file.lines.line(at);
        let from = line(first.at.start).saturating_sub(CONTEXT).max(1);
        let mut to = line(first.at.end) + CONTEXT;
        let mut count = 1;
        while let Some(next) = rest
            .get(count)
            .filter(|next| line(next.at.start) <= to + CONTEXT)
        {
            to = line(next.at.end) + CONTEXT;
            count += 1;
        }
        let (edits, later) = rest.split_at(count);
        rest = later;
        let start = file.lines.span(&file.text, from).start;
        let end = match to < file.lines.count() {
            true => file.lines.span(&file.text, to + 1).start as usize,
            false => file.text.len(),
        };
        let old = Span::new(start as usize, end).of(&file.text);
        let moved: Vec<_> = edits
            .iter()
            .map(|edit| super::Edit {
                at: Span {
                    start: edit.at.start.saturating_sub(start),
                    end: edit.at.end.saturating_sub(start),
                },
                ..edit.clone()
            })
            .collect();
        hunk(from, &mut shift, old, &edited(old, &moved), &mut diff);
    }
    diff
}

fn hunk(from: usize, shift: &mut isize, old: &str, new: &str, diff: &mut String) {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let limit = old.len().min(new.len()) - same;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(limit)
        .take_while(|(a, b)| a == b)
        .count();
    let head = same.min(CONTEXT);
    let (skipped, end) = (same - head, tail.min(CONTEXT));
    let old_count = old.len() - skipped - (tail - end);
    let new_count = new.len() - skipped - (tail - end);
    let old_start = from + skipped;
    let new_start = old_start.saturating_add_signed(*shift);
    // Writing to a string cannot fail.
    let _ = writeln!(
        diff,
        "@@ -{old_start},{old_count} +{new_start},{new_count} @@"
    );
    let mut tell = |mark: char, lines: &[&str]| {
        for line in lines {
            let _ = write!(diff, "{mark}{line}");
            if !line.ends_with('\n') {
                let _ = writeln!(diff, "\n\\ No newline at end of file");
            }
        }
    };
    tell(' ', old.get(skipped..same).unwrap_or_default());
    tell('-', old.get(same..old.len() - tail).unwrap_or_default());
    tell('+', new.get(same..new.len() - tail).unwrap_or_default());
    tell(
        ' ',
        old.get(old.len() - tail..old.len() - tail + end)
            .unwrap_or_default(),
    );
    let grown = isize::try_from(new.len()).unwrap_or_default()
        - isize::try_from(old.len()).unwrap_or_default();
    *shift += grown;
}
