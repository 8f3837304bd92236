//! Names that nobody can guess and nothing repeats.

/// `N` random bytes in hexadecimal.
pub(crate) fn hex<const N: usize>() -> String {
    let mut bytes = [0_u8; N];
    let filled = rustls::crypto::aws_lc_rs::default_provider()
        .secure_random
        .fill(&mut bytes);
    if filled.is_err() {
        // The names need only differ; a new directory and a pinned certificate guard the rest.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanos = now.unwrap_or_default().as_nanos().to_be_bytes();
        for (byte, source) in bytes.iter_mut().zip(nanos.iter().rev()) {
            *byte = *source;
        }
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
