//! The file as the operating system sees it: who owns it, who reaches it, where it lies.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};

use super::beside;
use crate::error::{Error, Result};
use crate::hazmat::random;

/// Checks that `path` is a vault's file that this user alone can reach, on a disk of this machine.
pub(super) fn check(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::Missing {
            path: path.to_path_buf(),
        },
        _ => io("opening", path, source),
    })?;
    if !metadata.is_file() {
        return Err(not_a_vault(path, "it is not a regular file"));
    }
    check_private(path)?;
    check_writable(path)?;
    check_file_system(path)?;
    check_header(path)
}

/// Checks that only this user can reach the file: its owner and its mode.
pub(crate) fn check_private(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|source| io("opening", path, source))?;
    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        return Err(Error::ForeignOwner {
            path: path.to_path_buf(),
            owner: format!("uid {}", metadata.uid()),
            user: format!("uid {user}"),
        });
    }
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Error::LoosePermissions {
            path: path.to_path_buf(),
            mode,
        });
    }
    Ok(())
}

/// A file marked read-only stays so, also for root, whom the kernel would let write.
fn check_writable(path: &Path) -> Result<()> {
    let mode = std::fs::metadata(path)
        .map_err(|source| io("opening", path, source))?
        .permissions()
        .mode();
    if mode & 0o200 == 0 {
        return Err(Error::ReadOnly {
            path: path.to_path_buf(),
            detail: format!("its mode is {:04o}", mode & 0o7777),
        });
    }
    let folder = folder_of(path);
    let metadata = std::fs::metadata(&folder).map_err(|source| io("opening", &folder, source))?;
    let mode = metadata.permissions().mode() & 0o7777;
    // Whoever may rename files in the folder can swap the vault. The sticky bit (/tmp) forbids that.
    if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        return Err(Error::LoosePermissions { path: folder, mode });
    }
    if rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK).is_err() {
        return Err(Error::ReadOnly {
            path: path.to_path_buf(),
            detail: format!("its folder {} is not writable", folder.display()),
        });
    }
    Ok(())
}

/// File systems on which SQLite's shared memory and locks do not reach other machines (statfs(2) magic numbers).
const NETWORK: [(u64, &str); 11] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x517b, "SMB"),
    (0x0102_1997, "9P"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x7461_636f, "OCFS2"),
];

#[cfg(target_os = "linux")]
fn check_file_system(path: &Path) -> Result<()> {
    let found = rustix::fs::statfs(path).map_err(|error| io("examining", path, error.into()))?;
    // The field's type differs between platforms, and its upper half may be a sign extension.
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss)]
    let magic = found.f_type as u64 & 0xffff_ffff;
    match NETWORK.iter().find(|(number, _)| *number == magic) {
        Some((_, kind)) => Err(Error::NetworkFileSystem {
            path: path.to_path_buf(),
            kind: (*kind).to_owned(),
        }),
        None => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn check_file_system(_path: &Path) -> Result<()> {
    Ok(())
}

/// Reads SQLite's header itself, so that a foreign file is refused before SQLite would touch it.
fn check_header(path: &Path) -> Result<()> {
    let mut header = [0_u8; 100];
    let mut file = File::open(path).map_err(|source| io("opening", path, source))?;
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(source) if source.kind() == ErrorKind::UnexpectedEof => {
            let length = file.metadata().map(|m| m.len()).unwrap_or_default();
            let what = if length == 0 {
                "it is empty"
            } else {
                "it is too short"
            };
            return Err(not_a_vault(path, what));
        }
        Err(source) => return Err(io("reading", path, source)),
    }
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(not_a_vault(path, "it is not an SQLite file"));
    }
    let number = |at: usize| {
        header
            .get(at..)
            .and_then(|rest| rest.first_chunk::<4>())
            .map(|n| u32::from_be_bytes(*n))
    };
    if number(68) != Some(super::schema::APPLICATION_ID) {
        return Err(not_a_vault(path, "it is an SQLite file of another program"));
    }
    match number(60) {
        Some(found) if found > super::schema::FORMAT => Err(Error::NewerFormat {
            path: path.to_path_buf(),
            found,
            supported: super::schema::FORMAT,
        }),
        Some(0) | None => Err(not_a_vault(path, "its format number is 0")),
        Some(_) => Ok(()),
    }
}

/// A file under construction: a private file with a random name in the same folder, removed unless published.
pub(crate) struct Draft {
    path: PathBuf,
}

impl Draft {
    /// Creates the draft of a file that is to stand at `target`.
    ///
    /// # Errors
    /// [`Error::Exists`] where something stands there already.
    pub(crate) fn create(target: &Path) -> Result<Self> {
        let folder = folder_of(target);
        if !folder.is_dir() {
            return Err(Error::NoFolder { path: folder });
        }
        // A write-ahead log left over from another file would be replayed into the new one.
        for path in [
            target.to_path_buf(),
            beside(target, "-wal"),
            beside(target, "-shm"),
        ] {
            if path.symlink_metadata().is_ok() {
                return Err(Error::Exists { path });
            }
        }
        let suffix = random::<8>().map_err(|error| Error::Random(error.to_string()))?;
        let path = beside(target, &format!(".new-{:016x}", u64::from_be_bytes(suffix)));
        let draft = Self { path };
        create_private(&draft.path)?;
        check_writable(&draft.path)?;
        check_file_system(&draft.path)?;
        Ok(draft)
    }

    /// The draft's own path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, unless another file has taken it.
    pub(crate) fn publish(self, target: &Path) -> Result<()> {
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .map_err(|source| io("writing", &self.path, source))?;
        let moved =
            match rustix::fs::renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
                // Not every file system can rename without replacing; a hard link never replaces.
                Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                    std::fs::hard_link(&self.path, target)
                }
                moved => moved.map_err(Into::into),
            };
        moved.map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => Error::Exists {
                path: target.to_path_buf(),
            },
            _ => io("creating", target, source),
        })?;
        let folder = folder_of(target);
        File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| io("writing", &folder, source))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for path in [
            self.path.clone(),
            beside(&self.path, "-wal"),
            beside(&self.path, "-shm"),
        ] {
            // After publishing nothing is left under these names; before it, leftovers hold no secret in the clear.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Creates an empty file that only this user can reach; never opens one that exists.
pub(crate) fn create_private(path: &Path) -> Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => Error::Exists {
                path: path.to_path_buf(),
            },
            ErrorKind::NotFound => Error::NoFolder {
                path: folder_of(path),
            },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Error::ReadOnly {
                path: folder_of(path),
                detail: source.to_string(),
            },
            ErrorKind::StorageFull => Error::DiskFull {
                path: path.to_path_buf(),
            },
            _ => io("creating", path, source),
        })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn not_a_vault(path: &Path, detail: &str) -> Error {
    Error::NotAVault {
        path: path.to_path_buf(),
        detail: detail.to_owned(),
    }
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        action,
        path: path.to_path_buf(),
        source: source.into(),
    }
}
