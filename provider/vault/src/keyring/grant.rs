//! A token's keyring: what its key opens.

use zeroize::Zeroizing;

use super::tags::{Writer, fields};
use crate::hazmat::{BoxPublic, Key};
use crate::token::Rights;

const WRITER: u8 = 1;
const SET: u8 = 2;
const OUTBOX: u8 = 3;
const SCOPE: u8 = 4;
const RIGHTS: u8 = 5;

/// The keys of the granted scopes, those that every writer needs, and the token's rights.
#[derive(Clone)]
pub(crate) struct Grant {
    /// Opens the running state: everyone writes audit rows.
    pub(crate) writer: Key,
    /// Keys the set digest.
    pub(crate) set: Key,
    /// Seals what only the root keyring opens.
    pub(crate) outbox: BoxPublic,
    /// The granted scopes' ids and keys.
    pub(crate) scopes: Vec<(u64, Key)>,
    /// What the token may do in them.
    pub(crate) rights: Rights,
}

impl Grant {
    /// The canonical bytes.
    pub(crate) fn encode(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        let mut writer = Writer::new();
        writer.field(WRITER, &[self.writer.danger_bytes()]);
        writer.field(SET, &[self.set.danger_bytes()]);
        writer.field(OUTBOX, &[self.outbox.as_bytes()]);
        for (id, key) in &self.scopes {
            writer.field(SCOPE, &[&id.to_be_bytes(), key.danger_bytes()]);
        }
        writer.field(RIGHTS, &[&serde_json::to_vec(&self.rights)?]);
        Ok(writer.finish())
    }

    /// Parses the canonical bytes; none where a key is missing or a field is unknown.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut writer, mut set, mut outbox, mut rights) = (None, None, None, None);
        let mut scopes = Vec::new();
        for (tag, value) in fields(bytes)? {
            match tag {
                WRITER => writer = Some(Key::from_bytes(value)?),
                SET => set = Some(Key::from_bytes(value)?),
                OUTBOX => outbox = Some(BoxPublic::from_bytes(value)?),
                SCOPE => {
                    let (id, key) = value.split_first_chunk::<8>()?;
                    scopes.push((u64::from_be_bytes(*id), Key::from_bytes(key)?));
                }
                RIGHTS => rights = Some(serde_json::from_slice(value).ok()?),
                _ => return None,
            }
        }
        Some(Self {
            writer: writer?,
            set: set?,
            outbox: outbox?,
            scopes,
            rights: rights?,
        })
    }
}
