//! `provider::coffer::redact`

use std::ops::Range;

use coffer_plugin::{Arguments, Function, FunctionError};

use super::detection;

/// Takes the secrets out of a text, for names, descriptions and outputs: `postgres://app:********@db/app`. Taken out are
/// the secrets that are given, and what the detectors of `coffer-lint` find. Where nothing is found, nothing of the text
/// is known to be harmless, and all of it is taken out.
///
/// Of a sensitive text the result is sensitive, too; `nonsensitive` says that it may be shown.
#[derive(Arguments)]
pub(crate) struct Redact {
    /// The text.
    text: String,
    /// Secrets that may stand in it.
    #[arg(variadic)]
    secrets: Vec<String>,
}

/// What stands in place of a secret, whatever its length.
const MASK: &str = "********";

impl Function for Redact {
    type Output = String;
    const NAME: &'static str = "redact";
    const SUMMARY: &'static str = "Takes the secrets out of a text";

    fn call(self) -> Result<String, FunctionError> {
        let mut hidden: Vec<Range<usize>> = detection::by_form(&self.text)
            .into_iter()
            .map(|found| found.range)
            .collect();
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            // Not `match_indices`, which leaves the end of overlapping ones.
            let places = self.text.char_indices().filter(|(at, _)| {
                let rest = self.text.get(*at..);
                rest.is_some_and(|rest| rest.starts_with(secret.as_str()))
            });
            hidden.extend(places.map(|(at, _)| at..at.saturating_add(secret.len())));
        }
        if self.text.is_empty() {
            return Ok(String::new());
        }
        Ok(without(&self.text, hidden))
    }
}

/// `text` with a mask in place of each range; ranges that touch share one.
fn without(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    if hidden.is_empty() {
        return MASK.to_owned();
    }
    hidden.sort_by_key(|range| range.start);
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for range in hidden {
        if range.start > end || (range.start == 0 && end == 0) {
            shown.push_str(text.get(end..range.start).unwrap_or_default());
            shown.push_str(MASK);
        }
        end = end.max(range.end);
    }
    shown.push_str(text.get(end..).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(text: &str, secrets: &[&str]) -> String {
        Redact {
            text: text.to_owned(),
            secrets: secrets.iter().map(|&secret| secret.to_owned()).collect(),
        }
        .call()
        .unwrap()
    }

    #[test]
    fn the_secrets_go_and_the_rest_stays() {
        assert_eq!(
            redact("postgres://app:kT7vR2mQ9x@db/app", &[]),
            "postgres://app:********@db/app"
        );
        assert_eq!(
            redact("user app, word hunter2!", &["hunter2"]),
            "user app, word ********!"
        );
        assert_eq!(redact("ababab", &["aba", "bab"]), "********");
        assert_eq!(redact("hunter2", &["", "hunter2"]), "********");
        assert_eq!(redact("é hunter2 é", &["hunter2"]), "é ******** é");
    }

    #[test]
    fn a_text_in_which_nothing_is_found_goes_as_a_whole() {
        assert_eq!(redact("hunter2", &[]), "********");
        assert_eq!(redact("hunter2", &["other"]), "********");
        assert_eq!(redact("", &[]), "");
    }
}
