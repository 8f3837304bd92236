//! Keys in files.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use super::{MAX_KEY_LENGTH, MIN_KEY_LENGTH, random_key};
use crate::error::{Error, Result};
use crate::hazmat::random_bytes;
use crate::secret::Secret;
use crate::store::create_private;

/// Makes a key file of 32 random bytes with mode 0600, on disk when it returns. Never overwrites.
///
/// # Errors
/// Where a file stands there already, the folder is missing, or the disk refuses.
pub fn create_key_file(path: &Path) -> Result<()> {
    let key = random_bytes(MIN_KEY_LENGTH).map_err(|error| Error::Random(error.to_string()))?;
    let mut file = create_private(path)?;
    let written = file.write_all(&key).and_then(|()| file.sync_all());
    written.map_err(|source| {
        // A file of fewer bytes than a key has would be mistaken for one.
        let _ = std::fs::remove_file(path);
        Error::Io {
            action: "writing",
            path: path.to_path_buf(),
            source: source.into(),
        }
    })
}

/// Reads a key file that this user alone can reach.
pub(super) fn read(path: &Path) -> Result<Secret> {
    let given = || format!("the key file {}", path.display());
    let unusable = |why: String| Error::UnusableKey {
        given: given(),
        why,
    };
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unusable("it does not exist".into()),
        _ => unusable(error.to_string()),
    })?;
    let metadata = file
        .metadata()
        .map_err(|error| unusable(error.to_string()))?;
    if metadata.is_dir() {
        return Err(unusable("it is a folder".into()));
    }
    // A pipe or a device, such as bash's <(...), has no owner or mode that would say anything.
    if metadata.is_file() {
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(Error::LoosePermissions {
                path: path.to_path_buf(),
                mode,
            });
        }
        let user = rustix::process::geteuid().as_raw();
        if metadata.uid() != user && metadata.uid() != 0 {
            return Err(Error::ForeignOwner {
                path: path.to_path_buf(),
                owner: format!("uid {}", metadata.uid()),
                user: format!("uid {user}"),
            });
        }
    }
    let mut key = Zeroizing::new(Vec::with_capacity(MAX_KEY_LENGTH));
    let limit = u64::try_from(MAX_KEY_LENGTH).unwrap_or(u64::MAX);
    file.take(limit)
        .read_to_end(&mut key)
        .map_err(|error| unusable(error.to_string()))?;
    if key.len() < MIN_KEY_LENGTH {
        return Err(random_key::too_short(given(), key.len()));
    }
    Ok(Secret::from(key))
}
