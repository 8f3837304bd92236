//! ReadDataSource.

use std::sync::Arc;

use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::planning::{echo_configuration, first_unknown};
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use super::answer::{Answer, failed, reported};
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server, capabilities};

type Response = wire::read_data_source::Response;

pub(super) async fn read<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::read_data_source::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let offers = server.offers();
    let source = server.offered("data source", &offers.data_sources, &request.type_name)?;
    let block = &source.schema().block;
    let ty = block.cty_type();
    let config = decode(request.config, &ty, "configuration")?;
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        timeout: timeout(&config, "read", source.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("ReadDataSource", spec)?;
    let reading = source.read(&ctx, config.clone());
    let read = supervise(&ctx, Interruption::Harmless, reading).await;
    let mut state = read.map_err(|errors| failed(&ctx, errors))?;
    echo_configuration(block, &config, &Cty::Null, &mut state);
    let mut diagnostics = reported(&ctx);
    if let Some(path) = first_unknown(&state) {
        let detail = format!("{path} is unknown after the read. Please report it.");
        diagnostics.push(Diagnostic::error("Bug in the provider", detail).at(path));
        return Err(diagnostics);
    }
    let response = Response {
        state: encode(&state, &ty)?,
        ..Response::default()
    };
    Ok(Answer::new(response, diagnostics))
}
