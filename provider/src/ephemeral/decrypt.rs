//! `ephemeral "coffer_decrypt"`

use std::collections::BTreeMap;

use coffer_backend::TransitKey;
use coffer_plugin::{
    Context, Diagnostic, EphemeralResource, Model, Opened, Result, Value, validators,
};

use super::base64_of;
use crate::Coffer;
use crate::failure::cannot;
use crate::member::members;
use crate::place::Place;
use crate::reading::Opening;
use crate::secret_text::SecretText;

/// Decrypts a text with a key of the transit engine of HashiCorp Vault or OpenBao. The text may stand in the code: the
/// key never leaves the server, and the plaintext stands in no state and no plan.
///
/// Encrypt with `bao write transit/encrypt/app plaintext=$(base64 < file)`. The embedded vault encrypts nothing for others:
/// store the value in it, and read it with `coffer_secret`.
#[derive(Model)]
pub(crate) struct Decrypt {
    /// The transit key: `KEY`, or `MOUNT/KEY` where the engine is not mounted at `transit`.
    #[attr(required, validate = validators::not_empty())]
    key: Value<String>,
    /// The ciphertext, which begins with `vault:v`.
    #[attr(required, validate = validators::not_empty())]
    ciphertext: Value<String>,
    /// The associated data that it was encrypted with, if any: text that binds it to its place, such as a name.
    #[attr(optional, validate = validators::not_empty())]
    associated_data: Value<String>,
    #[flatten]
    place: Place,
    #[flatten]
    opening: Opening,
    /// The plaintext. Null if it is not text.
    #[attr(computed, sensitive)]
    plaintext: Value<SecretText>,
    /// The same in base64, also where it is not text.
    #[attr(computed, sensitive)]
    plaintext_base64: Value<SecretText>,
    /// The members of a plaintext that is a JSON object: text as it is, anything else in its JSON notation. Null if it is
    /// none.
    #[attr(computed, sensitive)]
    data: Value<BTreeMap<String, SecretText>>,
}

impl EphemeralResource for Decrypt {
    type Provider = Coffer;
    type Lease = ();
    const TYPE_NAME: &'static str = "coffer_decrypt";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.opening.is_due(ctx) {
            return Ok(Opened::new(Self {
                plaintext: Value::Unknown,
                plaintext_base64: Value::Unknown,
                data: Value::Unknown,
                ..config
            }));
        }
        let named = config.key.clone().require("key")?;
        let key = TransitKey::parse(&named).map_err(|error| {
            Diagnostic::error("This is no transit key", format!("Cannot use it: {error}."))
                .at("key")
        })?;
        let ciphertext = config.ciphertext.clone().require("ciphertext")?;
        let bound = config.associated_data.as_known().map(String::as_bytes);
        let plaintext = config
            .place
            .server(ctx, Self::TYPE_NAME)?
            .decrypt(&key, &ciphertext, bound)
            .await
            .map_err(|error| cannot(&format!("decrypt with the transit key {named}"), &error))?;
        Ok(Opened::new(Self {
            plaintext_base64: Value::Known(base64_of(&plaintext)),
            data: members(&plaintext).into(),
            plaintext: SecretText::new(plaintext).into(),
            ..config
        }))
    }
}
