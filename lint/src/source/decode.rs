//! Literals as they stand in a file, decoded, with the way back from each character to its bytes.

use super::span::Span;

/// A decoded literal.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// What the literal says.
    pub text: String,
    /// Where each part of it stands, in order, without gaps.
    pub runs: Vec<Run>,
}

/// A part of a decoded text and the bytes that it came from.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Byte in the decoded text where the run starts.
    pub at: u32,
    /// Bytes of decoded text.
    pub len: u32,
    /// Bytes in the file.
    pub source: Span,
}

impl Run {
    /// Whether each byte of the text is a byte of the file.
    pub fn is_exact(&self) -> bool {
        self.len as usize == self.source.len()
    }
}

impl Decoded {
    /// Appends bytes of the file as they are.
    pub fn copy(&mut self, file: &str, span: Span) {
        self.push(span.of(file), span);
    }

    /// Appends a text that stands for the bytes of `source`.
    pub fn push(&mut self, text: &str, source: Span) {
        if text.is_empty() {
            return;
        }
        let at = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        if let Some(last) = self.runs.last_mut()
            && last.is_exact()
            && len as usize == source.len()
            && last.source.end == source.start
        {
            last.len += len;
            last.source.end = source.end;
            return;
        }
        self.runs.push(Run { at, len, source });
    }
}

/// A literal piece of a quoted HCL string.
pub fn hcl_quoted(file: &str, span: Span) -> Decoded {
    escapes(file, span, true)
}

/// A JSON string, or one in double quotes of YAML, without its quotes.
pub fn json(file: &str, span: Span) -> Decoded {
    escapes(file, span, false)
}

fn escapes(file: &str, span: Span, template: bool) -> Decoded {
    let mut decoded = Decoded::default();
    let bytes = file.as_bytes();
    let end = (span.end as usize).min(bytes.len());
    let (mut at, mut start) = (span.start as usize, span.start as usize);
    while at < end {
        let byte = bytes.get(at).copied().unwrap_or_default();
        if template && matches!(byte, b'$' | b'%') && is_doubled(bytes, at) {
            decoded.copy(file, Span::new(start, at + 1));
            at += 2;
            start = at;
            continue;
        }
        if byte != b'\\' {
            at += 1;
            continue;
        }
        decoded.copy(file, Span::new(start, at));
        let len = escape(file, at, end, &mut decoded);
        at += len.max(1);
        start = at;
    }
    decoded.copy(file, Span::new(start, end.max(start)));
    decoded
}

fn is_doubled(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == bytes.get(at + 1) && bytes.get(at + 2) == Some(&b'{')
}

/// Decodes the escape at `at`, and returns how many bytes it takes.
fn escape(file: &str, at: usize, end: usize, decoded: &mut Decoded) -> usize {
    let bytes = file.as_bytes();
    let Some(kind) = bytes.get(at + 1).copied().filter(|_| at + 1 < end) else {
        decoded.copy(file, Span::new(at, at + 1));
        return 1;
    };
    let simple = match kind {
        b'n' => "\n",
        b'r' => "\r",
        b't' => "\t",
        b'b' => "\u{8}",
        b'f' => "\u{c}",
        b'0' => "\0",
        b'e' => "\u{1b}",
        b'"' => "\"",
        b'\'' => "'",
        b'/' => "/",
        b'\\' => "\\",
        b'\n' => {
            // A YAML line continuation: the line end and the blanks of the next line vanish.
            let rest = file.get(at + 2..end).unwrap_or_default();
            return 2 + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
        }
        b'u' | b'U' | b'x' => return unicode(file, at, end, kind, decoded),
        _ => {
            decoded.copy(file, Span::new(at, at + 1));
            return 1;
        }
    };
    decoded.push(simple, Span::new(at, at + 2));
    2
}

fn unicode(file: &str, at: usize, end: usize, kind: u8, decoded: &mut Decoded) -> usize {
    let digits = match kind {
        b'x' => 2,
        b'u' => 4,
        _ => 8,
    };
    let number = |from: usize, digits: usize| {
        file.get(from..(from + digits).min(end))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let Some(mut code) = number(at + 2, digits) else {
        decoded.copy(file, Span::new(at, at + 1));
        return 1;
    };
    let mut len = 2 + digits;
    if (0xD800..0xDC00).contains(&code)
        && file
            .get(at + len..)
            .is_some_and(|rest| rest.starts_with("\\u"))
        && let Some(low) = number(at + len + 2, 4)
        && (0xDC00..0xE000).contains(&low)
    {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        len += 6;
    }
    let character = char::from_u32(code).unwrap_or('\u{fffd}');
    decoded.push(character.encode_utf8(&mut [0; 4]), Span::new(at, at + len));
    len
}

/// A literal piece of a heredoc, with `indent` blanks stripped from the start of each line.
pub fn heredoc(file: &str, span: Span, indent: u32, at_line_start: bool) -> Decoded {
    let mut decoded = Decoded::default();
    let text = span.of(file);
    let mut at = span.start as usize;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let strip = number > 0 || at_line_start;
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        let skip = if strip {
            blanks.min(indent as usize)
        } else {
            0
        };
        let mut start = at + skip;
        let end = at + line.len();
        for marker in ["$${", "%%{"] {
            while let Some(found) = file.get(start..end).and_then(|rest| rest.find(marker)) {
                decoded.copy(file, Span::new(start, start + found + 1));
                start += found + 2;
            }
        }
        decoded.copy(file, Span::new(start, end));
        at = end;
    }
    decoded
}

/// Blanks and escapes between two lines of a YAML scalar.
const MAX_BLANKS: usize = 4096;

/// A YAML scalar whose decoded text is known: finds each of its words again in the file.
pub fn aligned(file: &str, span: Span, text: &str) -> Decoded {
    let mut decoded = Decoded::default();
    let source = span.of(file);
    let base = span.start as usize;
    let mut cursor = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        if let Some(found) = find_from(source, cursor, body) {
            let start = base + found;
            decoded.push(body, Span::new(start, start + body.len()));
            cursor = found + body.len();
        } else {
            cursor = align_words(&mut decoded, source, base, cursor, body);
        }
        if line.len() > body.len() {
            decoded.push("\n", Span::new(base + cursor, base + cursor + 1));
        }
    }
    decoded
}

fn align_words(
    decoded: &mut Decoded,
    source: &str,
    base: usize,
    mut cursor: usize,
    body: &str,
) -> usize {
    for word in body.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        match find_from(source, cursor, bare) {
            Some(found) => {
                let start = base + found;
                decoded.push(bare, Span::new(start, start + bare.len()));
                cursor = found + bare.len();
            }
            None => decoded.push(bare, Span::new(base + cursor, base + source.len())),
        }
        let blanks = word.get(bare.len()..).unwrap_or_default();
        decoded.push(blanks, Span::new(base + cursor, base + cursor + 1));
    }
    cursor
}

fn find_from(source: &str, from: usize, what: &str) -> Option<usize> {
    if what.is_empty() {
        return Some(from);
    }
    // What stands further away than this is not the same line: the search stays linear.
    let reach = what.len() * 4 + MAX_BLANKS;
    let rest = source
        .as_bytes()
        .get(from..(from + reach).min(source.len()))?;
    memchr::memmem::find(rest, what.as_bytes()).map(|found| from + found)
}
