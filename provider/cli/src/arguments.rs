//! The arguments that every command shares.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

use crate::command::Command;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed for a reason that has no code of its own
  2  the arguments make no sense
  3  the vault, the secret or the version does not exist
  4  wrong key, or not allowed
  5  someone else wrote in the meantime; nothing was changed
  6  the file cannot be used: permissions, space, locks
  7  unknown whether the change was written: look before repeating
  8  the vault is damaged, or `check` or `audit verify` found a problem
  9  `prove` found a value
  10 `rotate` could not rotate everything, or `rotate status` found something overdue

Environment:
  COFFER_VAULT_FILE   the vault's file (default: vault.db in the current folder)
  COFFER_KEY_FILE     a file of at least 32 random bytes, mode 0600, that opens the vault
  COFFER_PASSPHRASE   the passphrase that opens the vault
  COFFER_TOKEN        a limited token, instead of a key
  COFFER_ROLE_ID, COFFER_SECRET_ID
                      a role and a secret id, which log in: `coffer role`
  COFFER_TRANSIT_KEY  a transit key, KEY or MOUNT/KEY, of the server that BAO_ADDR and BAO_TOKEN
                      (or VAULT_ADDR and VAULT_TOKEN, ...) name; used where no other key is set
  COFFER_AUDIT_FILE   a file that gets every audit row as a JSON line too
  COFFER_AUDIT_SINK   other places that get them, with spaces between: file:PATH, stdout, stderr,
                      syslog, syslog+udp://HOST, syslog+tcp://HOST, syslog+tls://HOST, https://HOST/PATH
  COFFER_WEBHOOK_KEY  the key that signs what webhooks get (HMAC-SHA-256)";

/// The heading of the options that every command takes.
const EVERYWHERE: &str = "Options of every command";

/// Keep secrets in an encrypted, audited file, and out of code and state.
#[derive(Parser)]
#[command(name = "coffer", version, after_long_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args)]
pub(crate) struct Global {
    /// The vault's file [env: COFFER_VAULT_FILE] [default: vault.db]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    vault: Option<PathBuf>,
    /// The key file that opens the vault; goes before every other key
    #[arg(long, global = true, value_name = "FILE", help_heading = "Keys")]
    pub(crate) key_file: Option<PathBuf>,
    /// The environment variable that holds the key
    #[arg(
        long,
        global = true,
        value_name = "VARIABLE",
        help_heading = "Keys",
        conflicts_with = "key_file"
    )]
    pub(crate) key_env: Option<String>,
    /// The program that prints the key, with its arguments, split at spaces
    #[arg(long, global = true, value_name = "COMMAND", help_heading = "Keys", conflicts_with_all = ["key_file", "key_env"])]
    pub(crate) key_command: Option<String>,
    /// The transit key of OpenBao or HashiCorp Vault that opens the vault [env: COFFER_TRANSIT_KEY]
    #[arg(long, global = true, value_name = "[MOUNT/]KEY", help_heading = "Keys", conflicts_with_all = ["key_file", "key_env", "key_command"])]
    pub(crate) key_transit: Option<String>,
    /// How to print results
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, help_heading = EVERYWHERE)]
    pub(crate) format: Format,
    /// Why you do this, for the audit trail [env: COFFER_REASON]
    #[arg(long, global = true, value_name = "TEXT", help_heading = EVERYWHERE)]
    reason: Option<String>,
    /// A place that gets every audit row too, as COFFER_AUDIT_SINK; may be repeated
    #[arg(
        long,
        global = true,
        value_name = "SINK",
        hide_short_help = true,
        help_heading = EVERYWHERE
    )]
    pub(crate) audit_sink: Vec<String>,
    /// How long to wait while another process writes
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = 60,
        hide_short_help = true,
        help_heading = EVERYWHERE
    )]
    pub(crate) lock_timeout: u64,
}

impl Global {
    /// The vault's file. An empty variable counts as not set, as with every variable.
    pub(crate) fn vault(&self) -> PathBuf {
        self.vault
            .clone()
            .or_else(|| {
                std::env::var_os("COFFER_VAULT_FILE")
                    .filter(|path| !path.is_empty())
                    .map(PathBuf::from)
            })
            .unwrap_or_else(|| PathBuf::from("vault.db"))
    }

    /// Why this is done, where someone said so.
    pub(crate) fn reason(&self) -> Option<String> {
        self.reason
            .clone()
            .or_else(|| std::env::var("COFFER_REASON").ok())
            .filter(|reason| !reason.is_empty())
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}
