//! What no good host sends.

use crate::host::proto::tfplugin5 as wire;
use crate::host::{Host, Value};

use super::Report;

pub(super) async fn check(host: &Host, report: &mut Report) {
    let mut client = host.client();
    let opened = client
        .open_ephemeral_resource(wire::open_ephemeral_resource::Request {
            type_name: "no_such_thing".to_owned(),
            ..Default::default()
        })
        .await;
    let refused = opened.is_ok_and(|opened| is_error(&opened.into_inner().diagnostics));
    report.check("a name that is not offered is an error", refused);

    for name in host.schema().ephemerals.keys() {
        let opened = client
            .open_ephemeral_resource(wire::open_ephemeral_resource::Request {
                type_name: name.clone(),
                config: Some(malformed()),
                ..Default::default()
            })
            .await;
        let refused = opened.is_ok_and(|opened| is_error(&opened.into_inner().diagnostics));
        report.check(&format!("{name} takes no malformed value"), refused);
    }
    for (name, schema) in &host.schema().resources {
        let planned = client
            .plan_resource_change(wire::plan_resource_change::Request {
                type_name: name.clone(),
                config: Some(malformed()),
                proposed_new_state: Some(malformed()),
                ..Default::default()
            })
            .await;
        let refused = planned.is_ok_and(|planned| is_error(&planned.into_inner().diagnostics));
        report.check(&format!("{name} takes no malformed value"), refused);

        let Ok(resource) = host.resource(name) else {
            continue;
        };
        let text = schema.block.attributes.iter().find(|(_, attribute)| {
            attribute.ty == crate::host::Type::String
                && !attribute.flags.write_only
                && (attribute.flags.required || attribute.flags.optional)
        });
        if let Some((attribute, _)) = text {
            let long = Value::String("x".repeat(6 << 20));
            // Whether it is a good value or not: it is answered.
            let answered = resource
                .validate(&resource.config([(attribute.as_str(), long)]))
                .await;
            let answered = !matches!(answered, Err(crate::host::Failure::Status(_)));
            report.check(&format!("{name} answers to 6 MiB"), answered);
        }
    }
    let healthy = host.is_healthy().await;
    report.check("it serves on", healthy.unwrap_or(false));
}

fn malformed() -> wire::DynamicValue {
    wire::DynamicValue {
        msgpack: vec![0xdf, 0xff, 0xff, 0xff, 0xff, 0xc1],
        json: Vec::new(),
    }
}

fn is_error(diagnostics: &[wire::Diagnostic]) -> bool {
    use wire::diagnostic::Severity;
    diagnostics
        .iter()
        .any(|one| one.severity() == Severity::Error)
}
