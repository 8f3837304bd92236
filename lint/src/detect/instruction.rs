//! Words in the place of a secret: what the reader is to put there, or what stands in for it in a test.

use crate::knowledge::names::{self, NameKind};

/// Words that tell the reader to put something here.
pub(super) fn is_instruction(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let lower = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if MARKS.iter().any(|mark| lower.contains(mark)) {
        return true;
    }
    // `yourpassword`, in one word.
    if lower
        .split_once("your")
        .is_some_and(|(_, rest)| names::kind(rest).is_some() && is_plain(rest))
    {
        return true;
    }
    // `YourPwdShouldBeLongAndSecure!` passes as a password, and is used as one.
    if !text.contains(char::is_whitespace) && text.ends_with('!') && is_mixed(text) {
        return false;
    }
    let words = names::words(text);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    if has("your") || has("yours") || has("placeholder") || has("redacted") || has("tbd") {
        return true;
    }
    (has("replace") || has("insert") || has("enter") || has("put") || has("fill"))
        && (has("me") || has("this") || has("here") || has("with") || words.len() > 2)
        || has("here") && words.len() > 2
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_mixed(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

const MARKS: &[&str] = &[
    "changeit",
    "replaceme",
    "replace_me",
    "replace-me",
    "update_me",
    "updateme",
    "insert_",
    "fill_in",
    "fillme",
    "your_",
    "your-",
    "todo:",
    "fixme",
    "placeholder",
    "redacted",
    "dummy_value",
    "not-a-real",
    "notreal",
    "to_be_",
    "to-be-",
    "known after apply",
    "(sensitive",
    "set-me",
    "set_me",
    "setme",
];

/// `mock_access_key` at a key, `some-random-token` at a token: machines make those, and never of such words.
/// A password may be any word, so it may be one of these.
pub fn is_stand_in(text: &str, name: &str) -> bool {
    if !matches!(names::kind(name), Some(NameKind::Key | NameKind::Token)) {
        return false;
    }
    // `MySecret!AuthToken$` has what rules for passwords ask for.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_- .".contains(&byte);
    if !text.bytes().all(plain) {
        return false;
    }
    let own = names::words(name).concat();
    let said = names::words(text);
    let mut fills = said.iter().filter(|word| !own.contains(word.as_str()));
    !said.is_empty() && fills.all(|word| FILLS.contains(&word.as_str()))
}

/// Words that say of a key or token next to them that it is none.
const FILLS: &[&str] = &[
    "a",
    "an",
    "any",
    "anything",
    "dummy",
    "example",
    "fake",
    "foo",
    "key",
    "localstack",
    "mock",
    "my",
    "random",
    "sample",
    "secret",
    "some",
    "test",
    "testing",
    "the",
    "token",
    "value",
];
