//! The search for a value where it must not be, in every form that Terraform, JSON, URLs and shells may give it.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zip::ZipArchive;

use crate::step::{self, Outcome};

/// A form in which the value was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The file, and the entry in it where the file is an archive.
    pub place: String,
    /// The form: plain, base64, hex, URL-escaped, JSON-escaped.
    pub form: &'static str,
    /// How often it stands there.
    pub count: usize,
}

/// The forms of one value that are searched for.
pub struct Needle {
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Needle {
    /// Prepares the forms of `value`.
    #[must_use]
    pub fn new(value: &str) -> Self {
        let mut forms = vec![("plain", value.as_bytes().to_vec())];
        for (form, encode) in ENCODINGS {
            for encoded in encode(value) {
                if encoded != value && !forms.iter().any(|(_, known)| known == encoded.as_bytes()) {
                    forms.push((form, encoded.into_bytes()));
                }
            }
        }
        Self { forms }
    }

    /// Searches bytes; a zip archive is searched entry by entry as well.
    #[must_use]
    pub fn search(&self, place: &str, bytes: &[u8]) -> Vec<Leak> {
        let mut leaks = self.search_plain(place, bytes);
        if let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) {
            for index in 0..archive.len() {
                let Ok(mut entry) = archive.by_index(index) else {
                    continue;
                };
                let name = entry
                    .name()
                    .map_or_else(|_| index.to_string(), |name| name.into_owned());
                let name = format!("{place}:{name}");
                let mut inside = Vec::new();
                if entry.read_to_end(&mut inside).is_ok() {
                    leaks.extend(self.search_plain(&name, &inside));
                }
            }
        }
        leaks
    }

    /// Searches every file below a folder, or the one file that is named.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn search_path(&self, path: &Path) -> Outcome<Vec<Leak>> {
        let mut leaks = Vec::new();
        for file in files_below(path)? {
            let bytes = fs::read(&file).map_err(step::at(&file))?;
            leaks.extend(self.search(&file.to_string_lossy(), &bytes));
        }
        Ok(leaks)
    }

    fn search_plain(&self, place: &str, bytes: &[u8]) -> Vec<Leak> {
        let mut leaks = Vec::new();
        for (form, needle) in &self.forms {
            let count = bytes
                .windows(needle.len())
                .filter(|window| window == needle)
                .count();
            if count > 0 {
                leaks.push(Leak {
                    place: place.to_owned(),
                    form,
                    count,
                });
            }
        }
        leaks
    }
}

type Encode = fn(&str) -> Vec<String>;

const ENCODINGS: [(&str, Encode); 5] = [
    ("base64", |value| base64_alignments(value, &STANDARD_NO_PAD)),
    ("base64url", |value| {
        base64_alignments(value, &URL_SAFE_NO_PAD)
    }),
    ("hex", |value| {
        let lower: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        vec![lower.to_uppercase(), lower]
    }),
    ("URL-escaped", |value| vec![url_escape(value)]),
    ("JSON-escaped", |value| {
        let plain = serde_json::Value::from(value).to_string();
        // Go escapes these three in JSON, serde does not.
        let go = plain
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026");
        [plain, go]
            .iter()
            .map(|text| text.trim_matches('"').to_owned())
            .collect()
    }),
];

/// The parts of the three possible base64 texts that do not depend on what stands before or after the value.
fn base64_alignments(value: &str, engine: &impl Engine) -> Vec<String> {
    (0..3)
        .filter_map(|offset| {
            let mut bytes = vec![0; offset];
            bytes.extend_from_slice(value.as_bytes());
            let text = engine.encode(&bytes);
            let begin = [0, 2, 3].get(offset).copied()?;
            let end = bytes.len() * 8 / 6;
            text.get(begin..end).map(str::to_owned)
        })
        .collect()
}

fn url_escape(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn files_below(path: &Path) -> Outcome<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(step::at(path))? {
        let entry = entry.map_err(step::at(path))?;
        let kind = entry.file_type().map_err(step::at(&entry.path()))?;
        if kind.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "p&ss\"w/rd<7>+x~é";

    fn forms_found(text: &str) -> Vec<&'static str> {
        Needle::new(VALUE)
            .search("here", text.as_bytes())
            .iter()
            .map(|leak| leak.form)
            .collect()
    }

    #[test]
    fn each_form_is_found() {
        assert_eq!(forms_found(VALUE), ["plain"]);
        assert_eq!(forms_found(&url_escape(VALUE)), ["URL-escaped"]);
        assert_eq!(
            forms_found(&serde_json::Value::from(VALUE).to_string()),
            ["JSON-escaped"]
        );
        for prefix in ["", "a", "ab"] {
            let text = STANDARD_NO_PAD.encode(format!("{prefix}{VALUE}tail"));
            assert!(
                forms_found(&text).contains(&"base64"),
                "with the prefix {prefix:?}"
            );
        }
    }

    #[test]
    fn another_value_is_not_found() {
        assert!(forms_found("p&ss\"w/rd<8>+x~é").is_empty());
    }

    #[test]
    fn an_archive_is_searched_entry_by_entry() {
        let mut bytes = Cursor::new(Vec::new());
        let mut archive = zip::ZipWriter::new(&mut bytes);
        archive
            .start_file("tfplan", zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut archive, VALUE.repeat(20).as_bytes()).unwrap();
        archive.finish().unwrap();
        let leaks = Needle::new(VALUE).search("plan", bytes.get_ref());
        assert!(leaks.contains(&Leak {
            place: "plan:tfplan".into(),
            form: "plain",
            count: 20
        }));
    }
}
