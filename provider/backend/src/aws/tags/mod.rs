//! Labels and annotations as the tags that AWS keeps with a secret.

mod pieces;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::pieces::{SIGNS, first_key, is_own, is_taken, join, split};
use crate::error::Error;

/// What begins the key of a tag that holds an annotation.
const ANNOTATION: &str = "coffer:";
/// Counts the changes of a secret's metadata.
const REVISION: &str = "coffer.revision";
/// Describes the secret where the system has no description that can be changed by itself.
const DESCRIPTION: &str = "coffer.description";
/// What begins the key of a tag that says what a version is; its number follows.
const VERSION: &str = "coffer.version:";
/// What begins the keys that AWS keeps for itself.
const RESERVED: &str = "aws:";
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
    /// The description, where one was ever set; empty where it was removed.
    pub(super) description: Option<String>,
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
        let (own, others): (Vec<_>, Vec<_>) = tags.partition(|(key, _)| is_own(key));
        let keys = own.iter().chain(&others).map(|(key, _)| (*key).to_owned());
        read.keys = keys.collect();
        for (key, text) in others {
            if !key.starts_with(RESERVED) {
                read.labels.insert(key.to_owned(), text.to_owned());
            }
        }
        for (key, text) in join(own.into_iter()) {
            if let Some(name) = key.strip_prefix(ANNOTATION) {
                read.annotations.insert(name.to_owned(), text);
            } else if key == REVISION {
                read.revision = text.parse().unwrap_or(0);
            } else if key == DESCRIPTION {
                read.description = Some(text);
            } else if let Some(number) = key.strip_prefix(VERSION) {
                // A note that someone has changed by hand is none.
                if let (Ok(number), Ok(note)) = (number.parse(), serde_json::from_str(&text)) {
                    read.notes.insert(number, note);
                }
            }
        }
        read
    }
}

/// What is to be changed.
pub(super) struct Wanted<'a> {
    pub(super) labels: &'a Changes,
    pub(super) annotations: &'a Changes,
    /// The description, where it is to be kept as a tag.
    pub(super) description: Option<&'a str>,
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
        Ok((key, Some(text)))
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
            description,
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
                key if is_own(key) => Some("coffer itself"),
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
            match text {
                Some(text) => drop(change.set.insert(key.clone(), text.clone())),
                None => change.remove.push(key.clone()),
            }
        }
        for (name, text) in *annotations {
            change.add(&format!("{ANNOTATION}{name}"), text.as_deref(), present);
        }
        if description.is_some() {
            change.add(DESCRIPTION, *description, present);
        }
        if let Some(noted) = note {
            let (key, text) = noted.tag(system)?;
            change.add(&key, text.as_deref(), present);
            // Notes of versions that no stage holds any more make room.
            for number in tags.notes.keys().filter(|it| !noted.keep.contains(it)) {
                change.add(&format!("{VERSION}{number}"), None, present);
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
        // What is removed is removed last, so that a change that is cut short loses nothing: until then both are there.
        let others = present.iter().filter(|key| !change.set.contains_key(*key));
        let count = others.count().saturating_add(change.set.len());
        if !change.set.is_empty() && count > MAX_TAGS {
            return Err(invalid(format!(
                "labels and annotations are kept as tags, of which a secret has {MAX_TAGS} at most, a long text in several \
                 of them; these would be {count}, with those that the change removes at its end. Remove labels first"
            )));
        }
        Ok(change)
    }

    /// The tags to set, and the count of changes with them even where nothing else is to be set.
    pub(super) fn set_counted(&self, tags: &Tags) -> Texts {
        let mut set = self.set.clone();
        set.entry(REVISION.to_owned())
            .or_insert_with(|| tags.revision.saturating_add(1).to_string());
        set
    }

    /// Sets or removes a text of coffer's own, and removes the pieces that it has no use for.
    fn add(&mut self, key: &str, text: Option<&str>, present: &[String]) {
        let tags = text.map(|text| split(key, text)).unwrap_or_default();
        let pieces = present.iter().filter(|it| {
            let first = first_key(it);
            first.is_some_and(|(first, _)| first == key) && !tags.contains_key(*it)
        });
        self.remove.extend(pieces.cloned());
        self.set.extend(tags);
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
