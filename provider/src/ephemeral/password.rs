//! `ephemeral "coffer_password"`

use coffer_plugin::{
    Context, Diagnostic, Diagnostics, EphemeralResource, Model, Opened, Path, Result,
    ValidateConfig, Value,
};

use crate::Coffer;
use crate::password::{PasswordArguments, sentence};
use crate::secret_text::SecretText;

/// A new random password for this run, from the operating system's generator; nothing is stored.
///
/// Terraform opens it in plan and again in apply and gets another password each time. Feed it to a write-only
/// argument together with a version that says when to take a new one, or have `coffer_secret` generate the password
/// in the vault, where it can be read again.
#[derive(Model)]
pub(crate) struct PasswordValue {
    #[flatten]
    arguments: PasswordArguments,
    /// The password.
    #[attr(computed, sensitive)]
    result: Value<SecretText>,
    /// How hard it is to guess: the base-2 logarithm of how many passwords these arguments allow.
    #[attr(computed)]
    entropy_bits: Value<i64>,
}

impl ValidateConfig for PasswordValue {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        config.arguments.validate(&Path::root(), diagnostics);
    }
}

impl EphemeralResource for PasswordValue {
    type Provider = Coffer;
    type Lease = ();
    const TYPE_NAME: &'static str = "coffer_password";

    async fn open(_: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        let generated = config.arguments.policy().generate().map_err(|error| {
            Diagnostic::error("No password could be generated", sentence(&error))
        })?;
        Ok(Opened::new(Self {
            result: SecretText::new(generated.value).into(),
            entropy_bits: Value::Known(whole_bits(generated.entropy_bits)),
            ..config
        }))
    }
}

/// Entropy in whole bits, rounded down.
pub(crate) fn whole_bits(bits: f64) -> i64 {
    // At most 4096 characters of 95 kinds: far from the limits of an i64.
    #[allow(clippy::cast_possible_truncation)]
    let whole = bits.floor() as i64;
    whole
}
