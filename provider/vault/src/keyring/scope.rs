//! The keyring of a scope: a path prefix with terms of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::tags::{Writer, fields};
use crate::hazmat::{Key, RandomError};

const PREFIX: u8 = 1;
const INDEX: u8 = 2;
const TERM: u8 = 3;
const CHILD: u8 = 4;
const FINGERPRINT: u8 = 5;

/// A key of a scope and since when it is used.
#[derive(Clone)]
pub(crate) struct Term {
    /// The key; it seals heads and metadata and wraps data keys.
    pub(crate) key: Key,
    /// When the term began.
    pub(crate) created: Timestamp,
}

/// The keys of one scope.
#[derive(Clone)]
pub(crate) struct ScopeKeyring {
    /// The prefix of the names in the scope: empty, or a folder with its slash, such as `prod/`.
    pub(crate) prefix: String,
    /// Finds names (HMAC) without telling them.
    pub(crate) index: Key,
    /// The terms by number, counted from 1. The newest is in use.
    pub(crate) terms: BTreeMap<u32, Term>,
    /// The prefixes of scopes inside this one; names below them are not in this scope. Whoever holds this keyring
    /// needs to know them, to not mistake such a name for a missing one.
    pub(crate) children: Vec<String>,
    /// What fingerprints are made with, where the scope took that over from the scope that its secrets were in before.
    pub(crate) fingerprint: Option<Key>,
}

impl ScopeKeyring {
    /// A fresh keyring with one term.
    pub(crate) fn random(prefix: &str, now: Timestamp) -> Result<Self, RandomError> {
        Ok(Self {
            prefix: prefix.to_owned(),
            index: Key::random()?,
            terms: BTreeMap::from([(
                1,
                Term {
                    key: Key::random()?,
                    created: now,
                },
            )]),
            children: Vec::new(),
            fingerprint: None,
        })
    }

    /// What fingerprints are made with.
    pub(crate) fn fingerprint(&self) -> Key {
        self.fingerprint
            .clone()
            .unwrap_or_else(|| self.index.subkey("coffer/fingerprint/1"))
    }

    /// The term in use.
    pub(crate) fn current(&self) -> Option<(u32, &Key)> {
        self.terms
            .last_key_value()
            .map(|(number, term)| (*number, &term.key))
    }

    /// The canonical bytes.
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new();
        writer.field(PREFIX, &[self.prefix.as_bytes()]);
        writer.field(INDEX, &[self.index.danger_bytes()]);
        for (number, term) in &self.terms {
            let created = term.created.as_millisecond().to_be_bytes();
            writer.field(
                TERM,
                &[&number.to_be_bytes(), &created, term.key.danger_bytes()],
            );
        }
        for child in &self.children {
            writer.field(CHILD, &[child.as_bytes()]);
        }
        if let Some(key) = &self.fingerprint {
            writer.field(FINGERPRINT, &[key.danger_bytes()]);
        }
        writer.finish()
    }

    /// Parses the canonical bytes; none where a key is missing or a field is unknown.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut prefix, mut index, mut fingerprint) = (None, None, None);
        let (mut terms, mut children) = (BTreeMap::new(), Vec::new());
        for (tag, value) in fields(bytes)? {
            match tag {
                PREFIX => prefix = Some(String::from_utf8(value.to_vec()).ok()?),
                INDEX => index = Some(Key::from_bytes(value)?),
                TERM => {
                    let (number, rest) = value.split_first_chunk::<4>()?;
                    let (created, key) = rest.split_first_chunk::<8>()?;
                    let created = Timestamp::from_millisecond(i64::from_be_bytes(*created)).ok()?;
                    terms.insert(
                        u32::from_be_bytes(*number),
                        Term {
                            key: Key::from_bytes(key)?,
                            created,
                        },
                    );
                }
                CHILD => children.push(String::from_utf8(value.to_vec()).ok()?),
                FINGERPRINT => fingerprint = Some(Key::from_bytes(value)?),
                _ => return None,
            }
        }
        if terms.is_empty() {
            return None;
        }
        Some(Self {
            prefix: prefix?,
            index: index?,
            terms,
            children,
            fingerprint,
        })
    }
}
