//! Making a backup while others read and write.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::Backup;
use super::header::{Header, MAGIC};
use super::watched::Watched;
use crate::audit::Operation;
use crate::error::{Error, Result};
use crate::hazmat::{Key, stream_encrypt, stream_key};
use crate::progress::{Progress, Unseen};
use crate::slot;
use crate::store::Draft;
use crate::vault::Vault;
use crate::work::not_sealed;

impl Vault {
    /// Writes a backup to `to`, where nothing may stand yet: the vault at one moment, encrypted once more so that only its
    /// size and its slots' labels can be seen, and opened by the keys that open the vault now. The file gets its name when
    /// it is complete and on disk.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::Denied`] for a token, and what the disk refuses.
    pub fn backup(&self, to: &Path) -> Result<Backup> {
        self.backup_with(to, &Unseen)
    }

    /// Does what [`Vault::backup`] does, and tells how many bytes it has encrypted.
    ///
    /// # Errors
    /// Those of [`Vault::backup`].
    pub fn backup_with(&self, to: &Path, progress: &dyn Progress) -> Result<Backup> {
        let once = Key::random().map_err(|error| Error::Random(error.to_string()))?;
        let sealed_once = once.clone();
        let path = to.display().to_string();
        // Recorded first: the trail says that the backup exists, and the backup holds that row.
        let header = self.call(Operation::Backup, move |work, event| {
            event.touch(path.clone(), None);
            let root = work.root_key("back up")?;
            let slots = slot::all(work.db, work.path)?;
            Header::new(work.keys.vault, work.now, &slots, root, &sealed_once).map_err(not_sealed)
        })?;
        let snapshot = Draft::create(&to.with_extension("snapshot"))?;
        self.engine.snapshot(snapshot.path())?;
        let draft = Draft::create(to)?;
        let bytes =
            write(&header, &once, snapshot.path(), draft.path(), progress).map_err(|source| {
                Error::Io {
                    action: "writing",
                    path: to.to_path_buf(),
                    source: source.into(),
                }
            })?;
        draft.publish(to)?;
        Ok(Backup {
            path: to.to_path_buf(),
            bytes,
            at: header.created,
        })
    }
}

fn write(
    header: &Header,
    once: &Key,
    from: &Path,
    to: &Path,
    progress: &dyn Progress,
) -> std::io::Result<u64> {
    let text = serde_json::to_vec(header)?;
    let length = u32::try_from(text.len()).map_err(std::io::Error::other)?;
    let mut file = BufWriter::new(File::create(to)?);
    file.write_all(MAGIC)?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(&text)?;
    let mut source = Watched::new(File::open(from)?, progress)?;
    stream_encrypt(&stream_key(once, &text), &mut source, &mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    file.get_ref().metadata().map(|metadata| metadata.len())
}
