use super::*;
use crate::Provider as _;

fn config(endpoint: Cty) -> Option<wire::DynamicValue> {
    let ty = <Spy as crate::Provider>::Config::block().cty_type();
    dynamic(&Cty::object([("endpoint", endpoint)]), &ty)
}

#[tokio::test]
async fn a_prepared_configuration_is_the_one_that_came() {
    let host = Host::new().await;
    for endpoint in [Cty::Null, Cty::Unknown, "x".into()] {
        let config = config(endpoint);
        let request = wire::prepare_provider_config::Request {
            config: config.clone(),
        };
        let prepared = host
            .service
            .prepare_provider_config(Request::new(request))
            .await
            .unwrap();
        assert_eq!(prepared.get_ref().prepared_config, config);
        assert_eq!(prepared.get_ref().diagnostics, []);
    }
    let request = wire::prepare_provider_config::Request {
        config: config("".into()),
    };
    let prepared = host
        .service
        .prepare_provider_config(Request::new(request))
        .await
        .unwrap();
    let expected = [(
        "Invalid value for endpoint".to_owned(),
        "endpoint".to_owned(),
    )];
    assert_eq!(told(&prepared.get_ref().diagnostics), expected);
}

#[tokio::test]
async fn the_host_is_known_to_every_call() {
    let service = Service(Server::<Spy>::new());
    let capabilities = wire::ClientCapabilities {
        deferral_allowed: true,
        write_only_attributes_allowed: false,
    };
    let request = wire::configure::Request {
        terraform_version: "1.11.4".to_owned(),
        config: config(Cty::Null),
        client_capabilities: Some(capabilities),
    };
    service.configure(Request::new(request)).await.unwrap();
    let ctx = service
        .0
        .context("test", super::super::CallSpec::default())
        .unwrap();
    assert_eq!(ctx.data().take(), ["apply walk"]);
    assert_eq!(ctx.host().terraform_version, "1.11.4");
    assert!(ctx.host().deferral_allowed);
}

#[tokio::test]
async fn a_failed_configuration_leaves_the_provider_unconfigured() {
    let service = Service(Server::<Spy>::new());
    let request = wire::configure::Request {
        terraform_version: String::new(),
        config: config("nowhere".into()),
        client_capabilities: None,
    };
    let configured = service
        .configure(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let expected = [("No such place".to_owned(), "endpoint".to_owned())];
    assert_eq!(told(&configured.diagnostics), expected);
    let request = wire::read_resource::Request {
        type_name: "spy_thing".to_owned(),
        current_state: dynamic(&thing(&[("name", "one".into())]), &thing_type()),
        ..Default::default()
    };
    let read = service
        .read_resource(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let expected = [("Provider is not configured".to_owned(), String::new())];
    assert_eq!(told(&read.diagnostics), expected);
}

#[test]
fn the_offers_are_what_terraform_allows() {
    assert_eq!(Spy::offers().faults(), Vec::<String>::new());
}
