//! The provider's program and how it is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::certificate::ClientCertificate;
use super::flavour::Flavour;

/// How the connection is protected.
#[derive(Clone, Debug)]
pub enum Tls {
    /// AutoMTLS with a certificate made for the connection, as Terraform does.
    Auto,
    /// AutoMTLS with this certificate announced and used.
    Client(Box<ClientCertificate>),
    /// None, as with `TF_DISABLE_PLUGIN_TLS`.
    Off,
}

/// A provider's program, and what its environment is.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) path: PathBuf,
    pub(super) environment: Vec<(OsString, Option<OsString>)>,
    pub(super) flavour: Flavour,
    pub(super) tls: Tls,
}

impl Program {
    /// This program, to be started by Terraform 1.11 with AutoMTLS.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            environment: Vec::new(),
            flavour: Flavour::Terraform1_11,
            tls: Tls::Auto,
        }
    }

    /// With an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), Some(value.into())));
        self
    }

    /// Without an environment variable that a host sets.
    #[must_use]
    pub fn without_env(mut self, name: &str) -> Self {
        self.environment.push((name.into(), None));
        self
    }

    /// Started by another host.
    #[must_use]
    pub fn flavour(mut self, flavour: Flavour) -> Self {
        self.flavour = flavour;
        self
    }

    /// With another protection.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Where the program is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
