//! ImportResourceState.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::planning::remove_write_only;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::registration::ImportSource;

use super::answer::{Answer, failed};
use super::identity::{decode_identity, encode_identity, identity_of};
use super::supervise::{Interruption, supervise};
use super::values::encode;
use super::{CallSpec, Server, capabilities};

type Response = wire::import_resource_state::Response;

pub(super) async fn import<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::import_resource_state::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let name = request.type_name;
    let resource = server.offered("resource", &server.offers().resources, &name)?;
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        timeout: Some(resource.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("ImportResourceState", spec)?;
    let (source, way) = if request.id.is_empty() {
        match decode_identity(resource, request.identity)? {
            Some(identity) => (ImportSource::Identity(identity), "its identity"),
            None => (ImportSource::Id(request.id), "an ID"),
        }
    } else {
        (ImportSource::Id(request.id), "an ID")
    };
    let Some(importing) = resource.import(&ctx, source) else {
        return Err(Diagnostic::error(
            "Resource cannot be imported",
            format!("{name} cannot be imported by {way}."),
        )
        .into());
    };
    let imported = supervise(&ctx, Interruption::Harmless, importing).await;
    let mut state = imported.map_err(|errors| failed(&ctx, errors))?;
    let block = &resource.schema().block;
    remove_write_only(block, &mut state);
    let identity = encode_identity(resource, identity_of(resource, &state)?)?;
    let imported = wire::import_resource_state::ImportedResource {
        state: encode(&state, &block.cty_type())?,
        private: ctx.private().to_bytes(),
        identity,
        type_name: name,
    };
    let response = Response {
        imported_resources: vec![imported],
        ..Response::default()
    };
    Ok(Answer::of(response, &ctx))
}
