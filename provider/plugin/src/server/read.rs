//! ReadResource.

use std::sync::Arc;

use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::planning::{keep_equivalent, remove_write_only};
use crate::private_state::PrivateState;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use super::answer::{Answer, failed};
use super::identity::{encode_identity, identity_of};
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server, capabilities};

type Response = wire::read_resource::Response;

pub(super) async fn read<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::read_resource::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let resource = server.offered("resource", &server.offers().resources, &request.type_name)?;
    let block = &resource.schema().block;
    let ty = block.cty_type();
    let state = decode(request.current_state, &ty, "state")?;
    if state.is_null() {
        let response = Response {
            new_state: encode(&Cty::Null, &ty)?,
            ..Response::default()
        };
        return Ok(Answer::new(response, Diagnostics::new()));
    }
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        private: PrivateState::from_bytes(&request.private),
        timeout: timeout(&state, "read", resource.timeout()),
    };
    let ctx = server.context("ReadResource", spec)?;
    let reading = resource.read(&ctx, state.clone());
    let read = supervise(&ctx, Interruption::Harmless, reading).await;
    let (new_state, identity) = match read.map_err(|errors| failed(&ctx, errors))? {
        None => (Cty::Null, None),
        Some(mut read) => {
            remove_write_only(block, &mut read);
            keep_equivalent(block, &state, &mut read);
            let identity = identity_of(resource, &read)?;
            (read, identity)
        }
    };
    let response = Response {
        new_state: encode(&new_state, &ty)?,
        private: ctx.private().to_bytes(),
        new_identity: match new_state.is_null() {
            true => request.current_identity,
            false => encode_identity(resource, identity)?,
        },
        ..Response::default()
    };
    Ok(Answer::of(response, &ctx))
}
