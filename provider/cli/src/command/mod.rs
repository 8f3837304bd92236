//! The commands, one file for each.

mod audit;
mod backup;
mod check;
mod completions;
mod delete;
mod destroy;
mod enable;
mod env;
mod evict;
mod generate;
mod get;
mod init;
mod lease;
mod list;
mod man;
mod migrate;
mod new_key;
mod policy;
mod promote;
mod prove;
mod put;
mod rekey;
mod restore;
mod revoke;
mod role;
mod rotate;
mod rotate_term;
mod run;
mod scope;
mod slot;
mod token;
mod undelete;
mod versions;

use clap::Subcommand;

use crate::arguments::Arguments;
use crate::failure::Result;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Put(put::Put),
    Get(get::Get),
    Run(run::Run),
    Env(env::Env),
    /// Generate passwords, passphrases and keys
    #[command(subcommand)]
    Generate(generate::Generate),
    #[command(visible_alias = "ls")]
    List(list::List),
    Versions(versions::Versions),
    Rotate(rotate::Rotate),
    Revoke(revoke::Revoke),
    Promote(promote::Promote),
    /// Let a version be read again
    Enable(enable::OneVersion),
    /// Stop a version from being read
    Disable(enable::OneVersion),
    Delete(delete::Delete),
    Undelete(undelete::Undelete),
    Destroy(destroy::Destroy),
    Evict(evict::Evict),
    Prove(prove::Prove),
    Check(check::Check),
    Backup(backup::Backup),
    Migrate(migrate::Migrate),
    Restore(restore::Restore),
    /// Verify and read the audit trail
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Manage the keys that open the vault
    #[command(subcommand)]
    Slot(slot::Slot),
    /// See and take back credentials that are handed out
    #[command(subcommand)]
    Lease(lease::Lease),
    /// Make and revoke limited keys for people and programs
    #[command(subcommand)]
    Token(token::Token),
    /// Let machines log in with a role's id and a secret id
    #[command(subcommand)]
    Role(role::Role),
    /// Say what tokens may do
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Manage prefixes with keys of their own
    #[command(subcommand)]
    Scope(scope::Scope),
    RotateTerm(rotate_term::RotateTerm),
    Rekey(rekey::Rekey),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the command.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let global = &arguments.global;
    match arguments.command {
        Command::Init(init) => init.run(global),
        Command::Put(put) => put.run(global),
        Command::Get(get) => get.run(global),
        Command::Run(run) => run.run(global),
        Command::Env(env) => env.run(global),
        Command::Generate(generate) => generate.run(global),
        Command::List(list) => list.run(global),
        Command::Versions(versions) => versions.run(global),
        Command::Revoke(revoke) => revoke.run(global),
        Command::Rotate(rotate) => rotate.run(global),
        Command::Promote(promote) => promote.run(global),
        Command::Enable(version) => enable::run(&version, true, global),
        Command::Disable(version) => enable::run(&version, false, global),
        Command::Delete(delete) => delete.run(global),
        Command::Undelete(undelete) => undelete.run(global),
        Command::Destroy(destroy) => destroy.run(global),
        Command::Evict(evict) => evict.run(global),
        Command::Prove(prove) => prove.run(global),
        Command::Check(check) => check.run(global),
        Command::Backup(backup) => backup.run(global),
        Command::Migrate(migrate) => migrate.run(global),
        Command::Restore(restore) => restore.run(global),
        Command::Audit(audit) => audit.run(global),
        Command::Slot(slot) => slot.run(global),
        Command::Lease(lease) => lease.run(global),
        Command::Token(token) => token.run(global),
        Command::Role(role) => role.run(global),
        Command::Policy(policy) => policy.run(global),
        Command::Scope(scope) => scope.run(global),
        Command::RotateTerm(rotate) => rotate.run(global),
        Command::Rekey(rekey) => rekey.run(global),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}
