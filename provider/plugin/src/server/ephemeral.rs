//! Open, Renew and CloseEphemeralResource. `deferred` is never returned: Terraform 1.11 takes it for an expired
//! lease.

use std::sync::Arc;

use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::planning::echo_configuration;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use super::answer::{Answer, failed};
use super::leases::Private;
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server, capabilities};

pub(super) async fn open<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::open_ephemeral_resource::Request,
) -> Result<Answer<wire::open_ephemeral_resource::Response>, Diagnostics> {
    let offers = server.offers();
    let name = &request.type_name;
    let ephemeral = server.offered("ephemeral resource", &offers.ephemerals, name)?;
    let block = &ephemeral.schema().block;
    let ty = block.cty_type();
    let config = decode(request.config, &ty, "configuration")?;
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        timeout: timeout(&config, "open", ephemeral.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("OpenEphemeralResource", spec)?;
    let opening = server.leases.opening().await;
    let work = ephemeral.open(&ctx, config.clone());
    let opened = supervise(&ctx, Interruption::Costly, work).await;
    let mut opened = opened.map_err(|errors| failed(&ctx, errors))?;
    let private = Private::new(opened.lease);
    if ephemeral.closes() {
        server.leases.insert(name, &private);
    }
    drop(opening);
    echo_configuration(block, &config, &Cty::Null, &mut opened.result);
    let response = wire::open_ephemeral_resource::Response {
        result: encode(&opened.result, &ty)?,
        renew_at: opened.renew_at.map(Into::into),
        private: Some(private.to_bytes()),
        ..Default::default()
    };
    Ok(Answer::of(response, &ctx))
}

pub(super) async fn renew<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::renew_ephemeral_resource::Request,
) -> Result<Answer<wire::renew_ephemeral_resource::Response>, Diagnostics> {
    let offers = server.offers();
    let ephemeral = server.offered("ephemeral resource", &offers.ephemerals, &request.type_name)?;
    let private = Private::from_bytes(request.private.as_deref())?;
    let spec = CallSpec {
        timeout: Some(ephemeral.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("RenewEphemeralResource", spec)?;
    let renewing = ephemeral.renew(&ctx, private.lease);
    let renewed = supervise(&ctx, Interruption::Costly, renewing).await;
    let renew_at = renewed.map_err(|errors| failed(&ctx, errors))?;
    let response = wire::renew_ephemeral_resource::Response {
        renew_at: renew_at.map(Into::into),
        private: request.private,
        diagnostics: Vec::new(),
    };
    Ok(Answer::of(response, &ctx))
}

pub(super) async fn close<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::close_ephemeral_resource::Request,
) -> Result<Answer<wire::close_ephemeral_resource::Response>, Diagnostics> {
    let offers = server.offers();
    let name = request.type_name;
    let ephemeral = server.offered("ephemeral resource", &offers.ephemerals, &name)?;
    if !ephemeral.closes() {
        return Ok(Answer::new(Default::default(), Diagnostics::new()));
    }
    let private = Private::from_bytes(request.private.as_deref())?;
    // One that could not be closed stays known, and is tried again at the end.
    let warnings = server
        .close_lease(&name, private.lease.clone(), None)
        .await?;
    server.leases.remove(&private.id);
    Ok(Answer::new(Default::default(), warnings))
}
