use super::*;

fn text(text: &str) -> Cty {
    text.into()
}

async fn validate(
    host: &Host,
    config: &Cty,
    capabilities: Option<wire::ClientCapabilities>,
) -> Vec<(String, String)> {
    let request = wire::validate_resource_type_config::Request {
        type_name: "spy_thing".to_owned(),
        config: dynamic(config, &thing_type()),
        client_capabilities: capabilities,
    };
    let validated = host
        .service
        .validate_resource_type_config(Request::new(request))
        .await;
    told(&validated.unwrap().into_inner().diagnostics)
}

fn at(summary: &str, name: &str) -> (String, String) {
    (summary.to_owned(), name.to_owned())
}

#[tokio::test]
async fn each_fault_is_told_at_its_place() {
    let host = Host::new().await;
    let config = thing(&[
        ("name", text("much too long a name")),
        ("label", text("x")),
        ("row", text("top")),
        ("secret", text("x")),
        ("tag", Cty::List(vec![tag("", Cty::Null)])),
    ]);
    let expected = [
        at("Invalid value for name", "name"),
        at("secret_wo keeps the value out of state", "secret"),
        at("label is deprecated", "label"),
        at("Invalid value for text", "tag"),
        at("Label and row", "row"),
    ];
    assert_eq!(validate(&host, &config, Some(WRITE_ONLY)).await, expected);
}

#[tokio::test]
async fn what_is_unknown_is_left_alone() {
    let host = Host::new().await;
    let config = thing(&[
        ("name", Cty::Unknown),
        ("label", Cty::Unknown),
        ("row", Cty::Unknown),
        ("secret", Cty::Unknown),
        ("secret_wo", Cty::Unknown),
        ("pause", Cty::Unknown),
        ("tag", Cty::Unknown),
        ("timeouts", Cty::Unknown),
    ]);
    assert_eq!(validate(&host, &config, Some(WRITE_ONLY)).await, []);
}

#[tokio::test]
async fn a_write_only_value_is_refused_where_the_host_would_store_it() {
    let host = Host::new().await;
    let refused = [at(
        "Write-only argument needs a newer Terraform",
        "secret_wo",
    )];
    for secret in [text("hunter2"), Cty::Unknown] {
        let config = thing(&[("name", text("one")), ("secret_wo", secret)]);
        assert_eq!(validate(&host, &config, None).await, refused);
        assert_eq!(validate(&host, &config, Some(WRITE_ONLY)).await, []);
    }
    assert_eq!(
        validate(&host, &thing(&[("name", text("one"))]), None).await,
        []
    );
}

#[tokio::test]
async fn a_value_of_the_wrong_form_is_told_without_repeating_it() {
    let host = Host::new().await;
    let config = thing(&[("name", text("one")), ("pause", text("hunter2"))]);
    let request = wire::validate_resource_type_config::Request {
        type_name: "spy_thing".to_owned(),
        config: dynamic(&config, &thing_type()),
        client_capabilities: None,
    };
    let validated = host
        .service
        .validate_resource_type_config(Request::new(request))
        .await;
    let validated = validated.unwrap().into_inner();
    assert_eq!(
        told(&validated.diagnostics),
        [at("Invalid value for pause", "pause")]
    );
    assert!(!format!("{validated:?}").contains("hunter2"));
}

#[tokio::test]
async fn malformed_values_and_unknown_types_are_diagnostics() {
    let host = Host::new().await;
    let mut request = wire::validate_resource_type_config::Request {
        type_name: "spy_thing".to_owned(),
        config: Some(wire::DynamicValue {
            msgpack: vec![0xc1, 0xff],
            json: Vec::new(),
        }),
        client_capabilities: None,
    };
    let validated = host
        .service
        .validate_resource_type_config(Request::new(request.clone()))
        .await;
    let diagnostics = validated.unwrap().into_inner().diagnostics;
    assert_eq!(told(&diagnostics), [at("Malformed configuration", "")]);
    request.type_name = "spy_nothing".to_owned();
    let validated = host
        .service
        .validate_resource_type_config(Request::new(request))
        .await;
    let diagnostics = validated.unwrap().into_inner().diagnostics;
    assert_eq!(told(&diagnostics), [at("Unknown resource", "")]);
}
