//! What identifies a resource for good.

use super::codec;
use super::failure::{Failure, warnings};
use super::proto::tfplugin5 as wire;
use super::session::Host;
use super::ty::Type;
use super::value::Value;

impl Host {
    /// The type of the identity of `type_name`; `None` where it has none or this host does not ask.
    ///
    /// # Errors
    /// When the provider does not answer as it should.
    pub async fn identity_type(&self, type_name: &str) -> Result<Option<Type>, Failure> {
        if !self.flavour().is_newer() {
            return Ok(None);
        }
        let request = wire::get_resource_identity_schemas::Request {};
        let answer = self
            .client()
            .get_resource_identity_schemas(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        let Some(schema) = answer.identity_schemas.get(type_name) else {
            return Ok(None);
        };
        let attributes = schema.identity_attributes.iter().map(|attribute| {
            if attribute.required_for_import == attribute.optional_for_import {
                return Err(Failure::Rule(format!(
                    "identity attribute {} is not either required or optional for import",
                    attribute.name
                )));
            }
            let ty = serde_json::from_slice(&attribute.r#type)
                .ok()
                .and_then(|json| Type::from_json(&json))
                .ok_or_else(|| Failure::Rule(format!("{} has no type", attribute.name)))?;
            Ok((attribute.name.clone(), ty))
        });
        attributes
            .collect::<Result<_, _>>()
            .map(|attributes| Some(Type::Object(attributes)))
    }

    /// Has a stored identity of an older version upgraded.
    ///
    /// # Errors
    /// What the provider reports.
    pub async fn upgrade_identity(
        &self,
        type_name: &str,
        version: i64,
        json: &serde_json::Value,
    ) -> Result<Value, Failure> {
        let request = wire::upgrade_resource_identity::Request {
            type_name: type_name.to_owned(),
            version,
            raw_identity: Some(wire::RawState {
                json: json.to_string().into_bytes(),
                flatmap: std::collections::HashMap::new(),
            }),
        };
        let answer = self
            .client()
            .upgrade_resource_identity(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        let ty = self
            .identity_type(type_name)
            .await?
            .ok_or_else(|| Failure::NotOffered(format!("identity of {type_name}")))?;
        decode(answer.upgraded_identity.as_ref(), &ty)
    }
}

pub(super) fn encode(identity: &Value, ty: &Type) -> Result<wire::ResourceIdentityData, Failure> {
    Ok(wire::ResourceIdentityData {
        identity_data: Some(codec::encode(identity, ty)?),
    })
}

pub(super) fn decode(
    data: Option<&wire::ResourceIdentityData>,
    ty: &Type,
) -> Result<Value, Failure> {
    let data = data.and_then(|data| data.identity_data.as_ref());
    Ok(codec::decode(data, ty)?)
}
