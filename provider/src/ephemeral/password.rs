//! `ephemeral "coffer_password"`

use std::collections::BTreeSet;

use coffer_plugin::{
    Context, Diagnostic, Diagnostics, EphemeralResource, Model, Opened, Path, Result,
    ValidateConfig, Value,
};
use coffer_rotation::hash::HashKind;

use crate::Coffer;
use crate::failure::told;
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
    /// Which hashes to make of it, for systems that take a hash instead of the password: `argon2id`, `bcrypt`,
    /// `scram_sha_256`. Each of the first two takes about a tenth of a second in every plan and apply.
    #[attr(optional, validate = known_hashes)]
    hashes: Value<BTreeSet<String>>,
    /// The password.
    #[attr(computed, sensitive)]
    result: Value<SecretText>,
    /// How hard it is to guess: the base-2 logarithm of how many passwords these arguments allow.
    #[attr(computed)]
    entropy_bits: Value<i64>,
    /// Its hash by Argon2id in PHC notation (19 MiB, 2 passes). Null unless `hashes` has `argon2id`.
    #[attr(computed, sensitive)]
    argon2id_hash: Value<SecretText>,
    /// Its hash by bcrypt (variant 2b, cost 10), which takes 71 characters at most. Null unless `hashes` has `bcrypt`.
    #[attr(computed, sensitive)]
    bcrypt_hash: Value<SecretText>,
    /// The verifier that PostgreSQL stores, as in `ALTER ROLE app PASSWORD 'SCRAM-SHA-256$…'`. Null unless `hashes` has
    /// `scram_sha_256`.
    #[attr(computed, sensitive)]
    scram_sha_256: Value<SecretText>,
}

const ARGON2ID: &str = "argon2id";
const BCRYPT: &str = "bcrypt";
const SCRAM_SHA_256: &str = "scram_sha_256";

/// Judges `hashes`.
fn known_hashes(names: &BTreeSet<String>) -> Result<(), &'static str> {
    let is_known = |name: &String| [ARGON2ID, BCRYPT, SCRAM_SHA_256].contains(&name.as_str());
    if names.iter().all(is_known) {
        return Ok(());
    }
    Err("There are argon2id, bcrypt and scram_sha_256.")
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
        let hash = |name: &str, kind: HashKind| -> Result<Value<SecretText>, Diagnostic> {
            let is_wanted = config.hashes.as_known().is_some_and(|it| it.contains(name));
            if !is_wanted {
                return Ok(Value::Null);
            }
            let hashed = kind.hash(&generated.value).map_err(|error| {
                let detail = told(&error, "Shorten it, or leave the hash out.");
                Diagnostic::error("The password cannot be hashed", detail).at("hashes")
            })?;
            Ok(SecretText::new(hashed).into())
        };
        Ok(Opened::new(Self {
            argon2id_hash: hash(ARGON2ID, HashKind::Argon2id)?,
            bcrypt_hash: hash(BCRYPT, HashKind::Bcrypt)?,
            scram_sha_256: hash(SCRAM_SHA_256, HashKind::ScramSha256)?,
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
