//! PlanResourceChange.

use std::sync::Arc;

use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::path::Path;
use crate::planning::{
    apply_defaults, keep_equivalent, mark_computed_unknown, paths_to_replace, remove_write_only,
    take_over,
};
use crate::private_state::PrivateState;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::schema::Block;

use super::answer::{Answer, failed};
use super::identity::{encode_identity, identity_of};
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server, capabilities};

type Response = wire::plan_resource_change::Response;

const RPC: &str = "PlanResourceChange";

pub(super) async fn plan<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::plan_resource_change::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let resource = server.offered("resource", &server.offers().resources, &request.type_name)?;
    let block = &resource.schema().block;
    let ty = block.cty_type();
    let config = decode(request.config, &ty, "configuration")?;
    let prior = decode(request.prior_state, &ty, "state")?;
    let proposed = decode(request.proposed_new_state, &ty, "proposed state")?;
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        private: PrivateState::from_bytes(&request.prior_private),
        timeout: timeout(&config, "read", resource.timeout()),
    };
    let ctx = server.context(RPC, spec)?;
    if proposed.is_null() {
        let planning = resource.plan_delete(&ctx, prior);
        let result = supervise(&ctx, Interruption::Harmless, planning).await;
        result.map_err(|errors| failed(&ctx, errors))?;
        let response = Response {
            planned_state: encode(&Cty::Null, &ty)?,
            planned_private: ctx.private().to_bytes(),
            planned_identity: request.prior_identity,
            ..Response::default()
        };
        return Ok(Answer::of(response, &ctx));
    }

    let mut planned = plan_by_schema(block, &config, &prior, proposed);
    let modifying = resource.modify_plan(&ctx, &config, &prior, &planned);
    let modified = supervise(&ctx, Interruption::Harmless, modifying).await;
    let mut replace: Vec<Path> = Vec::new();
    if let Some(modified) = modified.map_err(|errors| failed(&ctx, errors))? {
        take_over(
            block,
            &config,
            &modified.before,
            &modified.after,
            &mut planned,
        );
        replace = modified.replace;
    }
    if prior.is_null() {
        replace.clear();
    } else {
        replace.extend(paths_to_replace(block, &config, &prior, &planned));
        replace.sort();
        replace.dedup();
    }

    // What identifies an object that is yet to be made, or made anew, need not be known.
    let identity = match prior.is_null() || !replace.is_empty() {
        true => None,
        false => identity_of(resource, &prior)?,
    };
    let response = Response {
        planned_state: encode(&planned, &ty)?,
        requires_replace: replace.iter().map(Path::to_wire).collect(),
        planned_private: ctx.private().to_bytes(),
        planned_identity: encode_identity(resource, identity)?,
        ..Response::default()
    };
    Ok(Answer::of(response, &ctx))
}

/// What the schema alone says about a creation or change.
fn plan_by_schema(block: &Block, config: &Cty, prior: &Cty, proposed: Cty) -> Cty {
    let mut planned = proposed;
    remove_write_only(block, &mut planned);
    apply_defaults(block, config, &mut planned);
    if !prior.is_null() {
        keep_equivalent(block, prior, &mut planned);
    }
    if planned != *prior {
        mark_computed_unknown(block, config, prior, &mut planned);
    }
    planned
}
