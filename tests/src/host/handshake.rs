//! The line with which a provider says where it listens.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;

use super::failure::Failure;

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The whole line, without its end.
    pub line: String,
    /// The version of Terraform's protocol.
    pub protocol: u32,
    /// The Unix socket.
    pub socket: PathBuf,
    /// The provider's certificate, where AutoMTLS is on.
    pub certificate: Option<CertificateDer<'static>>,
    /// Whether it takes several brokered connections on one, where it was asked.
    pub multiplex: Option<bool>,
}

impl Handshake {
    /// Reads the line, strictly.
    ///
    /// # Errors
    /// When go-plugin would refuse it, or the provider does not listen on a Unix socket.
    pub fn parse(line: &str) -> Result<Self, Failure> {
        let refuse = |why: &str| Failure::Start(format!("{why}: {line:?}"));
        let line = line
            .strip_suffix('\n')
            .ok_or_else(|| refuse("the handshake does not end"))?;
        let mut fields = line.split('|');
        let mut next = || fields.next().unwrap_or_default();
        if next() != "1" {
            return Err(refuse("no version 1 of go-plugin's protocol"));
        }
        let protocol = next().parse().map_err(|_| refuse("no protocol version"))?;
        if next() != "unix" {
            return Err(refuse("no Unix socket"));
        }
        let socket = Path::new(next()).to_owned();
        if next() != "grpc" {
            return Err(refuse("no gRPC"));
        }
        let certificate = match next() {
            "" => None,
            text => Some(
                STANDARD_NO_PAD
                    .decode(text)
                    .map_err(|_| refuse("no certificate"))?
                    .into(),
            ),
        };
        let multiplex = match next() {
            "" => None,
            text => Some(text.parse().map_err(|_| refuse("no truth value"))?),
        };
        if fields.next().is_some() {
            return Err(refuse("more fields than seven"));
        }
        Ok(Self {
            line: line.to_owned(),
            protocol,
            socket,
            certificate,
            multiplex,
        })
    }
}
