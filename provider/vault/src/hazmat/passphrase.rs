//! Argon2id (RFC 9106) for passphrases.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use super::key::Key;

/// What stretching a passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassphraseCost {
    /// Memory in KiB.
    pub(crate) memory: u32,
    /// Passes.
    pub(crate) passes: u32,
    /// Lanes.
    pub(crate) lanes: u32,
}

impl PassphraseCost {
    /// RFC 9106's second recommended choice: 64 MiB, 3 passes, 4 lanes; about 0.2 seconds.
    pub(crate) const RECOMMENDED: Self = Self {
        memory: 64 * 1024,
        passes: 3,
        lanes: 4,
    };

    /// The least that is accepted when read; less would let whoever can write the file weaken it unseen.
    const LEAST: Self = Self {
        memory: 19 * 1024,
        passes: 1,
        lanes: 1,
    };
    /// The most that is accepted when read: a hostile file must not ask for all memory or an hour.
    const MOST: Self = Self {
        memory: 1024 * 1024,
        passes: 16,
        lanes: 16,
    };

    /// Whether the cost lies between what is safe and what a file may ask for.
    pub(crate) fn is_acceptable(self) -> bool {
        let within = |value: u32, least: u32, most: u32| (least..=most).contains(&value);
        within(self.memory, Self::LEAST.memory, Self::MOST.memory)
            && within(self.passes, Self::LEAST.passes, Self::MOST.passes)
            && within(self.lanes, Self::LEAST.lanes, Self::MOST.lanes)
    }
}

/// The key that a passphrase gives, or none where the cost is not acceptable or there is no memory for it.
pub(crate) fn stretch(passphrase: &[u8], salt: &[u8; 32], cost: PassphraseCost) -> Option<Key> {
    if !cost.is_acceptable() {
        return None;
    }
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut output = zeroize::Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, output.as_mut_slice())
        .ok()?;
    Key::from_bytes(output.as_slice())
}
