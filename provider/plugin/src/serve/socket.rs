//! Where the provider listens: a Unix socket in a directory that only this user can enter. Windows, where
//! go-plugin's hosts know no such sockets, gets a port of the loopback interface.

use std::io;
use std::path::{Path, PathBuf};

#[cfg(windows)]
pub(super) use tokio::net::TcpListener as Listener;
#[cfg(unix)]
pub(super) use tokio::net::UnixListener as Listener;

use super::handshake::HandshakeError;

/// A place to listen at.
pub(super) struct Endpoint {
    pub(super) listener: Listener,
    address: String,
    directory: Option<SocketDirectory>,
}

/// A directory that goes when this does.
pub(super) struct SocketDirectory(PathBuf);

impl Endpoint {
    /// Network and address, as the handshake line has them.
    pub(super) fn address(&self) -> String {
        self.address.clone()
    }

    /// The directory of the socket, to be kept as long as the provider runs.
    pub(super) fn directory(&mut self) -> Option<SocketDirectory> {
        self.directory.take()
    }
}

#[cfg(unix)]
impl Endpoint {
    /// Listens in a new directory inside `parent`, or wherever temporary files go.
    pub(super) fn open(parent: Option<&str>) -> Result<Self, HandshakeError> {
        Self::try_open(parent).map_err(HandshakeError::Listen)
    }

    fn try_open(parent: Option<&str>) -> io::Result<Self> {
        let directory = match parent {
            Some(parent) => SocketDirectory::new(Path::new(parent))?,
            None => {
                let usual = std::env::temp_dir();
                // The path of a socket has room for 107 bytes (103 on macOS), and temporary directories can be deep.
                let roomy = usual.as_os_str().len() <= 60;
                SocketDirectory::new(if roomy { &usual } else { Path::new("/tmp") })?
            }
        };
        let path = directory.0.join("socket");
        let listener = Listener::bind(&path)?;
        Ok(Self {
            listener,
            address: format!("unix|{}", path.display()),
            directory: Some(directory),
        })
    }
}

#[cfg(windows)]
impl Endpoint {
    /// Listens on the loopback interface.
    pub(super) fn open(_: Option<&str>) -> Result<Self, HandshakeError> {
        Self::try_open().map_err(HandshakeError::Listen)
    }

    fn try_open() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = format!("tcp|{}", listener.local_addr()?);
        Ok(Self {
            listener: Listener::from_std(listener)?,
            address,
            directory: None,
        })
    }
}

#[cfg(unix)]
impl SocketDirectory {
    /// Makes a directory that only this user can enter.
    fn new(parent: &Path) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        // Making a directory never follows or takes over what somebody else has put there.
        for _ in 0..16 {
            let path = parent.join(format!("plugin-{}", random_name()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}

#[cfg(unix)]
fn random_name() -> String {
    crate::random::hex::<8>()
}

impl Drop for SocketDirectory {
    fn drop(&mut self) {
        // Nothing can be done about a directory that cannot be removed, and nobody is left to tell.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[tokio::test]
    async fn the_directory_is_private_and_goes_with_the_provider() {
        use super::*;
        use std::os::unix::fs::PermissionsExt;
        let mut endpoint = Endpoint::open(None).unwrap();
        let directory = endpoint.directory().unwrap();
        let path = directory.0.clone();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert!(endpoint.address().starts_with("unix|/"));
        drop(directory);
        assert!(!path.exists());
    }
}
