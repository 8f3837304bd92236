//! What is searched for, prepared so that one look at eight bytes of the input rules almost everything out.
//!
//! The copies are wiped, which those of a general automaton are not, and 10,000 values take megabytes, not hundreds.

use std::collections::HashMap;

use coffer_vault::Secret;
use zeroize::Zeroizing;

use super::form::{Form, forms};

/// Values with fewer bytes are not searched for: they stand in many places by chance.
pub(crate) const FLOOR: usize = 8;

/// As many bytes of each form are its anchor.
pub(super) const ANCHOR: usize = 8;

/// One form of one value.
pub(super) struct Needle {
    pub(super) value: usize,
    pub(super) form: Form,
    pub(super) bytes: Secret,
    /// Where the anchor begins.
    pub(super) anchor: usize,
}

/// All forms of all values.
pub(crate) struct Needles {
    pub(super) all: Vec<Needle>,
    /// The anchors, sorted, with the needle of each at the same position of `owners`.
    anchors: Zeroizing<Vec<u64>>,
    owners: Vec<usize>,
    /// A bit for the hash of each anchor.
    bits: Vec<u64>,
    shift: u32,
    /// The length of the longest form.
    pub(super) longest: usize,
}

impl Needles {
    /// Prepares values of [`FLOOR`] bytes or more.
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut all: Vec<Needle> = Vec::new();
        for (value, bytes) in values.into_iter().enumerate() {
            let forms = forms(bytes).into_iter();
            all.extend(forms.map(|(form, bytes)| Needle {
                value,
                form,
                bytes,
                anchor: 0,
            }));
        }
        choose_anchors(&mut all);
        let mut pairs: Zeroizing<Vec<(u64, usize)>> = Zeroizing::new(Vec::with_capacity(all.len()));
        for (owner, needle) in all.iter().enumerate() {
            if let Some(anchor) = word(needle.bytes.danger_expose(), needle.anchor) {
                pairs.push((anchor, owner));
            }
        }
        pairs.sort_unstable();
        // Sixteen bits for each anchor leave one look in sixteen a false alarm at most.
        let count = all
            .len()
            .max(1)
            .saturating_mul(16)
            .next_power_of_two()
            .max(1 << 12);
        let shift = u64::BITS.saturating_sub(count.trailing_zeros());
        let mut needles = Self {
            anchors: Zeroizing::new(pairs.iter().map(|(anchor, _)| *anchor).collect()),
            owners: pairs.iter().map(|(_, owner)| *owner).collect(),
            bits: vec![0; count >> 6],
            shift,
            longest: all
                .iter()
                .map(|needle| needle.bytes.len())
                .max()
                .unwrap_or(0),
            all,
        };
        for (anchor, _) in pairs.iter() {
            let (at, mask) = needles.bit(*anchor);
            if let Some(bits) = needles.bits.get_mut(at) {
                *bits |= mask;
            }
        }
        needles
    }

    fn bit(&self, anchor: u64) -> (usize, u64) {
        // Fibonacci hashing: the upper bits of the product depend on all of the anchor.
        let hash = anchor.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift;
        (
            usize::try_from(hash >> 6).unwrap_or(usize::MAX),
            1 << (hash & 63),
        )
    }

    /// Whether a needle may have this anchor.
    pub(super) fn may_hold(&self, anchor: u64) -> bool {
        let (at, mask) = self.bit(anchor);
        self.bits.get(at).is_some_and(|bits| bits & mask != 0)
    }

    /// The needles with this anchor, with their positions.
    pub(super) fn with_anchor(&self, anchor: u64) -> impl Iterator<Item = (usize, &Needle)> {
        let first = self.anchors.partition_point(|known| *known < anchor);
        let alike = self.anchors.get(first..).unwrap_or_default().iter();
        let count = alike.take_while(|known| **known == anchor).count();
        let owners = self.owners.get(first..first.saturating_add(count));
        owners
            .unwrap_or_default()
            .iter()
            .filter_map(|owner| Some((*owner, self.all.get(*owner)?)))
    }
}

/// The anchor-sized word at `at`.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|chunk| u64::from_le_bytes(*chunk))
}

/// Takes the anchor of each needle from the part that the fewest others share: thousands of connection strings begin alike.
fn choose_anchors(all: &mut [Needle]) {
    let mut shared: HashMap<u64, u32> = HashMap::new();
    for needle in all.iter() {
        for anchor in candidates(needle.bytes.len()) {
            if let Some(word) = word(needle.bytes.danger_expose(), anchor) {
                let count = shared.entry(word).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
    for needle in all.iter_mut() {
        let bytes = needle.bytes.danger_expose();
        needle.anchor = candidates(bytes.len())
            .min_by_key(|anchor| {
                word(bytes, *anchor)
                    .and_then(|word| shared.get(&word))
                    .copied()
            })
            .unwrap_or(0);
    }
}

/// Where the anchor of a form of this length may begin: every few bytes, at most 17 places.
fn candidates(length: usize) -> impl Iterator<Item = usize> {
    let last = length.saturating_sub(ANCHOR);
    (0..=last).step_by((last / 16).max(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_where_values_differ() {
        let values: Vec<String> = (0..50)
            .map(|n| format!("postgresql://app:word-{n:08x}@db.internal/app"))
            .collect();
        let needles = Needles::new(values.iter().map(String::as_bytes));
        let plain = needles
            .all
            .iter()
            .filter(|needle| needle.form == Form::Plain);
        for needle in plain {
            let anchor = word(needle.bytes.danger_expose(), needle.anchor).unwrap();
            assert!(needles.may_hold(anchor));
            // All fifty begin and end alike.
            assert!((1..=4).contains(&needles.with_anchor(anchor).count()));
        }
        assert_eq!(needles.with_anchor(0).count(), 0);
    }
}
