//! Open documents: what the editor holds counts before what is on disk.

use coffer_lint::source::span::Lines;
use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::position::Encoding;

/// A document that is open in the editor.
#[derive(Debug)]
pub(super) struct Document {
    /// Its address as the client writes it.
    pub(super) uri: Uri,
    /// The number that the client gave to this state of it.
    pub(super) version: i32,
    /// Its text.
    pub(super) text: String,
}

impl Document {
    /// Applies changes, each to the text after the one before.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        self.version = version;
        for change in changes {
            match change.range {
                None => self.text = change.text,
                Some(range) => {
                    let lines = Lines::of(&self.text);
                    let span = encoding.span(&self.text, &lines, range);
                    let end = span.end as usize;
                    let before = self.text.get(..span.start as usize).unwrap_or_default();
                    let after = self.text.get(end..).unwrap_or_default();
                    self.text = [before, &change.text, after].concat();
                }
            }
        }
    }
}

/// The ending of a document without a path, by the language that the editor says it has.
pub(super) fn ending(language: &str) -> &'static str {
    match language {
        "terraform" | "tf" | "opentofu" => "tf",
        "terraform-vars" | "tfvars" => "tfvars",
        "hcl" | "terragrunt" => "hcl",
        "yaml" | "cloudformation" => "yaml",
        "json" => "json",
        _ => "txt",
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn changes_follow_one_another() {
        let mut document = Document {
            uri: Uri::from_str("file:///a.tf").unwrap(),
            version: 1,
            text: "a = \"é\"\nb = 2\n".to_owned(),
        };
        let change = |range, text| serde_json::json!({"range": range, "text": text});
        let at = |line, from, to| serde_json::json!({"start": {"line": line, "character": from}, "end": {"line": line, "character": to}});
        let changes = serde_json::json!([
            change(at(0, 5, 6), "xy"),
            change(at(0, 7, 7), "z"),
            change(at(1, 0, 99), "c"),
            change(at(9, 0, 0), "d\n"),
        ]);
        document.change(2, serde_json::from_value(changes).unwrap(), Encoding::Utf16);
        assert_eq!(document.text, "a = \"xyz\"\nc\nd\n");
    }
}
