//! The lines around a finding, with every secret in them hidden.

use super::mask::{MASK, Masks};
use crate::run::Outcome;
use crate::source::FileId;
use crate::source::span::Span;

/// One line of a code frame.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Number, from 1.
    pub number: usize,
    /// The text, secrets hidden, tabs as blanks.
    pub text: String,
    /// Columns of the marked part, from 0, in characters of `text`.
    pub marked: (usize, usize),
}

/// Longest line that is shown.
const MAX_WIDTH: usize = 4096;

/// The line where a span starts.
pub fn line(outcome: &Outcome, masks: &Masks, id: FileId, at: Span) -> Option<Line> {
    let file = outcome.file(id)?;
    let number = file.lines.line(at.start);
    let span = file.lines.span(&file.text, number);
    let hidden = masks.places(id, span);
    let mut text = String::new();
    let mut marked = (0, 0);
    let mut cursor = span.start;
    for place in hidden {
        let (start, end) = (place.start.max(cursor), place.end.min(span.end));
        if start >= end {
            continue;
        }
        text.push_str(
            Span {
                start: cursor,
                end: start,
            }
            .of(&file.text),
        );
        let column = text.chars().count();
        text.push_str(MASK);
        if place.start <= at.start && at.start < place.end {
            marked = (column, column + MASK.len());
        }
        cursor = end;
    }
    text.push_str(
        Span {
            start: cursor,
            end: span.end,
        }
        .of(&file.text),
    );
    if marked == (0, 0) {
        let before = Span {
            start: span.start,
            end: at.start,
        }
        .of(&file.text)
        .chars()
        .count();
        let len = Span {
            start: at.start,
            end: at.end.min(span.end),
        }
        .of(&file.text)
        .chars()
        .count();
        marked = (before, before + len.max(1));
    }
    let text = masks.hide(id, text);
    let text: String = text
        .chars()
        .take(MAX_WIDTH)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let width = text.chars().count();
    let marked = (marked.0.min(width), marked.1.min(width));
    Some(Line {
        number,
        text,
        marked,
    })
}
