//! STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015; as in age): a long text in chunks, each with a nonce of its number
//! and whether it is the last. A chunk that was moved, removed or added is noticed, and so is a cut at a chunk's end.
//!
//! The key must be used for one stream alone; [`stream_key`] makes such a key from fresh random bits.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::aes_gcm::{self, NONCE_LENGTH, TAG_LENGTH};
use super::key::Key;

/// The plaintext of every chunk but the last, in bytes.
pub(crate) const CHUNK: usize = 64 * 1024;

/// A key for one stream, bound to the text `header` that stands before it.
pub(crate) fn stream_key(once: &Key, header: &[u8]) -> Key {
    Key::derive(
        once.danger_bytes(),
        &super::sha256(header),
        b"coffer/backup/stream/1",
    )
}

/// Why a stream does not open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A chunk is not what was written, or not where it was.
    #[error("the chunk at byte {0} was changed or moved, or the end is missing")]
    Broken(u64),
}

/// Encrypts everything from `source` into `sink`.
pub(crate) fn encrypt(key: &Key, source: &mut dyn Read, sink: &mut dyn Write) -> io::Result<()> {
    let mut number = 0_u64;
    let mut chunk = fill(source, CHUNK)?;
    loop {
        // A full chunk is the last one only if nothing follows it.
        let next = if chunk.len() == CHUNK {
            fill(source, CHUNK)?
        } else {
            Zeroizing::default()
        };
        let is_last = next.is_empty();
        let tag = aes_gcm::encrypt(key.danger_bytes(), &nonce(number, is_last), &[], &mut chunk)
            .map_err(|_| io::Error::other("a chunk is too long"))?;
        sink.write_all(&chunk)?;
        sink.write_all(&tag)?;
        if is_last {
            return Ok(());
        }
        number = number.saturating_add(1);
        chunk = next;
    }
}

/// Decrypts everything from `source` into `sink`. Nothing of a broken chunk is written; what came before it is.
pub(crate) fn decrypt(
    key: &Key,
    source: &mut dyn Read,
    sink: &mut dyn Write,
) -> Result<(), StreamError> {
    let sealed = CHUNK.saturating_add(TAG_LENGTH);
    let (mut number, mut at) = (0_u64, 0_u64);
    let mut chunk = fill(source, sealed)?;
    loop {
        let next = if chunk.len() == sealed {
            fill(source, sealed)?
        } else {
            Zeroizing::default()
        };
        let is_last = next.is_empty();
        let broken = StreamError::Broken(at);
        at = at.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        let Some(body) = chunk.len().checked_sub(TAG_LENGTH) else {
            return Err(broken);
        };
        let Some((body, tag)) = chunk.split_at_mut_checked(body) else {
            return Err(broken);
        };
        let Ok(tag) = <[u8; TAG_LENGTH]>::try_from(&*tag) else {
            return Err(broken);
        };
        if aes_gcm::decrypt(key.danger_bytes(), &nonce(number, is_last), &[], body, &tag).is_err() {
            return Err(broken);
        }
        sink.write_all(body)?;
        if is_last {
            return Ok(());
        }
        number = number.saturating_add(1);
        chunk = next;
    }
}

/// Three zero bytes, the chunk's number in eight, and 1 for the last chunk.
fn nonce(number: u64, is_last: bool) -> [u8; NONCE_LENGTH] {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    [0, 0, 0, a, b, c, d, e, f, g, h, u8::from(is_last)]
}

/// Up to `length` bytes; fewer only at the end.
fn fill(source: &mut dyn Read, length: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut chunk = Zeroizing::new(Vec::with_capacity(length));
    source
        .take(u64::try_from(length).unwrap_or(u64::MAX))
        .read_to_end(&mut chunk)?;
    Ok(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        stream_key(&Key::from_bytes(&[3; 32]).unwrap(), b"header")
    }

    fn sealed(length: usize) -> (Vec<u8>, Vec<u8>) {
        let text: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        let mut out = Vec::new();
        encrypt(&key(), &mut text.as_slice(), &mut out).unwrap();
        (text, out)
    }

    fn opened(sealed: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decrypt(&key(), &mut &*sealed, &mut out).ok().map(|()| out)
    }

    #[test]
    fn every_length_around_a_chunk_reads_as_it_was_written() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let (text, sealed) = sealed(length);
            assert!(opened(&sealed) == Some(text), "{length}");
        }
    }

    #[test]
    fn every_cut_addition_and_change_is_noticed() {
        let (_, whole) = sealed(2 * CHUNK + 100);
        let step = CHUNK + TAG_LENGTH;
        for length in [
            0,
            1,
            15,
            16,
            step - 1,
            step,
            step + 1,
            2 * step,
            whole.len() - 1,
        ] {
            assert!(opened(&whole[..length]).is_none(), "cut to {length}");
        }
        assert!(opened(&[whole.as_slice(), &[0; 16]].concat()).is_none());
        let swapped = [&whole[step..2 * step], &whole[..step], &whole[2 * step..]].concat();
        assert!(opened(&swapped).is_none());
        let repeated = [&whole[..step], &whole[..step], &whole[2 * step..]].concat();
        assert!(opened(&repeated).is_none());
        for at in [0, 5, step - 1, step + 7, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(opened(&changed).is_none(), "byte {at}");
        }
    }

    #[test]
    fn another_header_is_another_key() {
        let (_, whole) = sealed(10);
        let other = stream_key(&Key::from_bytes(&[3; 32]).unwrap(), b"other");
        assert!(decrypt(&other, &mut whole.as_slice(), &mut Vec::new()).is_err());
    }
}
