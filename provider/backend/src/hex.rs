//! Bytes as hexadecimal digits.

/// `bytes` in lower-case hexadecimal. Not for secrets: the text is not wiped.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
