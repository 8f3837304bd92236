//! Positions of the protocol: lines and units of a negotiated encoding, both from 0.

use coffer_lint::source::SourceFile;
use coffer_lint::source::span::{Lines, Span};
use lsp_types::{Position, PositionEncodingKind, Range};

/// What a unit within a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Two bytes of UTF-16: what every client knows.
    Utf16,
    /// A byte of UTF-8.
    Utf8,
}

impl Encoding {
    /// The cheapest of the encodings that a client offers.
    pub(super) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        match offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8)) {
            true => Self::Utf8,
            false => Self::Utf16,
        }
    }

    /// Its name.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf8 => PositionEncodingKind::UTF8,
        }
    }

    fn units(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf8 => text.len(),
        }
    }

    /// The position of a byte.
    pub(super) fn position(self, text: &str, lines: &Lines, at: u32) -> Position {
        let line = lines.line(at);
        let start = lines.span(text, line).start as usize;
        let before = text.get(start..at as usize).unwrap_or_default();
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position {
            line: clamp(line - 1),
            character: clamp(self.units(before)),
        }
    }

    /// The range of a span.
    pub(super) fn range(self, file: &SourceFile, span: Span) -> Range {
        Range {
            start: self.position(&file.text, &file.lines, span.start),
            end: self.position(&file.text, &file.lines, span.end),
        }
    }

    /// The byte at a position. A position behind the end of a line is its end; one behind the last line is the
    /// end of the text; one within a character is the start of that character.
    pub(super) fn byte(self, text: &str, lines: &Lines, position: Position) -> u32 {
        let line = position.line as usize + 1;
        if line > lines.count() {
            return u32::try_from(text.len()).unwrap_or(u32::MAX);
        }
        let span = lines.span(text, line);
        let mut left = position.character as usize;
        let mut at = span.start as usize;
        for c in span.of(text).chars() {
            let units = match self {
                Self::Utf16 => c.len_utf16(),
                Self::Utf8 => c.len_utf8(),
            };
            if units > left {
                break;
            }
            left -= units;
            at += c.len_utf8();
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The span of a range; an empty one where it ends before it starts.
    pub(super) fn span(self, text: &str, lines: &Lines, range: Range) -> Span {
        let start = self.byte(text, lines, range.start);
        let end = self.byte(text, lines, range.end).max(start);
        Span { start, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = \"é𝄞x\"\r\nb\n";

    #[test]
    fn every_byte_comes_back_from_its_position() {
        let lines = Lines::of(TEXT);
        for encoding in [Encoding::Utf16, Encoding::Utf8] {
            for (at, c) in TEXT.char_indices().filter(|(_, c)| !"\r\n".contains(*c)) {
                let at = u32::try_from(at).unwrap();
                let position = encoding.position(TEXT, &lines, at);
                assert_eq!(
                    encoding.byte(TEXT, &lines, position),
                    at,
                    "{c} {encoding:?}"
                );
            }
        }
    }

    #[test]
    fn units_are_those_of_utf_16() {
        let lines = Lines::of(TEXT);
        let x = u32::try_from(TEXT.find('x').unwrap()).unwrap();
        let position = Encoding::Utf16.position(TEXT, &lines, x);
        assert_eq!((position.line, position.character), (0, 8));
    }

    #[test]
    fn positions_that_do_not_exist_are_moved_to_those_that_do() {
        let lines = Lines::of(TEXT);
        let byte =
            |line, character| Encoding::Utf16.byte(TEXT, &lines, Position { line, character });
        assert_eq!(byte(0, 99), 13, "the end of the line, without its line end");
        assert_eq!(byte(9, 0) as usize, TEXT.len());
        assert_eq!(byte(0, 7), 7, "within a pair of surrogates");
    }
}
