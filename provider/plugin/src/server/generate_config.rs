//! GenerateResourceConfig: a configuration that would lead to a given state.

use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::schema::{Block, Nesting, Presence};

use super::Server;
use super::answer::Answer;
use super::values::{decode, encode};

type Response = wire::generate_resource_config::Response;

pub(super) fn generate<P: Provider>(
    server: &Server<P>,
    request: wire::generate_resource_config::Request,
) -> Result<Answer<Response>, Diagnostics> {
    let resource = server.offered("resource", &server.offers().resources, &request.type_name)?;
    let block = &resource.schema().block;
    let ty = block.cty_type();
    let mut config = decode(request.state, &ty, "state")?;
    keep_configurable(block, &mut config);
    let response = Response {
        config: encode(&config, &ty)?,
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, Diagnostics::new()))
}

/// Leaves what a person would write: no computed, deprecated or write-only values, no values equal to the default,
/// no `timeouts`.
fn keep_configurable(block: &Block, value: &mut Cty) {
    let Cty::Object(values) = value else { return };
    for attribute in &block.attributes {
        let Some(value) = values.get_mut(attribute.name) else {
            continue;
        };
        let drop = attribute.presence == Presence::Computed
            || attribute.deprecated.is_some()
            || attribute.write_only
            || attribute.default.as_ref() == Some(value);
        if drop {
            *value = Cty::Null;
        }
    }
    for nested in &block.blocks {
        let Some(value) = values.get_mut(nested.name) else {
            continue;
        };
        match (nested.nesting, value) {
            (Nesting::Single, value) if nested.name == "timeouts" => *value = Cty::Null,
            (Nesting::Single, value) => keep_configurable(&nested.block, value),
            (_, Cty::List(elements) | Cty::Set(elements)) => {
                elements
                    .iter_mut()
                    .for_each(|element| keep_configurable(&nested.block, element));
            }
            (Nesting::Map, Cty::Object(elements)) => {
                elements
                    .values_mut()
                    .for_each(|element| keep_configurable(&nested.block, element));
            }
            _ => {}
        }
    }
}
