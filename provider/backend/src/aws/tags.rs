//! Labels and annotations as the tags that AWS keeps with a secret.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What begins the key of a tag that holds an annotation.
const ANNOTATION: &str = "coffer:";
/// What begins the keys of tags that coffer keeps for itself.
const INTERNAL: &str = "coffer.";
/// Counts the changes of a secret's metadata.
const REVISION: &str = "coffer.revision";
/// What begins the key of a tag that says what a version is; its number follows.
const VERSION: &str = "coffer.version:";
/// What begins the keys that AWS keeps for itself.
const RESERVED: &str = "aws:";
/// What begins the text of an annotation that AWS would not take as it is.
const ENCODED: &str = "base64:";
/// The most tags that a secret may have.
const MAX_TAGS: usize = 50;
/// The longest key, in characters.
const MAX_KEY: usize = 128;
/// The longest text, in characters.
const MAX_TEXT: usize = 256;

/// Texts by their keys.
pub(super) type Texts = BTreeMap<String, String>;
/// Texts to set (`Some`) or to remove (`None`).
pub(super) type Changes = BTreeMap<String, Option<String>>;

/// What a secret's tags say.
#[derive(Default)]
pub(super) struct Tags {
    pub(super) labels: Texts,
    pub(super) annotations: Texts,
    /// How often coffer has changed the metadata.
    pub(super) revision: u64,
    /// What versions are, by their numbers.
    pub(super) notes: BTreeMap<u64, Note>,
    /// The keys of all tags.
    pub(super) keys: Vec<String>,
}

/// What a version is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub(super) labels: Texts,
}

impl Tags {
    /// Reads tags. Those of AWS itself are neither labels nor annotations.
    pub(super) fn read<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut read = Self::default();
        for (key, text) in tags {
            read.keys.push(key.to_owned());
            if let Some(name) = key.strip_prefix(ANNOTATION) {
                read.annotations.insert(name.to_owned(), decode(text));
            } else if key == REVISION {
                read.revision = text.parse().unwrap_or(0);
            } else if let Some(number) = key.strip_prefix(VERSION) {
                // A note that someone has changed by hand is none.
                if let (Ok(number), Ok(note)) =
                    (number.parse(), serde_json::from_str(&decode(text)))
                {
                    read.notes.insert(number, note);
                }
            } else if !key.starts_with(RESERVED) {
                read.labels.insert(key.to_owned(), text.to_owned());
            }
        }
        read
    }
}

/// What is to be changed.
pub(super) struct Wanted<'a> {
    pub(super) labels: &'a Changes,
    pub(super) annotations: &'a Changes,
    pub(super) note: Option<Noted>,
}

/// What is to be kept with a version.
pub(super) struct Noted {
    pub(super) number: u64,
    pub(super) note: Note,
    /// The versions whose notes stay.
    pub(super) keep: Vec<u64>,
}

impl Noted {
    fn tag(&self, system: &'static str) -> Result<(String, Option<String>), Error> {
        let key = format!("{VERSION}{}", self.number);
        if self.note == Note::default() {
            return Ok((key, None));
        }
        let text = serde_json::to_string(&self.note).map_err(|error| Error::Invalid {
            system,
            said: error.to_string(),
        })?;
        Ok((key, Some(encode(&text))))
    }
}

/// The tags to set and the keys to remove.
pub(super) struct TagChange {
    pub(super) set: Texts,
    pub(super) remove: Vec<String>,
}

impl TagChange {
    /// Checks the whole of a change before any of it is sent.
    ///
    /// # Errors
    /// Where AWS would not take a tag, naming it.
    pub(super) fn new(
        system: &'static str,
        wanted: &Wanted<'_>,
        tags: &Tags,
    ) -> Result<Self, Error> {
        let invalid = |said: String| Error::Invalid { system, said };
        let Wanted {
            labels,
            annotations,
            note,
        } = wanted;
        let present = &tags.keys;
        let mut change = Self {
            set: Texts::new(),
            remove: Vec::new(),
        };
        for (key, text) in *labels {
            let owner = match key {
                key if key.starts_with(RESERVED) => Some("AWS itself"),
                key if key.starts_with(ANNOTATION) || key.starts_with(INTERNAL) => {
                    Some("coffer itself")
                }
                _ => None,
            };
            if let Some(owner) = owner {
                return Err(invalid(format!(
                    "a label is kept as a tag, and \"{key}\" begins as tags of {owner} do; choose another key"
                )));
            }
            if let Some(text) = text
                && !is_taken(text)
            {
                return Err(invalid(format!(
                    "a label is kept as a tag, and the text of \"{key}\" has characters other than letters, digits, \
                     spaces and {SIGNS}"
                )));
            }
            change.add(key.clone(), text.clone());
        }
        for (name, text) in *annotations {
            let text = text.as_deref().map(encode);
            change.add(format!("{ANNOTATION}{name}"), text);
        }
        if let Some(noted) = note {
            let (key, text) = noted.tag(system)?;
            change.add(key, text);
            // Notes of versions that no stage holds any more make room.
            for number in tags.notes.keys().filter(|it| !noted.keep.contains(it)) {
                change.add(format!("{VERSION}{number}"), None);
            }
        }
        if !change.set.is_empty() || !change.remove.is_empty() {
            let revision = tags.revision.saturating_add(1);
            change.set.insert(REVISION.to_owned(), revision.to_string());
        }
        for (key, text) in &change.set {
            check("the key of the tag", key, key, MAX_KEY).map_err(invalid)?;
            check("the text of the tag", key, text, MAX_TEXT).map_err(invalid)?;
            if !is_taken(key) {
                return Err(invalid(format!(
                    "the key of the tag \"{key}\" has characters other than letters, digits, spaces and {SIGNS}"
                )));
            }
        }
        change.remove.retain(|key| present.contains(key));
        let others = present
            .iter()
            .filter(|key| !change.set.contains_key(*key) && !change.remove.contains(key));
        let count = others.count().saturating_add(change.set.len());
        if count > MAX_TAGS {
            return Err(invalid(format!(
                "labels and annotations are kept as tags, of which a secret has {MAX_TAGS} at most; these would be {count}"
            )));
        }
        Ok(change)
    }

    fn add(&mut self, key: String, text: Option<String>) {
        match text {
            Some(text) => {
                self.set.insert(key, text);
            }
            None => self.remove.push(key),
        }
    }
}

fn check(what: &str, key: &str, text: &str, most: usize) -> Result<(), String> {
    let length = text.chars().count();
    if length > most {
        return Err(format!(
            "{what} \"{key}\" has {length} characters; {most} are the most"
        ));
    }
    Ok(())
}

/// The signs that tags may have besides letters, digits and spaces.
const SIGNS: &str = "+ - = . _ : / @";

fn is_taken(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_alphanumeric()
            || character == ' '
            || SIGNS.chars().any(|sign| sign == character)
    })
}

/// An annotation as AWS takes it.
fn encode(text: &str) -> String {
    if is_taken(text) && !text.starts_with(ENCODED) {
        return text.to_owned();
    }
    format!("{ENCODED}{}", URL_SAFE_NO_PAD.encode(text))
}

/// What [`encode`] was given. A text that it did not make is left as it is.
fn decode(text: &str) -> String {
    text.strip_prefix(ENCODED)
        .and_then(|digits| URL_SAFE_NO_PAD.decode(digits).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(key: &str, text: &str) -> Changes {
        Changes::from([(key.to_owned(), Some(text.to_owned()))])
    }

    fn change(labels: &Changes, annotations: &Changes, tags: &Tags) -> Result<TagChange, Error> {
        let wanted = Wanted {
            labels,
            annotations,
            note: None,
        };
        TagChange::new("AWS", &wanted, tags)
    }

    fn read(tags: &Texts) -> Tags {
        Tags::read(tags.iter().map(|(key, text)| (&**key, &**text)))
    }

    #[test]
    fn any_annotation_comes_back_as_it_was() {
        for text in [
            "",
            "step=set",
            r#"{"step":"set"}"#,
            "base64:abc",
            "größer & ☂",
        ] {
            let change = change(&Changes::new(), &set("state", text), &Tags::default()).unwrap();
            let tags = read(&change.set);
            assert!(tags.labels.is_empty());
            assert_eq!(tags.annotations["state"], text);
        }
    }

    #[test]
    fn tags_of_aws_are_no_labels() {
        let tags = Tags::read([("aws:cloudformation:stack", "x"), ("team", "a")].into_iter());
        assert_eq!(
            tags.labels,
            Texts::from([("team".to_owned(), "a".to_owned())])
        );
    }

    #[test]
    fn a_version_keeps_its_note_and_versions_without_a_stage_lose_theirs() {
        let note = Note {
            content_type: Some("application/json".to_owned()),
            labels: Texts::from([("user".to_owned(), "app_a".to_owned())]),
        };
        let none = Changes::new();
        let noted = |number, keep| Wanted {
            labels: &none,
            annotations: &none,
            note: Some(Noted {
                number,
                note: note.clone(),
                keep,
            }),
        };
        let first = TagChange::new("AWS", &noted(1, vec![]), &Tags::default()).unwrap();
        let tags = read(&first.set);
        assert_eq!(tags.notes, BTreeMap::from([(1, note.clone())]));
        assert!(tags.labels.is_empty());
        let kept = TagChange::new("AWS", &noted(2, vec![1]), &tags).unwrap();
        assert!(kept.remove.is_empty());
        let dropped = TagChange::new("AWS", &noted(3, vec![2]), &tags).unwrap();
        assert_eq!(dropped.remove, ["coffer.version:1"]);
    }

    #[test]
    fn what_aws_would_not_take_is_named_before_anything_is_sent() {
        let many = Tags {
            keys: (0..49).map(|number| format!("tag{number}")).collect(),
            ..Tags::default()
        };
        let (none, few) = (Changes::new(), Tags::default());
        for (labels, annotations, tags, part) in [
            (set("aws:x", "y"), none.clone(), &few, "AWS itself"),
            (set("coffer:x", "y"), none.clone(), &few, "coffer itself"),
            (set("a", "b\nc"), none.clone(), &few, "the text of \"a\""),
            (set("a;b", "c"), none.clone(), &few, "\"a;b\""),
            (
                none.clone(),
                set("a", &"x".repeat(257)),
                &few,
                "257 characters",
            ),
            (
                set(&"k".repeat(129), "c"),
                none.clone(),
                &few,
                "129 characters",
            ),
            (set("one more", "c"), none.clone(), &many, "would be 51"),
        ] {
            let error = change(&labels, &annotations, tags).err().unwrap();
            assert!(error.to_string().contains(part), "{error}");
        }
        assert!(change(&set("tag7", "new"), &none, &many).is_ok());
    }
}
