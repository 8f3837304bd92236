//! The commands, one file for each.

mod audit;
mod check;
mod destroy;
mod get;
mod init;
mod list;
mod put;
mod versions;

use clap::Subcommand;

use crate::arguments::Arguments;
use crate::failure::Result;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a new vault
    Init(init::Init),
    /// Store a secret
    Put(put::Put),
    /// Read a secret
    Get(get::Get),
    /// List secrets
    #[command(visible_alias = "ls")]
    List(list::List),
    /// List the versions of a secret
    Versions(versions::Versions),
    /// Destroy versions of a secret for good
    Destroy(destroy::Destroy),
    /// Check the whole vault for damage and tampering
    Check(check::Check),
    /// Verify and read the audit trail
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let global = &arguments.global;
    match arguments.command {
        Command::Init(init) => init.run(global),
        Command::Put(put) => put.run(global),
        Command::Get(get) => get.run(global),
        Command::List(list) => list.run(global),
        Command::Versions(versions) => versions.run(global),
        Command::Destroy(destroy) => destroy.run(global),
        Command::Check(check) => check.run(global),
        Command::Audit(audit) => audit.run(global),
    }
}
