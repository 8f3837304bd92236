//! Where a broken item ends, so that parsing can go on behind it.

use super::cursor::Cursor;
use crate::source::span::Span;

/// Block types that open a top-level block of Terraform, OpenTofu, Terragrunt or Packer.
const TOP_LEVEL: &[&str] = &[
    "action",
    "build",
    "check",
    "data",
    "dependency",
    "ephemeral",
    "import",
    "include",
    "inputs",
    "list",
    "locals",
    "module",
    "moved",
    "output",
    "packer",
    "provider",
    "remote_state",
    "removed",
    "resource",
    "run",
    "source",
    "terraform",
    "variable",
    "variables",
];

/// Whether a top-level block opens at the position: a known keyword in the first column.
pub(super) fn opens_block(cursor: &Cursor<'_>) -> bool {
    cursor.in_first_column() && is_opening(cursor.bytes, cursor.at)
}

fn is_opening(bytes: &[u8], at: usize) -> bool {
    let Some(rest) = bytes.get(at..) else {
        return false;
    };
    let len = rest
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase() || **byte == b'_')
        .count();
    let name = rest.get(..len).unwrap_or_default();
    let line_len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(len..line_len).unwrap_or_default().trim_ascii();
    TOP_LEVEL.iter().any(|known| known.as_bytes() == name)
        && (line.starts_with(b"\"") || line.starts_with(b"{") || line.ends_with(b"{"))
}

/// The end of the item that starts at `begin` and was found broken at `broken`: the first line end
/// behind the error where all brackets that the item opened are closed, the brace that closes the
/// body around it, or the line where a top-level block opens.
pub(super) fn end_of_item(bytes: &[u8], begin: usize, broken: usize) -> usize {
    let mut at = begin;
    let mut open = 0_usize;
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') => {
                at = end_of_heredoc(bytes, at);
                continue;
            }
            b'{' | b'[' | b'(' => open += 1,
            b'}' if open == 0 && at > begin => return at,
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            b'\n' if at > broken && is_opening(bytes, at + 1) => return at + 1,
            b'\n' if at >= broken && open == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// The end of a string; one without a closing quote ends with its line.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            b'\n' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a heredoc; where no line closes it, only its first line is skipped.
fn end_of_heredoc(bytes: &[u8], start: usize) -> usize {
    let first = end_of_line(bytes, start);
    let header = bytes.get(start + 2..first).unwrap_or_default();
    let marker = header.strip_prefix(b"-").unwrap_or(header).trim_ascii();
    if marker.is_empty()
        || !marker
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    {
        return start + 2;
    }
    let mut at = first;
    while at < bytes.len() {
        let end = end_of_line(bytes, at + 1);
        if bytes.get(at + 1..end).unwrap_or_default().trim_ascii() == marker {
            return end;
        }
        at = end;
    }
    first
}

/// The name of a broken attribute, so that its text can still be judged.
pub(super) fn attribute_name(text: &str, item: Span) -> Option<Span> {
    let item_text = item.of(text);
    let len = item_text
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .filter(|len| *len > 0)?;
    let rest = item_text.get(len..)?.trim_start();
    (rest.starts_with('=') && !rest.starts_with("=="))
        .then(|| Span::new(item.start as usize, item.start as usize + len))
}
