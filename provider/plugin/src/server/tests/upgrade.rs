use super::*;

async fn upgrade(version: i64, json: &str) -> Result<Cty, Vec<String>> {
    let host = Host::new().await;
    let request = wire::upgrade_resource_state::Request {
        type_name: "spy_thing".to_owned(),
        version,
        raw_state: Some(wire::RawState {
            json: json.into(),
            ..Default::default()
        }),
    };
    let response = host
        .service
        .upgrade_resource_state(Request::new(request))
        .await
        .unwrap();
    let response = response.into_inner();
    if response.diagnostics.is_empty() {
        return Ok(value(response.upgraded_state.as_ref(), &thing_type()));
    }
    assert!(!format!("{response:?}").contains("hunter2"));
    Err(told(&response.diagnostics)
        .into_iter()
        .map(|(summary, _)| summary)
        .collect())
}

#[tokio::test]
async fn the_same_version_is_the_same_state_without_what_is_unheard_of() {
    let json = r#"{"name":"one","size":7,"gone":[1],"secret_wo":"hunter2"}"#;
    let state = upgrade(2, json).await.unwrap();
    assert!(
        state == thing(&[("name", "one".into()), ("size", 7.into())]),
        "{state:?}"
    );
}

#[tokio::test]
async fn an_older_version_is_upgraded_by_the_author() {
    let state = upgrade(1, r#"{"title":"one"}"#).await.unwrap();
    assert!(state == thing(&[("name", "one".into())]));
    assert_eq!(upgrade(0, "{}").await.unwrap_err(), ["Too old"]);
}

#[tokio::test]
async fn a_newer_version_and_a_broken_state_are_refused() {
    assert_eq!(
        upgrade(3, "{}").await.unwrap_err(),
        ["State is newer than the provider"]
    );
    for json in [
        r#"{"name":["hunter2"]}"#,
        r#""hunter2""#,
        r#"{"name": hunter2}"#,
    ] {
        assert_eq!(
            upgrade(2, json).await.unwrap_err(),
            ["Stored state cannot be read"]
        );
    }
}

#[tokio::test]
async fn a_thing_is_moved_from_where_it_can_be() {
    let host = Host::new().await;
    let from = |name: &str| wire::move_resource_state::Request {
        source_type_name: name.to_owned(),
        target_type_name: "spy_thing".to_owned(),
        source_state: Some(wire::RawState {
            json: br#"{"title":"one"}"#.to_vec(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let moved = host
        .service
        .move_resource_state(Request::new(from("old_thing")))
        .await
        .unwrap();
    let state = value(moved.get_ref().target_state.as_ref(), &thing_type());
    assert!(state == thing(&[("name", "one".into())]));
    let refused = host
        .service
        .move_resource_state(Request::new(from("other")))
        .await
        .unwrap();
    let expected = [("Resource cannot be moved".to_owned(), String::new())];
    assert_eq!(told(&refused.get_ref().diagnostics), expected);
}

#[tokio::test]
async fn a_generated_configuration_holds_what_a_person_would_write() {
    let host = Host::new().await;
    let state = thing(&[
        ("name", "one".into()),
        ("label", "x".into()),
        ("row", "middle".into()),
        ("size", 7.into()),
        ("tag", Cty::List(vec![tag("a", 1.into())])),
    ]);
    let request = wire::generate_resource_config::Request {
        type_name: "spy_thing".to_owned(),
        state: dynamic(&state, &thing_type()),
    };
    let response = host
        .service
        .generate_resource_config(Request::new(request))
        .await
        .unwrap();
    let config = value(response.get_ref().config.as_ref(), &thing_type());
    let tags = Cty::List(vec![tag("a", Cty::Null)]);
    assert!(
        config == thing(&[("name", "one".into()), ("tag", tags)]),
        "{config:?}"
    );
}
