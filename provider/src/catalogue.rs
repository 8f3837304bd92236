//! The list of all that the provider offers.

use coffer_plugin::registration::{data_source, ephemeral, function, resource};
use coffer_plugin::{Call, Diagnostics, Offers, Provider, Result};

use crate::configure::{ProviderConfig, Workplace};
use crate::data::{
    AuditEvents, Backend, Leases, MetadataOfSecret, PolicyDocument, RotationStatus, SecretNames,
};
use crate::ephemeral::{
    DatabaseCredential, Decrypt, EnvironmentValue, Key, Lease, PasswordValue, SecretValue,
    SecretValues, Token,
};
use crate::function::{
    BuildRef, CheckPassword, Dsn, DurationParse, EntropyBits, Fingerprint, LooksSecret,
    NextRotation, ParseRef, Redact,
};
use crate::resource::{
    Access, DatabaseRoleResource, PolicyOfTokens, Revocation, Rotation, RotationPromotion,
    SecretCopy, StoredSecret,
};

/// The coffer provider.
pub struct Coffer;

impl Provider for Coffer {
    type Config = ProviderConfig;
    type Data = Workplace;

    const NAME: &'static str = "coffer";
    const ADDRESS: &'static str = "registry.terraform.io/coffer/coffer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn offers() -> Offers<Self> {
        Offers::new()
            .ephemeral(ephemeral::<DatabaseCredential>().renews().closes())
            .ephemeral(ephemeral::<Decrypt>())
            .ephemeral(ephemeral::<EnvironmentValue>())
            .ephemeral(ephemeral::<Key>())
            .ephemeral(ephemeral::<Lease>().renews().closes())
            .ephemeral(ephemeral::<PasswordValue>().validates())
            .ephemeral(ephemeral::<SecretValue>())
            .ephemeral(ephemeral::<SecretValues>())
            .ephemeral(ephemeral::<Token>().renews().closes())
            .data_source(data_source::<AuditEvents>())
            .data_source(data_source::<Backend>())
            .data_source(data_source::<Leases>())
            .data_source(data_source::<MetadataOfSecret>())
            .data_source(data_source::<PolicyDocument>())
            .data_source(data_source::<RotationStatus>())
            .data_source(data_source::<SecretNames>())
            .resource(resource::<Access>().imports().modifies_plan())
            .resource(resource::<DatabaseRoleResource>().imports().validates())
            .function(function::<BuildRef>())
            .function(function::<CheckPassword>())
            .function(function::<Dsn>())
            .function(function::<DurationParse>())
            .function(function::<EntropyBits>())
            .function(function::<Fingerprint>())
            .function(function::<LooksSecret>())
            .function(function::<NextRotation>())
            .function(function::<ParseRef>())
            .function(function::<Redact>())
            .resource(
                resource::<PolicyOfTokens>()
                    .imports()
                    .modifies_plan()
                    .validates(),
            )
            .resource(resource::<Revocation>())
            .resource(resource::<SecretCopy>().imports().modifies_plan())
            .resource(resource::<Rotation>().imports().modifies_plan().validates())
            .resource(resource::<RotationPromotion>().modifies_plan())
            .resource(
                resource::<StoredSecret>()
                    .imports()
                    .modifies_plan()
                    .identifies()
                    .imports_by_identity()
                    .validates(),
            )
    }

    fn validate_config(config: &ProviderConfig, diagnostics: &mut Diagnostics) {
        config.validate(diagnostics);
    }

    async fn configure(call: &Call, config: ProviderConfig) -> Result<Workplace> {
        let workplace = Workplace::new(call.host(), config)?;
        workplace.tell_alerts(call).await?;
        Ok(workplace)
    }

    async fn shutdown(data: &Workplace) {
        data.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use coffer_plugin::schema::{Attribute, Block};

    use super::*;

    #[test]
    fn every_schema_is_one_that_terraform_takes() {
        assert_eq!(Coffer::offers().faults(), Vec::<String>::new());
    }

    /// Attributes whose names say that they hold a secret, with their paths.
    fn attributes(block: &Block, at: &str) -> Vec<(String, Attribute)> {
        let own = block
            .attributes
            .iter()
            .map(|attribute| (format!("{at}.{}", attribute.name), attribute.clone()));
        let nested = block
            .blocks
            .iter()
            .flat_map(|nested| attributes(&nested.block, &format!("{at}.{}", nested.name)));
        own.chain(nested).collect()
    }

    /// The promise of the schema: what Terraform stores has no place for a value.
    #[test]
    fn nothing_that_is_stored_can_hold_a_secret() {
        let offers = Coffer::offers();
        for (name, schema) in offers
            .resource_schemas()
            .chain(offers.data_source_schemas())
        {
            for (path, attribute) in attributes(&schema.block, name) {
                assert!(
                    !attribute.sensitive || attribute.write_only,
                    "{path} is a readable secret in something that Terraform stores"
                );
            }
        }
    }

    /// Whether an attribute's type is the one that carries secrets cannot be seen in the schema; its name can.
    #[test]
    fn every_ephemeral_attribute_with_a_value_is_sensitive() {
        let offers = Coffer::offers();
        let mut seen = 0;
        for (name, schema) in offers.ephemeral_schemas() {
            for (path, attribute) in attributes(&schema.block, name) {
                let holds_value = [
                    "argon2id_hash",
                    "base64",
                    "bcrypt_hash",
                    "client_token",
                    "data",
                    "data_json",
                    "dsn",
                    "hex",
                    "parameters",
                    "parameters_json",
                    "password",
                    "plaintext",
                    "plaintext_base64",
                    "private_key_openssh",
                    "private_key_pem",
                    "result",
                    "scram_sha_256",
                    "value",
                    "value_base64",
                    "values",
                ]
                .contains(&attribute.name);
                seen += usize::from(holds_value);
                assert_eq!(
                    attribute.sensitive, holds_value,
                    "{path}: sensitive and holding a value go together"
                );
            }
        }
        assert!(seen >= 5);
    }

    #[test]
    fn everything_is_described() {
        let offers = Coffer::offers();
        let provider = offers.provider_schema();
        let schemas = offers
            .resource_schemas()
            .chain(offers.ephemeral_schemas())
            .chain(offers.data_source_schemas())
            .chain([("provider", &provider)]);
        for (name, schema) in schemas {
            assert!(!schema.block.description.is_empty(), "{name}");
            for (path, attribute) in attributes(&schema.block, name) {
                assert!(!attribute.description.is_empty(), "{path}");
            }
        }
        for function in offers.function_signatures() {
            assert!(!function.description.is_empty(), "{}", function.name);
            for parameter in function.parameters {
                let name = format!("{}({})", function.name, parameter.name);
                assert!(!parameter.description.is_empty(), "{name}");
            }
        }
    }
}
