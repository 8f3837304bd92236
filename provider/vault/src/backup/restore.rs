//! Restoring a backup: to an empty place, and only when everything in it was verified.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use super::header::{Header, MAGIC, MAX_LENGTH};
use super::watched::Watched;
use crate::actor::Actor;
use crate::audit::Operation;
use crate::check::CheckReport;
use crate::error::{Error, Result};
use crate::hazmat::{StreamError, stream_decrypt, stream_key};
use crate::progress::{Progress, Unseen};
use crate::slot::{self, KeySource};
use crate::store::Draft;
use crate::vault::Vault;

impl Vault {
    /// Makes a vault at `to`, where nothing may stand yet, from the backup `from`. `key` is one that opened the vault when
    /// the backup was made. The vault gets its name when it is complete, on disk, and verified as [`Vault::check`] does.
    ///
    /// # Errors
    /// [`Error::BadBackup`] where the backup is none, was cut or changed; [`Error::WrongKey`]; [`Error::Exists`].
    pub fn restore_backup(
        from: &Path,
        to: &Path,
        key: &KeySource,
        actor: Actor,
    ) -> Result<CheckReport> {
        Self::restore_backup_with(from, to, key, actor, &Unseen)
    }

    /// Does what [`Vault::restore_backup`] does, and tells how many bytes it has decrypted.
    ///
    /// # Errors
    /// Those of [`Vault::restore_backup`].
    pub fn restore_backup_with(
        from: &Path,
        to: &Path,
        key: &KeySource,
        actor: Actor,
        progress: &dyn Progress,
    ) -> Result<CheckReport> {
        let bad = |why: String| Error::BadBackup {
            path: from.to_path_buf(),
            why,
        };
        let reading = |source: std::io::Error| Error::Io {
            action: "reading",
            path: from.to_path_buf(),
            source: source.into(),
        };
        let mut source = File::open(from)
            .and_then(|file| Watched::new(file, progress))
            .map_err(reading)?;
        let text = header_text(&mut source).map_err(bad)?;
        let header: Header = serde_json::from_slice(&text)
            .map_err(|error| bad(format!("its header cannot be read: {error}")))?;
        let vault = header
            .vault()
            .ok_or_else(|| bad("its vault has no id".into()))?;
        let slots = header
            .slots()
            .ok_or_else(|| bad("a slot is not base64".into()))?;
        let (_, root) = slot::open_root(&slots, vault, from, key)?;
        let once = header
            .key(vault, &root)
            .map_err(|why| bad(format!("its key does not open: {why}")))?;
        let draft = Draft::create(to)?;
        let writing = |source: std::io::Error| Error::Io {
            action: "writing",
            path: to.to_path_buf(),
            source: source.into(),
        };
        let mut sink = BufWriter::new(File::create(draft.path()).map_err(writing)?);
        stream_decrypt(&stream_key(&once, &text), &mut source, &mut sink).map_err(|error| {
            match error {
                StreamError::Io(source) => writing(source),
                broken @ StreamError::Broken(_) => bad(broken.to_string()),
            }
        })?;
        sink.flush().map_err(writing)?;
        drop(sink);
        let report = verify(&draft, key, actor, from)?;
        draft.publish(to)?;
        Ok(report)
    }
}

/// Opens the draft, checks everything in it and records where it came from.
fn verify(draft: &Draft, key: &KeySource, actor: Actor, from: &Path) -> Result<CheckReport> {
    let vault = Vault::open(draft.path(), key, actor)?;
    let report = vault.check()?;
    if let Some(problem) = report.problems.first() {
        return Err(Error::BadBackup {
            path: from.to_path_buf(),
            why: format!("{}: {}", problem.what, problem.detail),
        });
    }
    let path = from.display().to_string();
    vault.call(Operation::BackupRestore, move |work, event| {
        event.touch(path.clone(), None);
        work.root_key("restore").map(drop)
    })?;
    // The log goes with the draft's name, so nothing may be left in it.
    vault.engine.wipe()?;
    Ok(report)
}

fn header_text(source: &mut dyn Read) -> Result<Vec<u8>, String> {
    let mut start = [0_u8; 12];
    source
        .read_exact(&mut start)
        .map_err(|_| "it is too short".to_owned())?;
    let length = start
        .strip_prefix(MAGIC)
        .and_then(|length| <[u8; 4]>::try_from(length).ok())
        .map(u32::from_be_bytes)
        .ok_or("it does not start as a backup does")?;
    if length > MAX_LENGTH {
        return Err("its header is too long".to_owned());
    }
    let mut text = vec![0; usize::try_from(length).unwrap_or(0)];
    source
        .read_exact(&mut text)
        .map_err(|_| "it ends inside its header".to_owned())?;
    Ok(text)
}
