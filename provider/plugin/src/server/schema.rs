//! GetSchema, GetMetadata, GetFunctions.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Parameter;
use crate::offers::{FunctionSignature, Offers};
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::schema::Schema;

use super::Server;
use super::answer::Answer;

fn server_capabilities() -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}

pub(super) fn get_schema<P: Provider>(
    server: &Server<P>,
) -> Result<Answer<wire::get_provider_schema::Response>, Diagnostics> {
    let offers = server.offers();
    let response = wire::get_provider_schema::Response {
        provider: Some(offers.provider_schema().to_wire()),
        resource_schemas: wire_map(offers.resource_schemas()),
        data_source_schemas: wire_map(offers.data_source_schemas()),
        ephemeral_resource_schemas: wire_map(offers.ephemeral_schemas()),
        list_resource_schemas: wire_map(offers.list_resource_schemas()),
        action_schemas: offers
            .action_schemas()
            .map(|(name, schema)| {
                (
                    name.to_owned(),
                    wire::ActionSchema {
                        schema: Some(schema.to_wire()),
                    },
                )
            })
            .collect(),
        functions: functions(offers),
        server_capabilities: Some(server_capabilities()),
        provider_meta: None,
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, faults(offers)))
}

pub(super) fn get_functions<P: Provider>(
    server: &Server<P>,
) -> Result<Answer<wire::get_functions::Response>, Diagnostics> {
    let response = wire::get_functions::Response {
        functions: functions(server.offers()),
        diagnostics: Vec::new(),
    };
    Ok(Answer::new(response, Diagnostics::new()))
}

pub(super) fn get_metadata<P: Provider>(
    server: &Server<P>,
) -> Result<Answer<wire::get_metadata::Response>, Diagnostics> {
    use wire::get_metadata as metadata;
    let offers = server.offers();
    let name = |name: &&'static str| (*name).to_owned();
    let response = metadata::Response {
        server_capabilities: Some(server_capabilities()),
        diagnostics: Vec::new(),
        resources: offers
            .resources
            .keys()
            .map(|key| metadata::ResourceMetadata {
                type_name: name(key),
            })
            .collect(),
        data_sources: offers
            .data_sources
            .keys()
            .map(|key| metadata::DataSourceMetadata {
                type_name: name(key),
            })
            .collect(),
        ephemeral_resources: offers
            .ephemerals
            .keys()
            .map(|key| metadata::EphemeralResourceMetadata {
                type_name: name(key),
            })
            .collect(),
        list_resources: offers
            .list_resources
            .keys()
            .map(|key| metadata::ListResourceMetadata {
                type_name: name(key),
            })
            .collect(),
        actions: offers
            .actions
            .keys()
            .map(|key| metadata::ActionMetadata {
                type_name: name(key),
            })
            .collect(),
        functions: offers
            .functions
            .keys()
            .map(|key| metadata::FunctionMetadata { name: name(key) })
            .collect(),
    };
    Ok(Answer::new(response, faults(offers)))
}

fn wire_map<'a>(
    schemas: impl Iterator<Item = (&'static str, &'a Schema)>,
) -> HashMap<String, wire::Schema> {
    schemas
        .map(|(name, schema)| (name.to_owned(), schema.to_wire()))
        .collect()
}

/// A provider whose schemas break Terraform's rules says so, rather than have Terraform say it less clearly.
fn faults<P: Provider>(offers: &Offers<P>) -> Diagnostics {
    offers
        .faults()
        .into_iter()
        .map(|fault| Diagnostic::error("Bug in the provider's schema", format!("{fault}.")))
        .collect()
}

fn functions<P: Provider>(offers: &Offers<P>) -> HashMap<String, wire::Function> {
    offers
        .function_signatures()
        .map(|it| (it.name.to_owned(), function(it)))
        .collect()
}

fn function(signature: FunctionSignature) -> wire::Function {
    let (variadic, parameters): (Vec<_>, Vec<_>) = signature
        .parameters
        .iter()
        .partition(|parameter| parameter.variadic);
    wire::Function {
        parameters: parameters.into_iter().map(parameter).collect(),
        variadic_parameter: variadic.first().copied().map(parameter),
        r#return: Some(wire::function::Return {
            r#type: signature.output.to_bytes(),
        }),
        summary: signature.summary.to_owned(),
        description: signature.description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
        deprecation_message: signature.deprecated.unwrap_or_default().to_owned(),
    }
}

fn parameter(parameter: &Parameter) -> wire::function::Parameter {
    wire::function::Parameter {
        name: parameter.name.to_owned(),
        r#type: parameter.ty.to_bytes(),
        allow_null_value: parameter.allow_null,
        allow_unknown_values: parameter.allow_unknown,
        description: parameter.description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
    }
}
