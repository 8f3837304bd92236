//! The root keyring: what the root key opens.

use zeroize::Zeroizing;

use super::tags::{Writer, fields};
use crate::hazmat::{BoxSecret, Key, RandomError, SignKey};

const WRITER: u8 = 1;
const SCOPES: u8 = 2;
const POLICIES: u8 = 4;
const BOX: u8 = 5;
const SIGN: u8 = 6;
const AUDIT: u8 = 7;
const SET: u8 = 8;

/// The start of a stretch of the audit trail whose ratchet began anew.
#[derive(Clone)]
pub(crate) struct AuditSegment {
    /// The sequence number of its first row.
    pub(crate) first: u64,
    /// The ratchet's first key.
    pub(crate) seed: Key,
}

/// The keys that only the root key opens. All are random; none is derived from the root key, so that a new root key
/// needs this record sealed anew and nothing else.
#[derive(Clone)]
pub(crate) struct RootKeyring {
    /// Opens the running state; every token holds it too, because everyone writes audit rows.
    pub(crate) writer: Key,
    /// Keys the set digest. It outlives rekeying, because the digest is sealed under `writer`.
    pub(crate) set: Key,
    /// Wraps the keys of scopes.
    pub(crate) scopes: Key,
    /// Seals policies.
    pub(crate) policies: Key,
    /// Opens boxes; the last is the one in use, the others open what was sealed before a rekey.
    pub(crate) boxes: Vec<BoxSecret>,
    /// Signs checkpoints; the last is the one in use.
    pub(crate) signers: Vec<SignKey>,
    /// Where the audit trail's ratchet started, the oldest first.
    pub(crate) audit: Vec<AuditSegment>,
}

impl RootKeyring {
    /// A fresh keyring for a new vault.
    pub(crate) fn random() -> Result<Self, RandomError> {
        Ok(Self {
            writer: Key::random()?,
            set: Key::random()?,
            scopes: Key::random()?,
            policies: Key::random()?,
            boxes: vec![BoxSecret::random()?],
            signers: vec![SignKey::random()?],
            audit: vec![AuditSegment {
                first: 1,
                seed: Key::random()?,
            }],
        })
    }

    /// The keyring after a rekey: new keys for everything that is written from `first_row` of the audit trail on; the
    /// old ones that still open or verify what is there already.
    pub(crate) fn renewed(&self, first_row: u64) -> Result<Self, RandomError> {
        let mut renewed = Self::random()?;
        renewed.set = self.set.clone();
        let segment = AuditSegment {
            first: first_row,
            seed: Key::random()?,
        };
        renewed.boxes = self.boxes.iter().cloned().chain(renewed.boxes).collect();
        renewed.signers = self
            .signers
            .iter()
            .cloned()
            .chain(renewed.signers)
            .collect();
        renewed.audit = self.audit.iter().cloned().chain([segment]).collect();
        Ok(renewed)
    }

    /// Replaces what every token holds, so that the holder of a revoked one can neither follow nor forge what is written
    /// from `first_row` of the audit trail on.
    pub(crate) fn renew_writer(&mut self, first_row: u64) -> Result<(), RandomError> {
        self.writer = Key::random()?;
        self.audit.push(AuditSegment {
            first: first_row,
            seed: Key::random()?,
        });
        Ok(())
    }

    /// The canonical bytes.
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new();
        for (tag, key) in [
            (WRITER, &self.writer),
            (SET, &self.set),
            (SCOPES, &self.scopes),
            (POLICIES, &self.policies),
        ] {
            writer.field(tag, &[key.danger_bytes()]);
        }
        for key in &self.boxes {
            writer.field(BOX, &[key.danger_bytes()]);
        }
        for key in &self.signers {
            writer.field(SIGN, &[key.danger_bytes()]);
        }
        for segment in &self.audit {
            writer.field(
                AUDIT,
                &[&segment.first.to_be_bytes(), segment.seed.danger_bytes()],
            );
        }
        writer.finish()
    }

    /// Parses the canonical bytes; none where a key is missing or a field is unknown.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut writer, mut set) = (None, None);
        let (mut scopes, mut policies) = (None, None);
        let (mut boxes, mut signers, mut audit) = (Vec::new(), Vec::new(), Vec::new());
        for (tag, value) in fields(bytes)? {
            match tag {
                WRITER => writer = Some(Key::from_bytes(value)?),
                SET => set = Some(Key::from_bytes(value)?),
                SCOPES => scopes = Some(Key::from_bytes(value)?),
                POLICIES => policies = Some(Key::from_bytes(value)?),
                BOX => boxes.push(BoxSecret::from_bytes(value)?),
                SIGN => signers.push(SignKey::from_bytes(value)?),
                AUDIT => {
                    let (first, seed) = value.split_first_chunk::<8>()?;
                    audit.push(AuditSegment {
                        first: u64::from_be_bytes(*first),
                        seed: Key::from_bytes(seed)?,
                    });
                }
                _ => return None,
            }
        }
        if boxes.is_empty() || signers.is_empty() || audit.is_empty() {
            return None;
        }
        Some(Self {
            writer: writer?,
            set: set?,
            scopes: scopes?,
            policies: policies?,
            boxes,
            signers,
            audit,
        })
    }
}
