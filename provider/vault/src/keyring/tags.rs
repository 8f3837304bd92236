//! The encoding of keyrings: a sequence of `tag u8 | length u32 | bytes`. It is binary so that key bytes never pass
//! through text buffers that nobody wipes.

use zeroize::Zeroizing;

/// Builds an encoded keyring.
pub(super) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    /// A writer with room for a few keys, so that growing does not leave copies behind.
    pub(super) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(4096)))
    }

    /// Adds one field.
    pub(super) fn field(&mut self, tag: u8, parts: &[&[u8]]) {
        let length = parts
            .iter()
            .fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        self.0.push(tag);
        self.0
            .extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        for part in parts {
            self.0.extend_from_slice(part);
        }
    }

    /// The bytes.
    pub(super) fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// Walks an encoded keyring; none where it is cut short.
pub(super) fn fields(mut bytes: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut fields = Vec::new();
    while let Some((tag, rest)) = bytes.split_first() {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (value, rest) = rest.split_at_checked(length)?;
        fields.push((*tag, value));
        bytes = rest;
    }
    Some(fields)
}
