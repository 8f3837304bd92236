//! PrepareProviderConfig, Configure, Stop.

use std::sync::Arc;

use crate::context::{Host, lock};
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::path::Path;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::validation::validate_block;

use super::answer::{Answer, failed};
use super::supervise::{Interruption, supervise};
use super::values::{decode, encode};
use super::{CallSpec, Server, capabilities};

/// Judges the configuration and gives it back as it was: Terraform allows no change.
pub(super) fn prepare<P: Provider>(
    server: &Server<P>,
    request: wire::prepare_provider_config::Request,
) -> Result<Answer<wire::prepare_provider_config::Response>, Diagnostics> {
    let block = server.offers().provider_schema().block;
    let ty = block.cty_type();
    let config = decode(request.config, &ty, "provider configuration")?;
    let mut diagnostics = Diagnostics::new();
    validate_block(&block, &config, &Path::root(), &mut diagnostics);
    let prepared_config = encode(&config, &ty)?;
    match P::Config::from_cty(config) {
        Ok(config) => P::validate_config(&config, &mut diagnostics),
        Err(errors) => diagnostics.extend(Diagnostics::from(errors)),
    }
    let response = wire::prepare_provider_config::Response {
        prepared_config,
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, diagnostics))
}

pub(super) async fn configure<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::configure::Request,
) -> Result<Answer<wire::configure::Response>, Diagnostics> {
    let tells_capabilities = request.client_capabilities.is_some();
    let capabilities = capabilities(request.client_capabilities);
    let ty = server.offers().provider_schema().block.cty_type();
    let config = P::Config::from_cty(decode(request.config, &ty, "provider configuration")?)?;
    let host = Host {
        terraform_version: request.terraform_version,
        deferral_allowed: capabilities.deferral_allowed,
        tells_capabilities,
    };
    let mut call = server.call(
        "Configure",
        CallSpec {
            capabilities,
            ..CallSpec::default()
        },
    );
    call.host = host.clone();
    let configuring = supervise(&call, Interruption::Harmless, P::configure(&call, config));
    let data = configuring.await.map_err(|errors| failed(&call, errors))?;
    *lock(&server.configured) = Some(super::Configured {
        data: Arc::new(data),
        host,
    });
    Ok(Answer::of(wire::configure::Response::default(), &call))
}
