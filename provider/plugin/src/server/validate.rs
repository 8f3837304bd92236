//! The Validate RPCs. Each judges by the schema first, then by the author's own rule.

use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::planning::configured_write_only;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::schema::Block;
use crate::validation::validate_block;

use super::answer::Answer;
use super::values::decode;
use super::{Server, capabilities};

type Validated<R> = Result<Answer<R>, Diagnostics>;

/// Judges `config`; `own` is the author's rule.
fn judge(
    block: &Block,
    config: Option<wire::DynamicValue>,
    own: impl FnOnce(Cty, &mut Diagnostics),
) -> Result<Diagnostics, Diagnostics> {
    let config = decode(config, &block.cty_type(), "configuration")?;
    let mut diagnostics = Diagnostics::new();
    validate_block(block, &config, &Path::root(), &mut diagnostics);
    own(config, &mut diagnostics);
    Ok(diagnostics)
}

pub(super) fn resource<P: Provider>(
    server: &Server<P>,
    request: wire::validate_resource_type_config::Request,
) -> Validated<wire::validate_resource_type_config::Response> {
    let resource = server.offered("resource", &server.offers().resources, &request.type_name)?;
    let block = &resource.schema().block;
    let write_only = capabilities(request.client_capabilities).write_only_attributes_allowed;
    let diagnostics = judge(block, request.config, |config, diagnostics| {
        if !write_only {
            diagnostics.extend(
                configured_write_only(block, &config)
                    .into_iter()
                    .map(refused),
            );
        }
        resource.validate(config, diagnostics);
    })?;
    Ok(Answer::new(Default::default(), diagnostics))
}

fn refused(path: Path) -> Diagnostic {
    Diagnostic::error(
        "Write-only argument needs a newer Terraform",
        format!(
            "{path} is handed over without being stored, which Terraform 1.11 and OpenTofu 1.11 can and this \
             version cannot. Use a newer version, or leave the argument out."
        ),
    )
    .at(path)
}

pub(super) fn data_source<P: Provider>(
    server: &Server<P>,
    request: wire::validate_data_source_config::Request,
) -> Validated<wire::validate_data_source_config::Response> {
    let offers = server.offers();
    let it = server.offered("data source", &offers.data_sources, &request.type_name)?;
    let diagnostics = judge(&it.schema().block, request.config, |c, d| it.validate(c, d))?;
    Ok(Answer::new(Default::default(), diagnostics))
}

pub(super) fn ephemeral<P: Provider>(
    server: &Server<P>,
    request: wire::validate_ephemeral_resource_config::Request,
) -> Validated<wire::validate_ephemeral_resource_config::Response> {
    let offers = server.offers();
    let it = server.offered("ephemeral resource", &offers.ephemerals, &request.type_name)?;
    let diagnostics = judge(&it.schema().block, request.config, |c, d| it.validate(c, d))?;
    Ok(Answer::new(Default::default(), diagnostics))
}

pub(super) fn action<P: Provider>(
    server: &Server<P>,
    request: wire::validate_action_config::Request,
) -> Validated<wire::validate_action_config::Response> {
    let it = server.offered("action", &server.offers().actions, &request.action_type)?;
    let diagnostics = judge(&it.schema().block, request.config, |c, d| it.validate(c, d))?;
    Ok(Answer::new(Default::default(), diagnostics))
}

pub(super) fn list<P: Provider>(
    server: &Server<P>,
    request: wire::validate_list_resource_config::Request,
) -> Validated<wire::validate_list_resource_config::Response> {
    let offers = server.offers();
    let it = server.offered("list resource", &offers.list_resources, &request.type_name)?;
    let diagnostics = judge(&it.schema().block, request.config, |c, d| it.validate(c, d))?;
    Ok(Answer::new(Default::default(), diagnostics))
}
