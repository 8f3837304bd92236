//! `coffer generate key`

use std::path::PathBuf;

use clap::Args;
use coffer_rotation::generator::{Generated, KeyAlgorithm};

use super::Target;
use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::output;

/// Generate a key pair: the private key as PKCS#8 in PEM, or with --ssh as OpenSSH takes it.
///
/// The public key goes to stderr, or into the file of --public.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer generate key --put prod/tls-key --public tls.pub.pem
  coffer generate key --algorithm ed25519 --ssh --put deploy/ssh --public deploy.pub")]
pub(crate) struct Key {
    #[command(flatten)]
    target: Target,
    /// ed25519, ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096
    #[arg(long, default_value = "ed25519", value_name = "ALGORITHM")]
    algorithm: KeyAlgorithm,
    /// Write both keys as OpenSSH takes them
    #[arg(long)]
    ssh: bool,
    /// Write the public key into this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
}

impl Key {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let pair = self.algorithm.generate()?;
        let (private, public) = if self.ssh {
            (pair.private_openssh, format!("{}\n", pair.public_openssh))
        } else {
            (pair.private_pem, pair.public_pem)
        };
        if let Some(path) = &self.public {
            // Before the private key is stored: a stored key without its public half would have to be replaced.
            std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .and_then(|mut file| std::io::Write::write_all(&mut file, public.as_bytes()))
                .map_err(|error| {
                    Failure::Other(format!("{} could not be written: {error}", path.display()))
                })?;
        }
        let generated = Generated {
            value: private,
            entropy_bits: self.algorithm.strength_bits(),
        };
        self.target.deliver(&generated, global)?;
        if self.public.is_none() {
            output::note(public.trim_end());
        }
        Ok(())
    }
}
