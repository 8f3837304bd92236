//! `ephemeral "coffer_key"`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coffer_plugin::{
    Context, Diagnostic, EphemeralResource, Model, Opened, Result, Value, validators,
};
use coffer_rotation::generator::{BytesPolicy, Encoding, KeyAlgorithm};
use coffer_vault::Secret;

use crate::Coffer;
use crate::password::sentence;
use crate::secret_text::SecretText;

/// A new key for this run, from the operating system's generator; nothing is stored.
///
/// Terraform opens it in plan and again in apply and gets another key each time. Feed it to a write-only argument together
/// with a version that says when to take a new one: `coffer_secret` with `value_wo_version` keeps it.
#[derive(Model)]
pub(crate) struct Key {
    /// What kind of key: `aes-128`, `aes-256` (or any symmetric use of 16 or 32 random bytes), `ed25519`, `ecdsa-p256`,
    /// `ecdsa-p384`, `rsa-2048`, `rsa-3072`, `rsa-4096`.
    #[attr(required, validate = validators::one_of(ALGORITHMS))]
    algorithm: Value<String>,
    /// The private key: PKCS#8 as PEM. Null for a symmetric key.
    #[attr(computed, sensitive)]
    private_key_pem: Value<SecretText>,
    /// The private key as OpenSSH reads it. Null for a symmetric key.
    #[attr(computed, sensitive)]
    private_key_openssh: Value<SecretText>,
    /// The public key as PEM. Null for a symmetric key.
    #[attr(computed)]
    public_key_pem: Value<String>,
    /// The public key as a line for `authorized_keys`. Null for a symmetric key.
    #[attr(computed)]
    public_key_openssh: Value<String>,
    /// A symmetric key in hexadecimal. Null for a key pair.
    #[attr(computed, sensitive)]
    hex: Value<SecretText>,
    /// A symmetric key in base64. Null for a key pair.
    #[attr(computed, sensitive)]
    base64: Value<SecretText>,
}

const ALGORITHMS: &[&str] = &[
    "aes-128",
    "aes-256",
    "ed25519",
    "ecdsa-p256",
    "ecdsa-p384",
    "rsa-2048",
    "rsa-3072",
    "rsa-4096",
];

impl EphemeralResource for Key {
    type Provider = Coffer;
    type Lease = ();
    const TYPE_NAME: &'static str = "coffer_key";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        let algorithm = config.algorithm.clone().require("algorithm")?;
        let key = match algorithm.as_str() {
            "aes-128" => config.symmetric(16)?,
            "aes-256" => config.symmetric(32)?,
            // An RSA key of 4096 bits takes a while.
            name => {
                ctx.blocking({
                    let name = name.to_owned();
                    move || config.pair(&name)
                })
                .await?
            }
        };
        Ok(Opened::new(key))
    }
}

impl Key {
    fn symmetric(self, length: usize) -> Result<Self, Diagnostic> {
        let policy = BytesPolicy {
            length,
            encoding: Encoding::Raw,
            ..BytesPolicy::default()
        };
        let generated = policy
            .generate()
            .map_err(|error| Diagnostic::error("No key could be generated", sentence(&error)))?;
        let bytes = generated.value;
        Ok(Self {
            hex: Value::Known(hex_of(&bytes)),
            base64: Value::Known(STANDARD.encode(bytes.danger_expose()).into()),
            ..self
        })
    }

    fn pair(self, name: &str) -> Result<Self, Diagnostic> {
        let algorithm: KeyAlgorithm = name.parse().map_err(|error| {
            Diagnostic::error("There is no such algorithm", sentence(&error)).at("algorithm")
        })?;
        let pair = algorithm
            .generate()
            .map_err(|error| Diagnostic::error("No key could be generated", sentence(&error)))?;
        Ok(Self {
            private_key_pem: SecretText::new(pair.private_pem).into(),
            private_key_openssh: SecretText::new(pair.private_openssh).into(),
            public_key_pem: Value::Known(pair.public_pem),
            public_key_openssh: Value::Known(pair.public_openssh),
            ..self
        })
    }
}

fn hex_of(secret: &Secret) -> SecretText {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    // Made whole at once, so that growing leaves no copies behind.
    let mut text = String::with_capacity(secret.len().saturating_mul(2));
    for byte in secret.danger_expose() {
        for nibble in [byte >> 4, byte & 0x0f] {
            text.extend(DIGITS.get(usize::from(nibble)));
        }
    }
    text.into()
}
