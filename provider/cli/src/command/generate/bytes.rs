//! `coffer generate bytes`

use clap::{Args, ValueEnum};
use coffer_rotation::generator::{BytesPolicy, DEFAULT_MIN_ENTROPY_BITS, Encoding};

use super::Target;
use crate::arguments::Global;
use crate::failure::Result;

/// Generate random bytes. 32 of them are an AES-256 key, or a key file for coffer with --encoding raw.
#[derive(Args)]
pub(crate) struct Bytes {
    #[command(flatten)]
    target: Target,
    /// How many bytes
    #[arg(long, default_value_t = 32, value_name = "N")]
    length: usize,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Text::Hex)]
    encoding: Text,
    /// Refuse less entropy
    #[arg(long, default_value_t = DEFAULT_MIN_ENTROPY_BITS, value_name = "BITS")]
    min_entropy_bits: f64,
}

/// How bytes are written.
#[derive(Clone, Copy, ValueEnum)]
enum Text {
    /// Lower-case hexadecimal
    Hex,
    /// Base64 with padding
    Base64,
    /// Base64 for URLs and file names, without padding
    Base64url,
    /// The bytes themselves
    Raw,
}

impl Bytes {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let policy = BytesPolicy {
            length: self.length,
            encoding: match self.encoding {
                Text::Hex => Encoding::Hex,
                Text::Base64 => Encoding::Base64,
                Text::Base64url => Encoding::Base64Url,
                Text::Raw => Encoding::Raw,
            },
            min_entropy_bits: self.min_entropy_bits,
        };
        self.target.deliver(&policy.generate()?, global)
    }
}
