//! ApplyResourceChange.

use std::sync::Arc;

use crate::context::Context;
use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::planning::{echo_configuration, first_unknown};
use crate::private_state::PrivateState;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::registration::AnyResource;
use crate::schema::Block;

use super::answer::{Answer, failed, reported};
use super::identity::{encode_identity, identity_of};
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server};

type Response = wire::apply_resource_change::Response;

const RPC: &str = "ApplyResourceChange";

pub(super) async fn apply<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::apply_resource_change::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let resource = server.offered("resource", &server.offers().resources, &request.type_name)?;
    let block = &resource.schema().block;
    let ty = block.cty_type();
    let config = decode(request.config, &ty, "configuration")?;
    let prior = decode(request.prior_state, &ty, "state")?;
    let planned = decode(request.planned_state, &ty, "planned state")?;
    let (operation, said) = match (prior.is_null(), planned.is_null()) {
        (true, _) => ("create", &config),
        (false, false) => ("update", &config),
        // There is no configuration any more.
        (false, true) => ("delete", &prior),
    };
    let spec = CallSpec {
        private: PrivateState::from_bytes(&request.planned_private),
        timeout: timeout(said, operation, resource.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context(RPC, spec)?;
    let identity = request.planned_identity;

    let applying = carry_out(resource, &ctx, &config, &prior, &planned);
    // A panic is caught here, where the prior state is still at hand.
    let result = supervise(&ctx, Interruption::Costly, applying).await;
    let (state, diagnostics) = match result {
        Ok(Cty::Null) => (Cty::Null, reported(&ctx)),
        Ok(mut state) => {
            echo_configuration(block, &config, &planned, &mut state);
            let mut diagnostics = reported(&ctx);
            settle_unknowns(block, &mut state, &prior, &mut diagnostics);
            (state, diagnostics)
        }
        // What is stored stays stored.
        Err(errors) => (prior, failed(&ctx, errors)),
    };
    let new_identity = match state.is_null() {
        true => identity,
        false => encode_identity(resource, identity_of(resource, &state)?)?,
    };
    let response = Response {
        new_state: encode(&state, &ty)?,
        private: ctx.private().to_bytes(),
        new_identity,
        ..Response::default()
    };
    Ok(Answer::new(response, diagnostics))
}

/// Creates, changes or deletes; null when it is gone.
async fn carry_out<P: Provider>(
    resource: &dyn AnyResource<P>,
    ctx: &Context<P>,
    config: &Cty,
    prior: &Cty,
    planned: &Cty,
) -> Result<Cty, Diagnostics> {
    let (config, prior, planned) = (config.clone(), prior.clone(), planned.clone());
    match (prior.is_null(), planned.is_null()) {
        (true, true) => Ok(Cty::Null),
        (true, false) => resource.create(ctx, planned, config).await,
        (false, true) => resource.delete(ctx, prior).await.map(|()| Cty::Null),
        (false, false) => resource.update(ctx, prior, planned, config).await,
    }
}

/// Nothing unknown may be stored. Where an error came in between, the rest is null, and what was created is not
/// forgotten.
fn settle_unknowns(block: &Block, state: &mut Cty, prior: &Cty, diagnostics: &mut Diagnostics) {
    let failed = diagnostics.has_errors();
    while let Some(path) = first_unknown(state) {
        if !failed {
            diagnostics.push(
                Diagnostic::error(
                    "Bug in the provider",
                    format!("{path} is still unknown after apply. Please report it."),
                )
                .at(path.clone()),
            );
        }
        let name = match path.steps().first() {
            Some(crate::path::Step::Attribute(name)) => name.clone(),
            _ => return,
        };
        let Cty::Object(attributes) = state else {
            return;
        };
        let stored = prior.get(&name);
        let settled = match block.find(&name) {
            Some(_) => stored.clone(),
            None => without_unknowns(attributes.remove(&name).unwrap_or_default()),
        };
        attributes.insert(name, settled);
    }
}

/// Unknown parts as null.
fn without_unknowns(value: Cty) -> Cty {
    match value {
        Cty::Unknown => Cty::Null,
        Cty::List(elements) => Cty::List(elements.into_iter().map(without_unknowns).collect()),
        Cty::Set(elements) => Cty::set(elements.into_iter().map(without_unknowns).collect()),
        Cty::Object(attributes) => Cty::Object(
            attributes
                .into_iter()
                .map(|(name, value)| (name, without_unknowns(value)))
                .collect(),
        ),
        Cty::Typed(ty, value) => Cty::Typed(ty, Box::new(without_unknowns(*value))),
        known => known,
    }
}
