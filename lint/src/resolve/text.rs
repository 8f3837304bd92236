//! A text whose every piece knows where it stands.

use std::rc::Rc;

use super::value::Hop;
use crate::source::FileId;
use crate::source::decode::Decoded;
use crate::source::span::Span;

/// Stands in a text for a piece that is not known.
pub const HOLE: char = '\u{fffc}';

/// Bytes that a text may grow to when it is put together.
pub const MAX_TEXT: usize = 256 * 1024;

/// A text with the places of its pieces.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The text; unknown pieces are [`HOLE`].
    pub text: String,
    /// Where its known pieces stand, in order.
    pub pieces: Vec<Piece>,
    /// The way it took, from its literal to the place at hand.
    pub hops: Vec<Rc<Hop>>,
    /// The expression that builds the text of several pieces; `None` for a single literal.
    pub built: Option<(FileId, Span)>,
}

/// A known piece of a text.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Byte in the text where the piece starts.
    pub at: u32,
    /// Bytes of the text.
    pub len: u32,
    /// The file that it stands in.
    pub file: FileId,
    /// The bytes in the file.
    pub source: Span,
    /// Whether the piece stands there in base64.
    pub base64: bool,
}

impl Text {
    /// A literal of a file.
    pub fn literal(file: FileId, decoded: Decoded) -> Self {
        let pieces = decoded
            .runs
            .iter()
            .map(|run| Piece {
                at: run.at,
                len: run.len,
                file,
                source: run.source,
                base64: false,
            })
            .collect();
        Self {
            text: decoded.text,
            pieces,
            hops: Vec::new(),
            built: None,
        }
    }

    /// An unknown text.
    pub fn hole() -> Self {
        Self {
            text: HOLE.to_string(),
            ..Self::default()
        }
    }

    /// Appends another text.
    ///
    /// A text that grows beyond [`MAX_TEXT`] ends in a hole.
    pub fn append(&mut self, other: Self) {
        if !self.text.is_empty() && self.text.len() + other.text.len() > MAX_TEXT {
            if !self.text.ends_with(HOLE) {
                self.text.push(HOLE);
            }
            return;
        }
        let base = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.push_str(&other.text);
        self.pieces.extend(other.pieces.into_iter().map(|p| Piece {
            at: p.at.saturating_add(base),
            ..p
        }));
        for hop in other.hops {
            if !self.hops.contains(&hop) {
                self.hops.push(hop);
            }
        }
    }

    /// The same pieces with another text: after a function whose effect on each byte is not kept.
    #[must_use]
    pub fn changed(self, text: String) -> Self {
        let whole = self.place(0..self.text.len());
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let pieces = whole
            .map(|(file, source)| Piece {
                at: 0,
                len,
                file,
                source,
                base64: false,
            })
            .into_iter()
            .collect();
        Self {
            text,
            pieces,
            ..self
        }
    }

    /// What the text holds in base64, with the way back to its bytes.
    pub fn decoded(&self, text: String) -> Option<Self> {
        let (file, source) = self.place(0..self.text.len())?;
        let len = u32::try_from(text.len()).ok()?;
        let pieces = vec![Piece {
            at: 0,
            len,
            file,
            source,
            base64: true,
        }];
        Some(Self {
            text,
            pieces,
            hops: self.hops.clone(),
            built: None,
        })
    }

    /// Whether part of the text is unknown.
    pub fn has_hole(&self) -> bool {
        self.text.contains(HOLE)
    }

    /// Where the bytes of a range stand. Pieces of one expression are joined; of pieces from several
    /// places the longest counts.
    pub fn place(&self, range: std::ops::Range<usize>) -> Option<(FileId, Span)> {
        let mut spans: Vec<(FileId, Span)> = Vec::new();
        for piece in &self.pieces {
            let (start, end) = (piece.at as usize, (piece.at + piece.len) as usize);
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from >= to && !(range.is_empty() && start == range.start) {
                continue;
            }
            let source = if piece.len as usize == piece.source.len() && !piece.base64 {
                let base = piece.source.start as usize;
                Span::new(base + from - start, base + to - start)
            } else if piece.base64 {
                // Base64: each three bytes stand in four characters.
                let base = piece.source.start as usize;
                let last = piece.source.end as usize;
                let (from, to) = ((from - start) / 3 * 4, (to - start).div_ceil(3) * 4);
                Span::new((base + from).min(last), (base + to).min(last))
            } else {
                piece.source
            };
            spans.push((piece.file, source));
        }
        let first = *spans.first()?;
        let joined = spans.iter().try_fold(first, |(file, span), (other, next)| {
            (file == *other).then(|| (file, span.join(*next)))
        });
        let is_whole = range == (0..self.text.len());
        if let (true, Some((built, around)), Some((file, span))) = (is_whole, self.built, joined)
            && spans.len() > 1
            && built == file
            && around.holds(span)
        {
            return Some((built, around));
        }
        let within = |(file, span): (FileId, Span)| match self.built {
            Some((built, around)) => built == file && around.holds(span),
            None => true,
        };
        match joined {
            Some(joined) if spans.len() == 1 || within(joined) => Some(joined),
            _ => spans.into_iter().max_by_key(|(_, span)| span.len()),
        }
    }

    /// A part of the text with its places.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let mut part = Self {
            hops: self.hops.clone(),
            built: self.built,
            ..Self::default()
        };
        part.text = self.text.get(range.clone()).unwrap_or_default().to_owned();
        for piece in &self.pieces {
            let (start, end) = (piece.at as usize, (piece.at + piece.len) as usize);
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                let exact = piece.len as usize == piece.source.len();
                let base = piece.source.start as usize;
                let source = match exact {
                    true => Span::new(base + from - start, base + to - start),
                    false => piece.source,
                };
                part.pieces.push(Piece {
                    at: u32::try_from(from - range.start).unwrap_or_default(),
                    len: u32::try_from(to - from).unwrap_or_default(),
                    file: piece.file,
                    source,
                    base64: false,
                });
            }
        }
        part
    }
}
