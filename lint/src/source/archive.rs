//! Archives: tar, tar.gz and zip, such as module registries serve. Whatever stands in one, what comes out of it is
//! bounded, nothing is written to disk, and paths stay below the archive.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Component, Path, PathBuf};

/// Bytes that an archive may unpack to. Only what is looked at is held.
const MAX_UNPACKED: u64 = 512 << 20;
/// Entries of an archive.
const MAX_ENTRIES: usize = 100_000;
/// Bytes of a long name in a tar archive.
const MAX_NAME: u64 = 64 << 10;
/// Bytes of a block of a tar archive.
const BLOCK: u64 = 512;

/// What an archive holds.
#[derive(Debug, Default)]
pub struct Unpacked {
    /// Paths below that of the archive, and what stands there.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// Why not all of it could be read.
    pub trouble: Option<io::Error>,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Tar,
    TarGz,
    Zip,
}

fn format(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let known = [
        (".tar", Format::Tar),
        (".tar.gz", Format::TarGz),
        (".tgz", Format::TarGz),
        (".zip", Format::Zip),
    ];
    let fits = |(ending, _): &&(&str, Format)| name.ends_with(ending);
    known.iter().find(fits).map(|(_, format)| *format)
}

/// Whether the name is that of an archive.
pub fn is_archive(path: &Path) -> bool {
    format(path).is_some()
}

/// Reads the files of an archive whose names are wanted and that are no larger than `max_size`.
pub fn read(path: &Path, max_size: u64, is_wanted: impl Fn(&Path) -> bool) -> Unpacked {
    let mut taken = Taken {
        archive: path,
        max_size,
        is_wanted: &is_wanted,
        entries: 0,
        unpacked: Unpacked::default(),
    };
    let result = File::open(path).and_then(|file| match format(path) {
        Some(Format::Zip) => zip(file, &mut taken),
        Some(Format::TarGz) => tar(
            flate2::read::MultiGzDecoder::new(BufReader::new(file)),
            &mut taken,
        ),
        Some(Format::Tar) | None => tar(BufReader::new(file), &mut taken),
    });
    taken.unpacked.trouble = result.err();
    taken.unpacked
}

struct Taken<'t> {
    archive: &'t Path,
    max_size: u64,
    is_wanted: &'t dyn Fn(&Path) -> bool,
    entries: usize,
    unpacked: Unpacked,
}

impl Taken<'_> {
    /// Counts an entry; its path below the archive, where it is wanted.
    fn path(&mut self, name: &str) -> io::Result<Option<PathBuf>> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(io::Error::other(format!(
                "it has more than {MAX_ENTRIES} entries"
            )));
        }
        let below = Path::new(name).components().filter_map(|part| match part {
            Component::Normal(part) => Some(part),
            _ => None,
        });
        let path = self.archive.join(below.collect::<PathBuf>());
        Ok((self.is_wanted)(&path).then_some(path))
    }

    fn add(&mut self, path: PathBuf, entry: &mut impl Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        entry.take(self.max_size + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= self.max_size {
            self.unpacked.files.push((path, bytes));
        }
        Ok(())
    }
}

/// A reader that fails when more comes out of it than may.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::other(format!("it unpacks to more than {MAX_UNPACKED} bytes"))
        })?;
        Ok(read)
    }
}

fn zip(file: impl Read + Seek, taken: &mut Taken<'_>) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(file)?;
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        if let Some(path) = taken.path(&name)?.filter(|_| entry.is_file()) {
            let mut entry = Bounded { inner: entry, left };
            taken.add(path, &mut entry)?;
            left = entry.left;
        }
    }
    Ok(())
}

fn tar(stream: impl Read, taken: &mut Taken<'_>) -> io::Result<()> {
    let mut stream = Bounded {
        inner: stream,
        left: MAX_UNPACKED,
    };
    let mut long_name = None;
    loop {
        let mut header = [0_u8; BLOCK as usize];
        match stream.read_exact(&mut header) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        if header.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let field = |from: usize, to: usize| header.get(from..to).unwrap_or_default();
        let size = number(field(124, 136)).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "this is no tar archive, or it is damaged",
            )
        })?;
        let mut entry = stream.by_ref().take(size);
        match field(156, 157) {
            // A long name of GNU tar, and attributes of POSIX: of the next entry.
            [kind @ (b'L' | b'x')] => {
                let mut bytes = Vec::new();
                entry.by_ref().take(MAX_NAME).read_to_end(&mut bytes)?;
                let name = match kind {
                    b'L' => Some(text(&bytes)),
                    _ => attribute(&bytes, "path"),
                };
                long_name = name.or(long_name);
            }
            [b'0' | 0 | b'7'] => {
                let name = long_name.take().unwrap_or_else(|| {
                    let is_posix = field(257, 262) == b"ustar";
                    let prefix = if is_posix {
                        text(field(345, 500))
                    } else {
                        String::new()
                    };
                    match prefix.as_str() {
                        "" => text(field(0, 100)),
                        prefix => format!("{prefix}/{}", text(field(0, 100))),
                    }
                });
                if let Some(path) = taken.path(&name)? {
                    taken.add(path, &mut entry)?;
                }
            }
            [b'g'] => {}
            _ => long_name = None,
        }
        io::copy(&mut entry, &mut io::sink())?;
        let padding = size.wrapping_neg() % BLOCK;
        io::copy(&mut stream.by_ref().take(padding), &mut io::sink())?;
    }
}

/// A number in octal digits, or in the bytes of GNU tar.
fn number(field: &[u8]) -> Option<u64> {
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        let start = u64::from(first & 0x7f);
        return rest.iter().try_fold(start, |number, byte| {
            Some(number.checked_mul(256)? + u64::from(*byte))
        });
    }
    let digits = text(field);
    u64::from_str_radix(digits.trim(), 8).ok()
}

/// A text that ends at a zero.
fn text(field: &[u8]) -> String {
    let end = field
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(field.len());
    String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
}

/// `27 path=a/long/name\n` -> `a/long/name`.
fn attribute(bytes: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().find_map(|line| {
        let (_, pair) = line.split_once(' ')?;
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}
