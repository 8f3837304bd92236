//! `coffer generate passphrase`

use clap::Args;
use coffer_rotation::generator::{DEFAULT_MIN_ENTROPY_BITS, PassphrasePolicy};

use super::Target;
use crate::arguments::Global;
use crate::failure::Result;

/// Generate words of the EFF's long list: 12.9 bits of entropy each.
#[derive(Args)]
pub(crate) struct Passphrase {
    #[command(flatten)]
    target: Target,
    /// How many words
    #[arg(long, default_value_t = 6, value_name = "N")]
    words: usize,
    /// What stands between them
    #[arg(
        long,
        default_value = "-",
        value_name = "TEXT",
        allow_hyphen_values = true
    )]
    separator: String,
    /// Start each word with a capital letter
    #[arg(long)]
    capitalise: bool,
    /// Refuse less entropy
    #[arg(long, default_value_t = DEFAULT_MIN_ENTROPY_BITS, value_name = "BITS")]
    min_entropy_bits: f64,
}

impl Passphrase {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let policy = PassphrasePolicy {
            words: self.words,
            separator: self.separator.clone(),
            capitalise: self.capitalise,
            min_entropy_bits: self.min_entropy_bits,
        };
        self.target.deliver(&policy.generate()?, global)
    }
}
