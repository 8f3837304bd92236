//! `coffer generate password`

use clap::Args;
use coffer_rotation::generator::{DEFAULT_MIN_ENTROPY_BITS, PasswordPolicy};

use super::Target;
use crate::arguments::Global;
use crate::failure::Result;

/// Generate a random password; all that the options allow are equally likely.
#[derive(Args)]
pub(crate) struct Password {
    #[command(flatten)]
    target: Target,
    /// How many characters
    #[arg(long, default_value_t = 32, value_name = "N")]
    length: usize,
    /// No lower-case letters
    #[arg(long)]
    no_lower: bool,
    /// No upper-case letters
    #[arg(long)]
    no_upper: bool,
    /// No digits
    #[arg(long)]
    no_digits: bool,
    /// No special characters
    #[arg(long)]
    no_special: bool,
    /// At least so many lower-case letters
    #[arg(long, default_value_t = 0, value_name = "N")]
    min_lower: usize,
    /// At least so many upper-case letters
    #[arg(long, default_value_t = 0, value_name = "N")]
    min_upper: usize,
    /// At least so many digits
    #[arg(long, default_value_t = 0, value_name = "N")]
    min_digits: usize,
    /// At least so many special characters
    #[arg(long, default_value_t = 0, value_name = "N")]
    min_special: usize,
    /// The special characters to choose from
    #[arg(long, value_name = "CHARACTERS")]
    special: Option<String>,
    /// Characters that may not occur
    #[arg(long, default_value = "", value_name = "CHARACTERS")]
    exclude: String,
    /// No characters that people mistake for one another: 0 O 1 l I |
    #[arg(long)]
    exclude_ambiguous: bool,
    /// Refuse less entropy; lower it for systems that take only short passwords
    #[arg(long, default_value_t = DEFAULT_MIN_ENTROPY_BITS, value_name = "BITS")]
    min_entropy_bits: f64,
}

impl Password {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let policy = PasswordPolicy {
            length: self.length,
            lower: !self.no_lower,
            upper: !self.no_upper,
            digits: !self.no_digits,
            special: !self.no_special,
            min_lower: self.min_lower,
            min_upper: self.min_upper,
            min_digits: self.min_digits,
            min_special: self.min_special,
            override_special: self.special.clone(),
            exclude: self.exclude.clone(),
            exclude_ambiguous: self.exclude_ambiguous,
            min_entropy_bits: self.min_entropy_bits,
        };
        self.target.deliver(&policy.generate()?, global)
    }
}
