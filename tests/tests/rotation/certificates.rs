//! A certificate authority for a test, with a certificate of it.

use std::path::PathBuf;

use coffer_rotation::generator::Authority;
use coffer_rotation::schedule::Period;
use coffer_vault::Timestamp;
use tempfile::TempDir;

/// A server's certificate and key, and the file of the authority that it is trusted by.
pub(crate) struct Certificates {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) authority_file: PathBuf,
    _folder: TempDir,
}

impl Certificates {
    /// A new authority, and a certificate for `names`.
    pub(crate) fn new(names: &[&str]) -> Self {
        let now = Timestamp::now();
        let until = Period::parse("10d").unwrap().after(now);
        let authority = Authority::generate("Fake Authority", now, until).unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let issued = authority.issue(&names, now, until).unwrap();
        let pem = issued.danger_expose_str().unwrap();
        let (key, certificates) = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap());
        let folder = tempfile::tempdir().unwrap();
        let authority_file = folder.path().join("ca.pem");
        std::fs::write(&authority_file, authority.certificate()).unwrap();
        Self {
            certificate: certificates.to_owned(),
            key: key.to_owned(),
            authority_file,
            _folder: folder,
        }
    }
}
