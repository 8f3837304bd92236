//! MoveResourceState.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::planning::remove_write_only;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::raw_state::RawState;
use crate::resource::MoveSource;

use super::Server;
use super::answer::Answer;
use super::identity::{encode_identity, identity_of};
use super::values::encode;

type Response = wire::move_resource_state::Response;

pub(super) fn move_state<P: Provider>(
    server: &Server<P>,
    request: wire::move_resource_state::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let name = &request.target_type_name;
    let resource = server.offered("resource", &server.offers().resources, name)?;
    let from = request.source_type_name.clone();
    let source = MoveSource {
        provider_address: request.source_provider_address,
        type_name: request.source_type_name,
        schema_version: request.source_schema_version,
        state: RawState::new(request.source_state.unwrap_or_default().json),
    };
    let moved = resource.move_from(source).transpose()?.flatten();
    let Some(mut state) = moved else {
        return Err(Diagnostic::error(
            "Resource cannot be moved",
            format!(
                "{name} does not take over objects of {from}. Import the object instead, and remove {from} \
                 from the state with a removed block."
            ),
        )
        .into());
    };
    let block = &resource.schema().block;
    remove_write_only(block, &mut state);
    let response = Response {
        target_state: encode(&state, &block.cty_type())?,
        target_identity: encode_identity(resource, identity_of(resource, &state)?)?,
        ..Response::default()
    };
    Ok(Answer::new(response, Diagnostics::new()))
}
