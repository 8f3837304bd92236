//! `coffer rotate`

mod due;
mod exposed;
mod one;
mod policy;
mod status;
mod told;

use clap::{Args, Subcommand};
use coffer_backend::EmbeddedStore;
use coffer_rotation::fleet::NamePattern;

use crate::arguments::Global;
use crate::failure::Result;
use crate::session;

/// Rotate secrets by the policies that are kept with them.
///
/// Terraform writes a policy for each coffer_rotation; `coffer rotate policy` writes one without it. Run `coffer rotate
/// --due` from cron, a systemd timer or a CI schedule: it goes on with what was interrupted, ends what has had its time,
/// and rotates what is due. Runs that race rotate once. Terraform's next plan sees the new version.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    override_usage = "coffer rotate [OPTIONS] <NAME>\n       coffer rotate [OPTIONS] --due\n       coffer rotate <COMMAND>"
)]
pub(crate) struct Rotate {
    #[command(subcommand)]
    subcommand: Option<Other>,
    /// Rotate this secret now, due or not
    #[arg(
        value_name = "NAME",
        required_unless_present = "due",
        conflicts_with = "due"
    )]
    secret: Option<String>,
    /// Rotate every secret that is due
    #[arg(long)]
    due: bool,
    /// Only secrets whose names match, such as `prod/*`
    #[arg(long, value_name = "GLOB", requires = "due", value_parser = pattern)]
    name: Option<NamePattern>,
    /// Say what would be done, from metadata alone, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// How many secrets are rotated at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 8, requires = "due", value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// Send failures to this https: address too, as JSON, signed with COFFER_WEBHOOK_KEY
    #[arg(long, value_name = "URL", requires = "due")]
    webhook: Option<String>,
}

/// What else there is to do with rotations.
#[derive(Subcommand)]
enum Other {
    Status(status::Status),
    Policy(policy::PolicyOf),
    Exposed(exposed::Exposed),
}

fn pattern(text: &str) -> Result<NamePattern, String> {
    NamePattern::parse(text)
}

impl Rotate {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match (&self.subcommand, &self.secret) {
            (Some(Other::Status(status)), _) => status.run(global),
            (Some(Other::Policy(policy)), _) => policy.run(global),
            (Some(Other::Exposed(exposed)), _) => exposed.run(global),
            (None, Some(secret)) => one::run(secret, self.dry_run, global),
            (None, None) => due::run(self, global),
        }
    }

    fn pattern(&self) -> NamePattern {
        self.name.clone().unwrap_or_else(NamePattern::all)
    }
}

/// The vault as a store.
fn store(global: &Global) -> Result<EmbeddedStore> {
    Ok(EmbeddedStore::opened(session::open(global)?))
}
