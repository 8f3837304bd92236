//! coffer's own texts in the tags of a version, of which there are at most 15 with 256 characters each.
//!
//! A text that is longer goes on in further tags: `coffer-secret`, `coffer-secret-2`, `coffer-secret-3`.

use super::wire::Tags;
use super::{SYSTEM, value};
use crate::error::{Error, Result};

const MOST_TAGS: usize = 15;
const LONGEST: usize = 256;

/// What begins all of coffer's own tags.
const OWN: &str = "coffer-";

/// The text `name`.
pub(super) fn text(tags: &Tags, name: &str) -> Option<String> {
    let mut text = tags.get(name)?.clone();
    for number in 2..=MOST_TAGS {
        match tags.get(&format!("{name}-{number}")) {
            Some(piece) => text.push_str(piece),
            None => break,
        }
    }
    Some(text)
}

/// Adds the text `name`, which is ASCII.
pub(super) fn set_text(tags: &mut Tags, name: &str, text: &str) {
    for (piece, number) in text.as_bytes().chunks(LONGEST).zip(1_usize..) {
        let key = match number {
            1 => name.to_owned(),
            number => format!("{name}-{number}"),
        };
        tags.insert(key, String::from_utf8_lossy(piece).into_owned());
    }
}

/// The tags that are labels: all that say something to others.
pub(super) fn labels(tags: &Tags) -> Tags {
    let own = |key: &str| key.starts_with(OWN) || key == value::ENCODING;
    tags.iter()
        .filter(|(key, _)| !own(key))
        .map(|(key, text)| (key.clone(), text.clone()))
        .collect()
}

/// JSON with every other character escaped, so that its bytes are its characters and it can be cut anywhere.
pub(super) fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

/// Refuses a label that cannot be a tag.
///
/// # Errors
/// Where a name is coffer's own, or a name or text is too long.
pub(super) fn check_label(key: &str, text: Option<&str>) -> Result<()> {
    let length = |text: &str| text.chars().count();
    let why = if key.is_empty() {
        "its name is empty".to_owned()
    } else if key.starts_with(OWN) || key == value::ENCODING {
        format!(
            "names that begin with {OWN}, and {}, are coffer's own",
            value::ENCODING
        )
    } else if length(key) > LONGEST || text.is_some_and(|text| length(text) > LONGEST) {
        format!("names and texts have at most {LONGEST} characters")
    } else {
        return Ok(());
    };
    Err(Error::Invalid {
        system: SYSTEM,
        said: format!("the label \"{}\": {why}", key.escape_debug()),
    })
}

/// Refuses more tags than a version has room for.
///
/// # Errors
/// Where there are more than 15.
pub(super) fn check_count(tags: &Tags) -> Result<()> {
    if tags.len() <= MOST_TAGS {
        return Ok(());
    }
    let own = tags.keys().filter(|key| key.starts_with(OWN)).count();
    Err(Error::Invalid {
        system: SYSTEM,
        said: format!(
            "the secret would have {} tags, {own} of them for what coffer keeps with it; {MOST_TAGS} are the most. Remove labels, or shorten the description",
            tags.len()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_goes_over_several_tags_and_comes_back() {
        let json = ascii(&serde_json::json!({ "a": "ä\u{1F511}".repeat(60) }).to_string());
        let mut tags = Tags::from([("team".to_owned(), "payments".to_owned())]);
        set_text(&mut tags, "coffer-secret", &json);
        assert!(tags.len() > 4);
        assert!(tags.values().all(|it| it.chars().count() <= LONGEST));
        assert_eq!(text(&tags, "coffer-secret").as_deref(), Some(json.as_str()));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], "ä\u{1F511}".repeat(60));
        assert_eq!(labels(&tags).into_keys().collect::<Vec<_>>(), ["team"]);
        assert_eq!(text(&tags, "coffer-version"), None);
    }

    #[test]
    fn what_is_no_tag_or_one_too_many_is_refused() {
        assert!(check_label("team", Some("payments")).is_ok());
        for (key, text) in [
            ("", ""),
            ("coffer-x", ""),
            ("file-encoding", ""),
            ("a", &"x".repeat(257)),
        ] {
            assert!(check_label(key, Some(text)).is_err(), "{key}");
        }
        let tags = |count: usize| {
            (0..count)
                .map(|it| (format!("t{it}"), String::new()))
                .collect()
        };
        assert!(check_count(&tags(15)).is_ok());
        let error = check_count(&tags(16)).unwrap_err().to_string();
        assert!(
            error.contains("16 tags") && error.contains("15 are the most"),
            "{error}"
        );
    }
}
