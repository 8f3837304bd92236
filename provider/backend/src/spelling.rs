//! How a name is written in a system that allows fewer characters than coffer does.

use coffer_vault::SecretName;

use crate::error::{Error, Result};

/// A system's way of writing names. It is reversible, keeps names that the system allows as they are (but for those
/// that would read as an escape), and writes `/` as two marks and other characters as a mark, `x` and their
/// hexadecimal code: with the mark `_`, `prod/db.main` becomes `prod__db_x2Emain`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelling {
    /// The system as its users call it.
    pub(crate) system: &'static str,
    /// The character that begins an escape; the system allows it.
    pub(crate) mark: char,
    /// Whether the system allows `_` besides letters, digits and `-`.
    pub(crate) underscore: bool,
    /// The longest name there.
    pub(crate) longest: usize,
}

/// All characters of names that some system does not allow.
const ESCAPED: &str = "_-.+=@:";

impl Spelling {
    /// Writes `name`.
    ///
    /// # Errors
    /// Where it is too long for the system.
    pub(crate) fn write(&self, name: &SecretName) -> Result<String> {
        let written = self.escape(name.as_str());
        if written.len() > self.longest {
            return Err(Error::Invalid {
                system: self.system,
                said: format!(
                    "the name \"{name}\" has {} characters as it is written there (\"{written}\"); {} are the most",
                    written.len(),
                    self.longest
                ),
            });
        }
        Ok(written)
    }

    /// Reads what the system lists; `None` where no name of coffer's is written so.
    pub(crate) fn read(&self, written: &str) -> Option<SecretName> {
        let mut name = String::with_capacity(written.len());
        let mut rest = written;
        while let Some(character) = rest.chars().next() {
            if let Some((escaped, after)) = self.escaped(rest) {
                name.push(escaped);
                rest = after;
            } else {
                name.push(character);
                rest = rest.get(character.len_utf8()..)?;
            }
        }
        SecretName::parse(&name)
            .ok()
            .filter(|name| self.escape(name.as_str()) == written)
    }

    /// What all written names that begin with `prefix` begin with.
    pub(crate) fn write_prefix(&self, prefix: &str) -> String {
        // How the mark is written depends on what follows it.
        let sure = prefix.split(self.mark).next().unwrap_or_default();
        self.escape(sure)
    }

    fn escape(&self, name: &str) -> String {
        let mut written = String::with_capacity(name.len());
        for (at, character) in name.char_indices() {
            if character == '/' {
                written.extend([self.mark, self.mark]);
            } else if self.is_plain(character) && !self.is_ambiguous(name.get(at..)) {
                written.push(character);
            } else {
                written.push_str(&format!("{}x{:02X}", self.mark, u32::from(character)));
            }
        }
        written
    }

    fn is_plain(&self, character: char) -> bool {
        character.is_ascii_alphanumeric()
            || character == '-'
            || (character == '_' && self.underscore)
    }

    /// Whether `rest` begins with a mark that would be read as the beginning of an escape.
    fn is_ambiguous(&self, rest: Option<&str>) -> bool {
        let Some(after) = rest.and_then(|rest| rest.strip_prefix(self.mark)) else {
            return false;
        };
        match after.chars().next() {
            None => false,
            Some(next) => next == self.mark || !self.is_plain(next) || self.code(after).is_some(),
        }
    }

    /// The character that `text` begins with as an escape, and what follows it.
    fn escaped<'a>(&self, text: &'a str) -> Option<(char, &'a str)> {
        let after = text.strip_prefix(self.mark)?;
        match after.strip_prefix(self.mark) {
            Some(after) => Some(('/', after)),
            None => self.code(after),
        }
    }

    fn code<'a>(&self, after: &'a str) -> Option<(char, &'a str)> {
        let code = after.strip_prefix('x')?.get(..2)?;
        let character = char::from(u8::from_str_radix(code, 16).ok()?);
        ESCAPED
            .contains(character)
            .then_some((character, after.get(3..)?))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const UNDERSCORE: Spelling = Spelling {
        system: "a test",
        mark: '_',
        underscore: true,
        longest: 255,
    };
    const HYPHEN: Spelling = Spelling {
        system: "a test",
        mark: '-',
        underscore: false,
        longest: 127,
    };

    fn name(text: &str) -> SecretName {
        SecretName::parse(text).unwrap()
    }

    #[test]
    fn writes_names_readably_and_keeps_those_that_are_allowed() {
        for (text, underscore, hyphen) in [
            ("db", "db", "db"),
            ("prod-db", "prod-db", "prod-db"),
            ("prod/db", "prod__db", "prod--db"),
            ("db_password", "db_password", "db-x5Fpassword"),
            ("app.example", "app_x2Eexample", "app-x2Eexample"),
            ("a__b", "a_x5F_b", "a-x5F-x5Fb"),
            ("a--b", "a--b", "a-x2D-b"),
            ("a_x2E", "a_x5Fx2E", "a-x5Fx2E"),
            ("a_x2", "a_x2", "a-x5Fx2"),
        ] {
            assert_eq!(UNDERSCORE.write(&name(text)).unwrap(), underscore);
            assert_eq!(HYPHEN.write(&name(text)).unwrap(), hyphen);
        }
    }

    #[test]
    fn every_name_is_read_back_and_no_two_are_written_alike() {
        let alphabet = [
            "a", "x", "2", "E", "5F", "_", "-", "/", ".", "x2E", "x5F", "x2D",
        ];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> = texts
                .iter()
                .flat_map(|text| alphabet.iter().map(move |piece| format!("{text}{piece}")))
                .collect();
            texts.extend(longer);
        }
        let names: BTreeSet<SecretName> = texts
            .iter()
            .filter_map(|text| SecretName::parse(text).ok())
            .collect();
        assert!(names.len() > 10_000);
        for spelling in [UNDERSCORE, HYPHEN] {
            let mut written = BTreeSet::new();
            for name in &names {
                let text = spelling.write(name).unwrap();
                assert!(text.chars().all(|it| spelling.is_plain(it)), "{text}");
                assert_eq!(spelling.read(&text).as_ref(), Some(name), "{text}");
                let (prefix, _) = name.as_str().split_at(name.as_str().len() / 2);
                assert!(text.starts_with(&spelling.write_prefix(prefix)), "{text}");
                assert!(written.insert(text));
            }
        }
    }

    #[test]
    fn what_no_name_is_written_as_is_none() {
        for text in ["__a", "a__", "a____b", "a_x61", "a_x5Fb"] {
            let read = UNDERSCORE.read(text);
            assert!(
                read.as_ref()
                    .is_none_or(|name| UNDERSCORE.write(name).unwrap() == text),
                "{text} is {read:?}"
            );
        }
        assert_eq!(UNDERSCORE.read("a__"), None);
        assert_eq!(UNDERSCORE.read("a_x5Fb"), None);
    }

    #[test]
    fn a_name_that_is_too_long_there_is_refused_with_its_length() {
        let error = HYPHEN.write(&name(&"aaaa.".repeat(30)));
        assert!(error.unwrap_err().to_string().contains("127 are the most"));
    }
}
