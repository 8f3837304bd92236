//! `coffer generate authority`

use clap::Args;
use coffer_rotation::generator::{Authority, Generated, KeyAlgorithm};
use coffer_vault::{SignedDuration, Timestamp};

use super::Target;
use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::output;

/// Generate a private certificate authority, for coffer_rotation with target_tls_certificate.
///
/// Its certificate, which whoever trusts it needs, goes to stderr.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer generate authority --name 'Internal CA' --put prod/ca 2> ca.pem")]
pub(crate) struct Authorities {
    #[command(flatten)]
    target: Target,
    /// What the authority is called in its certificates
    #[arg(long, value_name = "NAME")]
    name: String,
    /// For how long it is valid
    #[arg(long, value_name = "TIME", default_value = "3650d", value_parser = output::parse_duration)]
    validity: SignedDuration,
}

impl Authorities {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let now = Timestamp::now();
        let until = now.saturating_add(self.validity).unwrap_or(Timestamp::MAX);
        let authority = Authority::generate(&self.name, now, until)
            .map_err(|error| Failure::Other(error.to_string()))?;
        let generated = Generated {
            value: authority.to_secret(),
            entropy_bits: KeyAlgorithm::EcdsaP256.strength_bits(),
        };
        self.target.deliver(&generated, global)?;
        output::note(authority.certificate().trim_end());
        Ok(())
    }
}
