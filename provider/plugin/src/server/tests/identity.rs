use super::*;

fn identity_type() -> CtyType {
    CtyType::object([("name", CtyType::String), ("place", CtyType::String)])
}

fn identity(name: &str) -> Cty {
    Cty::object([("name", name.into()), ("place", Cty::Null)])
}

#[tokio::test]
async fn the_shape_of_identities_is_told() {
    let host = Host::new().await;
    let request = Request::new(wire::get_resource_identity_schemas::Request {});
    let schemas = host
        .service
        .get_resource_identity_schemas(request)
        .await
        .unwrap()
        .into_inner();
    let schema = &schemas.identity_schemas["spy_thing"];
    assert_eq!(schema.version, 1);
    let [name, place] = schema.identity_attributes.as_slice() else {
        panic!("{schema:?}")
    };
    assert!(name.required_for_import && !name.optional_for_import);
    assert!(!place.required_for_import && place.optional_for_import);
    assert_eq!(name.description, "Its name.");
}

#[tokio::test]
async fn what_is_created_and_read_has_its_identity() {
    let host = Host::new().await;
    let config = thing(&[("name", "one".into())]);
    let plan = host.plan(&Cty::Null, &config, &config).await;
    assert_eq!(plan.planned_identity, None);
    let planned = value(plan.planned_state.as_ref(), &thing_type());
    let applied = host.apply(&Cty::Null, &planned, &config).await;
    let data = applied.new_identity.unwrap().identity_data;
    assert!(value(data.as_ref(), &identity_type()) == identity("one"));
    let state = value(applied.new_state.as_ref(), &thing_type());
    let plan = host.plan(&state, &state, &config).await;
    assert!(plan.planned_identity.is_some());
}

#[tokio::test]
async fn a_thing_is_imported_by_its_identity() {
    let host = Host::new().await;
    let identity_data = dynamic(&identity("two"), &identity_type());
    let request = wire::import_resource_state::Request {
        type_name: "spy_thing".to_owned(),
        identity: Some(wire::ResourceIdentityData { identity_data }),
        ..Default::default()
    };
    let response = host
        .service
        .import_resource_state(Request::new(request))
        .await
        .unwrap();
    assert_eq!(told(&response.get_ref().diagnostics), []);
    assert_eq!(host.notes.take(), ["import two"]);
}

#[tokio::test]
async fn an_older_identity_is_read_and_a_newer_one_refused() {
    let host = Host::new().await;
    let upgrade = |version| wire::upgrade_resource_identity::Request {
        type_name: "spy_thing".to_owned(),
        version,
        raw_identity: Some(wire::RawState {
            json: br#"{"name":"one","region":"x"}"#.to_vec(),
            ..Default::default()
        }),
    };
    let old = host
        .service
        .upgrade_resource_identity(Request::new(upgrade(0)))
        .await
        .unwrap();
    let data = old.into_inner().upgraded_identity.unwrap().identity_data;
    assert!(value(data.as_ref(), &identity_type()) == identity("one"));
    let new = host
        .service
        .upgrade_resource_identity(Request::new(upgrade(2)))
        .await
        .unwrap();
    let expected = [("State is newer than the provider".to_owned(), String::new())];
    assert_eq!(told(&new.get_ref().diagnostics), expected);
}
