//! UpgradeResourceState.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::planning::{complete_blocks, remove_write_only};
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::raw_state::RawState;

use super::Server;
use super::answer::Answer;
use super::values::encode;

type Response = wire::upgrade_resource_state::Response;

pub(super) fn upgrade<P: Provider>(
    server: &Server<P>,
    request: wire::upgrade_resource_state::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let name = &request.type_name;
    let resource = server.offered("resource", &server.offers().resources, name)?;
    let schema = resource.schema();
    if request.version > schema.version {
        return Err(too_new(name, request.version, schema.version));
    }
    let raw = request.raw_state.unwrap_or_default();
    if raw.json.is_empty() && !raw.flatmap.is_empty() {
        return Err(Diagnostic::error(
            "State is too old",
            format!(
                "The state of {name} was written by Terraform 0.11. Import the resource again."
            ),
        )
        .into());
    }
    let ty = schema.block.cty_type();
    let raw = RawState::new(raw.json);
    let mut state = if request.version == schema.version {
        raw.decode_as(&ty)?
    } else {
        resource.upgrade(request.version, raw).unwrap_or_else(|| {
            Err(Diagnostic::error(
                "State cannot be upgraded",
                format!(
                    "The state of {name} has version {}, and this provider reads version {} alone. \
                     Remove the resource from the state and import it again.",
                    request.version, schema.version
                ),
            )
            .into())
        })?
    };
    complete_blocks(&schema.block, &mut state);
    remove_write_only(&schema.block, &mut state);
    let response = Response {
        upgraded_state: encode(&state, &ty)?,
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, Diagnostics::new()))
}

pub(super) fn too_new(name: &str, stored: i64, known: i64) -> Diagnostics {
    Diagnostic::error(
        "State is newer than the provider",
        format!(
            "The state of {name} has version {stored}, and this provider knows versions up to {known}. \
             Use the version of the provider that wrote it, or a later one."
        ),
    )
    .into()
}
