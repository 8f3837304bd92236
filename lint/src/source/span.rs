//! Byte ranges in a file, and lines and columns for people.

/// A range of bytes in one file: `start..end`, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span; positions beyond 4 GiB are clamped (such files are never read).
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The bytes as an index range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end.max(self.start) as usize
    }

    /// The smallest span that holds both.
    pub fn join(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// Whether `other` lies within this span.
    pub fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The text of this span; empty where the span does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// A place for people: line and column count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Bytes of a line whose characters are counted.
const MAX_COUNTED: usize = 64 * 1024;

/// Where each line of a file starts.
#[derive(Debug, Default)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Indexes a text. A line ends at `\n`; a `\r` before it belongs to the line end.
    pub fn of(text: &str) -> Self {
        let mut starts = vec![0];
        for at in memchr::memchr_iter(b'\n', text.as_bytes()) {
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
        Self { starts }
    }

    /// Number of the line that holds the byte, from 1.
    pub fn line(&self, at: u32) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }

    /// Line and column of the byte. Far out in a line longer than [`MAX_COUNTED`], columns count
    /// bytes, so that many findings in one endless line cost no more than they must.
    pub fn position(&self, text: &str, at: u32) -> Position {
        let line = self.line(at);
        let start = self.start(line);
        let before = text.get(start as usize..at as usize).unwrap_or_default();
        if before.len() > MAX_COUNTED {
            return Position {
                line,
                column: before.len() + 1,
            };
        }
        Position {
            line,
            column: before.chars().filter(|c| *c != '\u{feff}').count() + 1,
        }
    }

    /// Span of a line without its line end; empty for a line that does not exist.
    pub fn span(&self, text: &str, line: usize) -> Span {
        let start = self.start(line) as usize;
        let end = self
            .starts
            .get(line)
            .map_or(text.len(), |next| *next as usize);
        let body = text.get(start..end).unwrap_or_default();
        Span::new(start, start + body.trim_end_matches(['\n', '\r']).len())
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    fn start(&self, line: usize) -> u32 {
        self.starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }
}
