//! GetResourceIdentitySchemas, UpgradeResourceIdentity, and identities in other answers.

use crate::cty::{Cty, CtyType};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::raw_state::RawState;
use crate::registration::AnyResource;
use crate::schema::IdentityAttribute;

use super::Server;
use super::answer::Answer;
use super::values::{decode, encode};

fn identity_type(attributes: &[IdentityAttribute]) -> CtyType {
    CtyType::object(
        attributes
            .iter()
            .map(|attribute| (attribute.name, attribute.ty.clone())),
    )
}

fn type_of<P: Provider>(resource: &dyn AnyResource<P>) -> Option<CtyType> {
    resource
        .identity_schema()
        .map(|(_, attributes)| identity_type(&attributes))
}

/// The identity of `state`, unless the resource has none or `state` lacks what identifies it.
pub(super) fn identity_of<P: Provider>(
    resource: &dyn AnyResource<P>,
    state: &Cty,
) -> Result<Option<Cty>, Diagnostics> {
    let identity = resource.identity(state)?;
    Ok(identity.filter(|identity| identity.is_wholly_known() && !all_null(identity)))
}

fn all_null(identity: &Cty) -> bool {
    identity
        .attributes()
        .is_none_or(|attributes| attributes.values().all(Cty::is_null))
}

pub(super) fn encode_identity<P: Provider>(
    resource: &dyn AnyResource<P>,
    identity: Option<Cty>,
) -> Result<Option<wire::ResourceIdentityData>, Diagnostics> {
    match (type_of(resource), identity) {
        (Some(ty), Some(identity)) => Ok(Some(wire::ResourceIdentityData {
            identity_data: encode(&identity, &ty)?,
        })),
        _ => Ok(None),
    }
}

/// The identity that a host sent, unless it sent none.
pub(super) fn decode_identity<P: Provider>(
    resource: &dyn AnyResource<P>,
    identity: Option<wire::ResourceIdentityData>,
) -> Result<Option<Cty>, Diagnostics> {
    match (type_of(resource), identity) {
        (Some(ty), Some(identity)) => {
            let identity = decode(identity.identity_data, &ty, "identity")?;
            Ok(Some(identity).filter(|identity| !identity.is_null()))
        }
        _ => Ok(None),
    }
}

pub(super) fn get_schemas<P: Provider>(
    server: &Server<P>,
) -> Result<Answer<wire::get_resource_identity_schemas::Response>, Diagnostics> {
    let schemas = server
        .offers()
        .resources
        .iter()
        .filter_map(|(name, resource)| {
            let (version, attributes) = resource.identity_schema()?;
            let schema = wire::ResourceIdentitySchema {
                version,
                identity_attributes: attributes.iter().map(IdentityAttribute::to_wire).collect(),
            };
            Some(((*name).to_owned(), schema))
        });
    let response = wire::get_resource_identity_schemas::Response {
        identity_schemas: schemas.collect(),
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, Diagnostics::new()))
}

/// An identity never changes its meaning, so an older one is read by today's shape.
pub(super) fn upgrade<P: Provider>(
    server: &Server<P>,
    request: wire::upgrade_resource_identity::Request,
) -> Result<Answer<wire::upgrade_resource_identity::Response>, Diagnostics> {
    let resource = server.offered("resource", &server.offers().resources, &request.type_name)?;
    let Some((version, attributes)) = resource.identity_schema() else {
        return Err(Diagnostic::error(
            "Resource has no identity",
            format!(
                "{} has no identity in this version of the provider.",
                request.type_name
            ),
        )
        .into());
    };
    if request.version > version {
        return Err(super::upgrade::too_new(
            &request.type_name,
            request.version,
            version,
        ));
    }
    let raw = RawState::new(request.raw_identity.unwrap_or_default().json);
    let ty = identity_type(&attributes);
    let identity_data = encode(&raw.decode_as(&ty)?, &ty)?;
    let response = wire::upgrade_resource_identity::Response {
        upgraded_identity: Some(wire::ResourceIdentityData { identity_data }),
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, Diagnostics::new()))
}
