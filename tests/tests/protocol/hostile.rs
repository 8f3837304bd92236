//! What no good host sends. Each is an error, and the server goes on.

use coffer_tests::host::proto::tfplugin5 as wire;
use coffer_tests::host::{Host, Program, Severity, Value, Walk};

use crate::corner::{Corner, PROGRAM, said};

/// Bytes that are no value of any ward.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let deep = [vec![0x91; 100_000], vec![0xc0]].concat();
    let text = |bytes: &[u8]| {
        // {"name": <bytes>}
        [&[0x81, 0xa4, b'n', b'a', b'm', b'e'], bytes].concat()
    };
    vec![
        ("a byte that is reserved", vec![0xc1]),
        ("an end in the middle", vec![0x82, 0xa1]),
        (
            "a map that claims four billion members",
            vec![0xdf, 0xff, 0xff, 0xff, 0xff],
        ),
        (
            "an array that claims four billion elements",
            text(&[0xdd, 0xff, 0xff, 0xff, 0xff]),
        ),
        (
            "a text that claims four gibibytes",
            text(&[0xdb, 0xff, 0xff, 0xff, 0xff]),
        ),
        (
            "an extension that claims four gibibytes",
            text(&[0xc9, 0xff, 0xff, 0xff, 0xff, 0]),
        ),
        ("arrays in arrays without end", deep.clone()),
        ("arrays in a dynamic value without end", {
            let mut bytes = vec![0x81, 0xa8];
            bytes.extend(b"anything");
            bytes.extend([0x92, 0xc4, 9]);
            bytes.extend(b"\"dynamic\"");
            bytes.extend(deep);
            bytes
        }),
        ("a text that is not UTF-8", text(&[0xa2, 0xff, 0xfe])),
        ("a number for a text", text(&[7])),
        ("a text for an object", vec![0xa1, b'x']),
        ("a key that is no text", vec![0x81, 7, 7]),
        ("a name that the schema lacks", vec![0x81, 0xa1, b'x', 0xc0]),
        (
            "the same name twice",
            [
                vec![0x82],
                text(&[0xa1, b'a'])[1..].to_vec(),
                text(&[0xa1, b'b'])[1..].to_vec(),
            ]
            .concat(),
        ),
        ("something after the value", vec![0xc0, 0xc0]),
        ("a dynamic value of no type", {
            let mut bytes = vec![0x81, 0xa8];
            bytes.extend(b"anything");
            bytes.extend([0x92, 0xc4, 1, b'{', 0xc0]);
            bytes
        }),
    ]
}

fn value(msgpack: Vec<u8>) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue {
        msgpack,
        json: Vec::new(),
    })
}

fn is_error(diagnostics: &[wire::Diagnostic]) -> bool {
    use wire::diagnostic::Severity;
    diagnostics
        .iter()
        .any(|one| one.severity() == Severity::Error && !one.summary.is_empty())
}

#[tokio::test]
async fn malformed_values_are_errors_in_every_call_that_takes_one() {
    let corner = Corner::start().await;
    let mut client = corner.host.client();
    let ward = || "corner_ward".to_owned();
    for (what, bytes) in malformed() {
        let config = || value(bytes.clone());
        let said = [
            client
                .validate_resource_type_config(wire::validate_resource_type_config::Request {
                    type_name: ward(),
                    config: config(),
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .plan_resource_change(wire::plan_resource_change::Request {
                    type_name: ward(),
                    config: config(),
                    prior_state: config(),
                    proposed_new_state: config(),
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .apply_resource_change(wire::apply_resource_change::Request {
                    type_name: ward(),
                    config: config(),
                    planned_state: config(),
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .read_resource(wire::read_resource::Request {
                    type_name: ward(),
                    current_state: config(),
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .open_ephemeral_resource(wire::open_ephemeral_resource::Request {
                    type_name: "corner_pass".to_owned(),
                    config: config(),
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .prepare_provider_config(wire::prepare_provider_config::Request {
                    config: config(),
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .read_data_source(wire::read_data_source::Request {
                    type_name: "corner_view".to_owned(),
                    config: config(),
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
            client
                .generate_resource_config(wire::generate_resource_config::Request {
                    type_name: ward(),
                    state: config(),
                })
                .await
                .unwrap()
                .into_inner()
                .diagnostics,
        ];
        for (call, diagnostics) in said.iter().enumerate() {
            assert!(is_error(diagnostics), "{what}, call {call}");
        }
        let called = client
            .call_function(wire::call_function::Request {
                name: "twice".to_owned(),
                arguments: config().into_iter().collect(),
            })
            .await
            .unwrap()
            .into_inner();
        assert!(called.error.is_some(), "{what}");
    }
    serves_on(&corner).await;
}

async fn serves_on(corner: &Corner) {
    let ward = corner.ward();
    ward.settle(None, &ward.config([("name", "after".into())]))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_error_about_a_value_does_not_quote_it() {
    let corner = Corner::start().await;
    let mut bytes = vec![0x81, 0xa8];
    bytes.extend(b"revision");
    bytes.push(0xa7);
    bytes.extend(b"hunter2");
    let said = corner
        .host
        .client()
        .validate_resource_type_config(wire::validate_resource_type_config::Request {
            type_name: "corner_ward".to_owned(),
            config: value(bytes),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner()
        .diagnostics;
    assert!(is_error(&said));
    let text = format!("{said:?}");
    assert!(
        text.contains("revision") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn names_that_are_not_offered_are_errors() {
    let corner = Corner::start().await;
    let mut client = corner.host.client();
    for name in ["", "corner_nothing", "../ward", "\u{0}"] {
        let name = || name.to_owned();
        let opened = client
            .open_ephemeral_resource(wire::open_ephemeral_resource::Request {
                type_name: name(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert!(is_error(&opened.diagnostics));
        let planned = client
            .plan_resource_change(wire::plan_resource_change::Request {
                type_name: name(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert!(is_error(&planned.diagnostics));
        let called = client
            .call_function(wire::call_function::Request {
                name: name(),
                arguments: Vec::new(),
            })
            .await
            .unwrap()
            .into_inner();
        assert!(called.error.is_some());
        let mut events = client
            .list_resource(wire::list_resource::Request {
                type_name: name(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        let event = events.message().await.unwrap().unwrap();
        assert!(is_error(&event.diagnostic));
    }
    serves_on(&corner).await;
}

#[tokio::test]
async fn too_few_and_too_many_arguments_are_errors() {
    let corner = Corner::start().await;
    let mut client = corner.host.client();
    for (name, count) in [("twice", 0), ("twice", 2), ("same", 0), ("same", 5)] {
        let called = client
            .call_function(wire::call_function::Request {
                name: name.to_owned(),
                arguments: vec![wire::DynamicValue::default(); count],
            })
            .await
            .unwrap()
            .into_inner();
        assert!(called.error.is_some(), "{name} with {count}");
    }
}

#[tokio::test]
async fn calls_before_the_provider_is_configured_are_errors() {
    let host = Host::start(&Program::new(PROGRAM)).await.unwrap();
    let ward = host.resource("corner_ward").unwrap();
    let config = ward.config([("name", "north".into())]);
    // Judging needs no provider.
    ward.validate(&config).await.unwrap();
    let told = said(ward.plan(None, Some(&config)).await);
    assert!(told.contains("onfigure"), "{told}");
    let pass = host.ephemeral("corner_pass").unwrap();
    let told = said(pass.open(&pass.config([("name", "ada".into())])).await);
    assert!(told.contains("onfigure"), "{told}");
    // Afterwards all is well.
    host.configure(Walk::Apply, &host.provider_config([]))
        .await
        .unwrap();
    ward.settle(None, &config).await.unwrap();
}

#[tokio::test]
async fn a_change_from_nothing_to_nothing_is_none() {
    let corner = Corner::start().await;
    let applied = corner
        .host
        .client()
        .apply_resource_change(wire::apply_resource_change::Request {
            type_name: "corner_ward".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    assert!(!is_error(&applied.diagnostics));
    let warnings = coffer_tests::host::decode(
        applied.new_state.as_ref(),
        &corner.ward().schema().block.ty(),
    );
    assert_eq!(warnings.unwrap(), Value::Null);
}

#[tokio::test]
async fn many_calls_at_once_are_answered() {
    let corner = Corner::start().await;
    let pass = corner.host.ephemeral("corner_pass").unwrap();
    let configs: Vec<Value> = (0..100)
        .map(|number| pass.config([("name", format!("person-{number}").into())]))
        .collect();
    let opening = configs.iter().map(|config| pass.open(config));
    let opened = futures_util::future::join_all(opening).await;
    for (config, open) in configs.iter().zip(opened) {
        let open = open.unwrap();
        assert!(
            open.warnings
                .iter()
                .all(|one| one.severity == Severity::Warning)
        );
        assert_eq!(open.result.get("name"), config.get("name"));
        pass.close(open).await.unwrap();
    }
}
