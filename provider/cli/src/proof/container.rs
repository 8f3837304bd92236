//! Inputs and what is packed inside of them: saved plans are zip archives, and logs are often gzipped.

use std::io::{self, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::Hit;
use super::needles::Needles;
use super::scan::scan;

/// How deep archives may lie inside archives.
const MAX_DEPTH: usize = 4;

/// Searches `input`, and what is packed in it, and gives each hit to `found` with its place: `place`, or `place` with the
/// entry of an archive. Returns how many bytes were searched, unpacked.
///
/// # Errors
/// If it cannot be read, or not be unpacked although it begins as something packed.
pub(crate) fn search(
    needles: &Needles,
    place: &str,
    mut input: impl Read,
    found: &mut dyn FnMut(&str, Hit),
) -> io::Result<u64> {
    search_at(needles, place, &mut input, 0, found)
}

fn search_at(
    needles: &Needles,
    place: &str,
    input: &mut dyn Read,
    depth: usize,
    found: &mut dyn FnMut(&str, Hit),
) -> io::Result<u64> {
    let mut magic = Vec::new();
    input.take(4).read_to_end(&mut magic)?;
    let packed = depth < MAX_DEPTH;
    let inside = depth.saturating_add(1);
    let is_zip = packed && matches!(magic.as_slice(), [b'P', b'K', 3 | 5, _]);
    let is_gzip = packed && matches!(magic.as_slice(), [0x1f, 0x8b, ..]);
    let mut whole = Cursor::new(magic).chain(input);
    if is_zip {
        return search_zip(needles, place, &mut whole, inside, found);
    }
    if is_gzip {
        let place = format!("{place} (unpacked)");
        let mut unpacked = MultiGzDecoder::new(BufReader::new(whole));
        return search_at(needles, &place, &mut unpacked, inside, found);
    }
    scan(needles, whole, &mut |hit| found(place, hit))
}

fn search_zip(
    needles: &Needles,
    place: &str,
    input: &mut dyn Read,
    depth: usize,
    found: &mut dyn FnMut(&str, Hit),
) -> io::Result<u64> {
    // The directory of an archive stands at its end.
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    let mut searched: u64 = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(io::Error::other)?;
        let name = entry
            .name()
            .map_or_else(|_| index.to_string(), |name| name.into_owned());
        let place = format!("{place}:{name}");
        let inside = search_at(needles, &place, &mut entry, depth, found)?;
        searched = searched.saturating_add(inside);
    }
    Ok(searched)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const VALUE: &str = "only-for-tests";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
        archive.finish().unwrap().into_inner()
    }

    fn places(bytes: Vec<u8>) -> io::Result<Vec<String>> {
        let needles = Needles::new([VALUE.as_bytes()]);
        let mut places = Vec::new();
        search(&needles, "it", Cursor::new(bytes), &mut |place, _| {
            places.push(place.to_owned())
        })?;
        Ok(places)
    }

    #[test]
    fn looks_inside_of_what_is_packed() {
        let text = format!("the word is {VALUE}").into_bytes();
        assert_eq!(places(text.clone()).unwrap(), ["it"]);
        assert_eq!(places(gzip(&text)).unwrap(), ["it (unpacked)"]);
        assert_eq!(places(zip("tfplan", &text)).unwrap(), ["it:tfplan"]);
        assert_eq!(
            places(zip("logs", &gzip(&text))).unwrap(),
            ["it:logs (unpacked)"]
        );
    }

    #[test]
    fn what_cannot_be_unpacked_is_an_error_and_no_proof() {
        let mut damaged = zip("tfplan", VALUE.as_bytes());
        damaged.truncate(40);
        assert!(places(damaged).is_err());
        let mut damaged = gzip(VALUE.as_bytes());
        damaged.truncate(14);
        assert!(places(damaged).is_err());
    }
}
