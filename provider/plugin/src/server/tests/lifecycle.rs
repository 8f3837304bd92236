use super::*;

fn text(text: &str) -> Cty {
    text.into()
}

/// The plan and the configuration of a creation in this mode.
async fn creation(host: &Host, mode: &str) -> (Cty, Cty) {
    let config = thing(&[
        ("name", text("one")),
        ("mode", text(mode)),
        ("secret_wo", text("hunter2")),
        ("tag", Cty::List(vec![tag("a", Cty::Null)])),
    ]);
    let plan = host.plan(&Cty::Null, &config, &config).await;
    host.notes.take();
    (value(plan.planned_state.as_ref(), &thing_type()), config)
}

async fn created(host: &Host, mode: &str) -> (Cty, wire::apply_resource_change::Response) {
    let (plan, config) = creation(host, mode).await;
    let response = host.apply(&Cty::Null, &plan, &config).await;
    (value(response.new_state.as_ref(), &thing_type()), response)
}

fn summaries(diagnostics: &[wire::Diagnostic]) -> Vec<String> {
    told(diagnostics)
        .into_iter()
        .map(|(summary, _)| summary)
        .collect()
}

#[tokio::test]
async fn a_creation_gets_the_write_only_value_and_stores_none() {
    let host = Host::new().await;
    let (state, response) = created(&host, "").await;
    assert_eq!(told(&response.diagnostics), []);
    assert_eq!(host.notes.take(), ["create with hunter2"]);
    assert!(*state.get("secret_wo") == Cty::Null);
    assert!(*state.get("size") == 7.into());
    assert!(*state.get("tag") == Cty::List(vec![tag("a", 1.into())]));
    let private = crate::PrivateState::from_bytes(&response.private);
    assert_eq!(private.get("made"), Some(&b"here"[..]));
}

#[tokio::test]
async fn what_is_configured_comes_back_whatever_the_author_returns() {
    let host = Host::new().await;
    let (state, _) = created(&host, "rewrite").await;
    assert!(*state.get("name") == text("one"));
    assert!(*state.get("secret_wo") == Cty::Null);
    assert!(*state.get("tag") == Cty::List(vec![tag("a", Cty::Null)]));
}

#[tokio::test]
async fn what_is_half_done_is_stored_with_the_error() {
    let host = Host::new().await;
    let (state, response) = created(&host, "half").await;
    assert_eq!(summaries(&response.diagnostics), ["Half done"]);
    assert!(*state.get("id") == text("half"));
    assert!(state.is_wholly_known(), "{state:?}");
}

#[tokio::test]
async fn a_value_that_is_still_unknown_after_apply_is_a_bug_with_a_place() {
    let host = Host::new().await;
    let (state, response) = created(&host, "unsettled").await;
    assert!(state.is_wholly_known());
    let mut places: Vec<_> = told(&response.diagnostics)
        .into_iter()
        .map(|(_, at)| at)
        .collect();
    places.sort();
    assert_eq!(places, ["id", "size", "tag"]);
}

#[tokio::test]
async fn a_failed_creation_stores_nothing() {
    let host = Host::new().await;
    for (mode, summary) in [
        ("fail", "Failed"),
        ("panic", "Bug in the provider"),
        ("blocking panic", "Bug in the provider"),
    ] {
        let (state, response) = created(&host, mode).await;
        assert!(state == Cty::Null);
        assert_eq!(summaries(&response.diagnostics), [summary], "{mode}");
        assert!(!format!("{response:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_failed_update_or_deletion_keeps_what_is_stored() {
    let host = Host::new().await;
    for mode in ["fail", "panic"] {
        let (state, _) = created(&host, "").await;
        let state = filled(state, &[("mode", text(mode))]);
        let config = thing(&[("name", text("one")), ("mode", text(mode))]);
        let updated = host.apply(&state, &state, &config).await;
        assert!(
            value(updated.new_state.as_ref(), &thing_type()) == state,
            "{mode}"
        );
        let deleted = host.apply(&state, &Cty::Null, &Cty::Null).await;
        assert!(
            value(deleted.new_state.as_ref(), &thing_type()) == state,
            "{mode}"
        );
        assert_eq!(deleted.diagnostics.len(), 1);
    }
}

#[tokio::test]
async fn a_deletion_stores_null() {
    let host = Host::new().await;
    let (state, _) = created(&host, "").await;
    let response = host.apply(&state, &Cty::Null, &Cty::Null).await;
    assert_eq!(told(&response.diagnostics), []);
    assert!(value(response.new_state.as_ref(), &thing_type()) == Cty::Null);
}

#[tokio::test]
async fn stop_reaches_what_runs_and_nothing_after() {
    let host = Arc::new(Host::new().await);
    let (plan, config) = creation(&host, "wait").await;
    let running = tokio::spawn({
        let (host, plan, config) = (Arc::clone(&host), plan, config);
        async move { host.apply(&Cty::Null, &plan, &config).await }
    });
    host.notes.until("waiting").await;
    host.service
        .stop(Request::new(wire::stop::Request {}))
        .await
        .unwrap();
    let response = running.await.unwrap();
    assert_eq!(summaries(&response.diagnostics), ["Gave up"]);
    created(&host, "ask").await;
    assert_eq!(
        host.notes.take(),
        ["create with hunter2", "cancelled: false"]
    );
}

#[tokio::test]
async fn a_read_that_takes_no_notice_of_stop_is_dropped() {
    let host = Arc::new(Host::new().await);
    let state = thing(&[("name", text("one")), ("mode", text("hang"))]);
    let running = tokio::spawn({
        let host = Arc::clone(&host);
        async move { read(&host, &state).await }
    });
    host.notes.until("hanging").await;
    host.service
        .stop(Request::new(wire::stop::Request {}))
        .await
        .unwrap();
    assert_eq!(
        summaries(&running.await.unwrap().diagnostics),
        ["Interrupted"]
    );
}

#[tokio::test]
async fn a_timeouts_block_ends_a_call_that_takes_longer() {
    let host = Host::new().await;
    let limits = Cty::object([
        ("create", text("1ms")),
        ("read", text("1ms")),
        ("update", Cty::Null),
        ("delete", Cty::Null),
    ]);
    let more = [("timeouts", limits)];
    let (plan, config) = creation(&host, "wait").await;
    let response = host
        .apply(&Cty::Null, &filled(plan, &more), &filled(config, &more))
        .await;
    // It was told, and said itself why it ended.
    assert_eq!(summaries(&response.diagnostics), ["Gave up"]);
    let state = filled(
        thing(&[("name", text("one")), ("mode", text("hang"))]),
        &more,
    );
    assert_eq!(
        summaries(&read(&host, &state).await.diagnostics),
        ["Timed out"]
    );
}

async fn read(host: &Host, state: &Cty) -> wire::read_resource::Response {
    let request = wire::read_resource::Request {
        type_name: "spy_thing".to_owned(),
        current_state: dynamic(state, &thing_type()),
        private: br#"{"made":"aGVyZQ=="}"#.to_vec(),
        ..Default::default()
    };
    host.service
        .read_resource(Request::new(request))
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn a_read_tells_what_is_and_keeps_the_private_state() {
    let host = Host::new().await;
    let state = thing(&[
        ("name", text("one")),
        ("size", 7.into()),
        ("pause", text("60m")),
    ]);
    let of = |mode: &str| filled(state.clone(), &[("mode", text(mode))]);
    let ty = thing_type();

    let response = read(&host, &of("")).await;
    assert!(value(response.new_state.as_ref(), &ty) == of(""));
    assert_eq!(response.private, br#"{"made":"aGVyZQ=="}"#);
    let response = read(&host, &of("drift")).await;
    assert!(value(response.new_state.as_ref(), &ty) == filled(of("drift"), &[("size", 8.into())]));
    let response = read(&host, &of("gone")).await;
    assert!(value(response.new_state.as_ref(), &ty) == Cty::Null);
    assert_eq!(told(&response.diagnostics), []);
    let response = read(&host, &of("leak")).await;
    assert!(value(response.new_state.as_ref(), &ty) == of("leak"));
}

#[tokio::test]
async fn an_import_stores_no_write_only_value() {
    let host = Host::new().await;
    let request = wire::import_resource_state::Request {
        type_name: "spy_thing".to_owned(),
        id: "one".to_owned(),
        ..Default::default()
    };
    let response = host
        .service
        .import_resource_state(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let [imported] = response.imported_resources.as_slice() else {
        panic!("{response:?}")
    };
    assert_eq!(imported.type_name, "spy_thing");
    assert!(value(imported.state.as_ref(), &thing_type()) == thing(&[("name", text("one"))]));
}

#[tokio::test]
async fn a_data_source_echoes_its_configuration() {
    let host = Host::new().await;
    let ty = spy::View::block().cty_type();
    let config = Cty::object([("name", text("sea")), ("sight", Cty::Null)]);
    let request = wire::read_data_source::Request {
        type_name: "spy_view".to_owned(),
        config: dynamic(&config, &ty),
        ..Default::default()
    };
    let response = host
        .service
        .read_data_source(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let state = value(response.state.as_ref(), &ty);
    assert!(*state.get("name") == text("sea"));
    let half = crate::cty::Number::from_f64(0.5).unwrap();
    assert!(*state.get("sight") == Cty::List(vec![Cty::Number(half), 2.into()]));
}
