use super::*;

const UNKNOWN: Cty = Cty::Unknown;

fn text(text: &str) -> Cty {
    text.into()
}

/// What is stored of the thing `one`, and the configuration that led to it.
fn stored() -> (Cty, Cty) {
    let config = thing(&[
        ("name", text("one")),
        ("tag", Cty::List(vec![tag("a", Cty::Null)])),
    ]);
    let state = filled(
        config.clone(),
        &[
            ("row", text("middle")),
            ("size", 7.into()),
            ("id", text("id-1")),
            ("tag", Cty::List(vec![tag("a", 1.into())])),
        ],
    );
    (state, config)
}

async fn planned(host: &Host, prior: &Cty, proposed: &Cty, config: &Cty) -> Cty {
    let response = host.plan(prior, proposed, config).await;
    assert_eq!(told(&response.diagnostics), []);
    value(response.planned_state.as_ref(), &thing_type())
}

#[tokio::test]
async fn a_creation_has_defaults_and_unknown_computed_values() {
    let host = Host::new().await;
    let (_, config) = stored();
    let plan = planned(&host, &Cty::Null, &config, &config).await;
    let expected = filled(
        config,
        &[
            ("row", text("middle")),
            ("size", UNKNOWN),
            ("id", UNKNOWN),
            ("tag", Cty::List(vec![tag("a", UNKNOWN)])),
        ],
    );
    assert!(plan == expected, "{plan:?}");
}

#[tokio::test]
async fn a_second_plan_is_empty() {
    let host = Host::new().await;
    let (state, config) = stored();
    assert!(planned(&host, &state, &state, &config).await == state);
}

#[tokio::test]
async fn a_write_only_value_is_planned_as_null_and_changes_nothing() {
    let host = Host::new().await;
    let (state, config) = stored();
    let secret = [("secret_wo", text("hunter2"))];
    let (proposed, config) = (filled(state.clone(), &secret), filled(config, &secret));
    assert!(planned(&host, &state, &proposed, &config).await == state);
    assert_eq!(host.notes.take(), ["plan with hunter2"]);
}

#[tokio::test]
async fn a_change_makes_computed_values_unknown_but_for_those_that_are_kept() {
    let host = Host::new().await;
    let (state, config) = stored();
    let change = [("label", text("new"))];
    let (proposed, config) = (filled(state.clone(), &change), filled(config, &change));
    let plan = planned(&host, &state, &proposed, &config).await;
    assert!(*plan.get("size") == UNKNOWN);
    assert!(*plan.get("id") == text("id-1"));
    assert!(*plan.get("row") == text("middle"));
    assert!(*plan.get("tag") == Cty::List(vec![tag("a", UNKNOWN)]));
}

#[tokio::test]
async fn another_notation_of_the_same_is_no_change() {
    let host = Host::new().await;
    let (state, config) = stored();
    let state = filled(state, &[("pause", text("1h"))]);
    let other = [("pause", text("60m"))];
    let plan = planned(
        &host,
        &state,
        &filled(state.clone(), &other),
        &filled(config, &other),
    )
    .await;
    assert!(plan == state);
}

#[tokio::test]
async fn a_change_of_the_name_replaces_the_thing() {
    let host = Host::new().await;
    let (state, config) = stored();
    let change = [("name", text("two"))];
    let (proposed, config) = (filled(state.clone(), &change), filled(config, &change));
    let response = host.plan(&state, &proposed, &config).await;
    assert_eq!(
        response.requires_replace,
        [crate::Path::from("name").to_wire()]
    );
}

#[tokio::test]
async fn the_author_may_change_what_is_computed_and_nothing_else() {
    let host = Host::new().await;
    let (state, config) = stored();
    let mode = [("mode", text("rotate")), ("secret_wo", text("x"))];
    let state = filled(state, &[("mode", text("rotate"))]);
    let (proposed, config) = (filled(state.clone(), &mode), filled(config, &mode));
    let plan = planned(&host, &state, &proposed, &config).await;
    assert!(plan == filled(state, &[("size", UNKNOWN)]), "{plan:?}");
}

#[tokio::test]
async fn recompute_makes_unknown_what_a_change_would() {
    let host = Host::new().await;
    let (state, config) = stored();
    let mode = [("mode", text("recompute"))];
    let (state, config) = (filled(state, &mode), filled(config, &mode));
    let plan = planned(&host, &state, &state, &config).await;
    let tags = Cty::List(vec![tag("a", UNKNOWN)]);
    assert!(
        plan == filled(state, &[("size", UNKNOWN), ("tag", tags)]),
        "{plan:?}"
    );
}

#[tokio::test]
async fn the_author_may_have_the_thing_replaced_and_know_a_computed_value() {
    let host = Host::new().await;
    let (state, config) = stored();
    let mode = [("mode", text("replace"))];
    let response = host
        .plan(
            &state,
            &filled(state.clone(), &mode),
            &filled(config.clone(), &mode),
        )
        .await;
    assert_eq!(
        response.requires_replace,
        [crate::Path::from("mode").to_wire()]
    );
    let mode = filled(config, &[("mode", text("known"))]);
    assert!(*planned(&host, &Cty::Null, &mode, &mode).await.get("size") == 7.into());
}

#[tokio::test]
async fn an_unknown_configuration_is_planned_as_unknown() {
    let host = Host::new().await;
    let config = thing(&[("name", UNKNOWN), ("secret_wo", UNKNOWN), ("row", UNKNOWN)]);
    let plan = planned(&host, &Cty::Null, &config, &config).await;
    assert!(*plan.get("name") == UNKNOWN);
    assert!(*plan.get("row") == UNKNOWN);
    assert!(*plan.get("secret_wo") == Cty::Null);
}

#[tokio::test]
async fn a_deletion_is_planned_as_null_and_may_warn() {
    let host = Host::new().await;
    let (state, _) = stored();
    let response = host.plan(&state, &Cty::Null, &Cty::Null).await;
    assert_eq!(
        told(&response.diagnostics),
        [("Goes away".to_owned(), String::new())]
    );
    assert!(value(response.planned_state.as_ref(), &thing_type()) == Cty::Null);
}

#[tokio::test]
async fn warnings_come_along_with_errors_and_panics_tell_nothing() {
    let host = Host::new().await;
    let config = thing(&[("name", text("one")), ("mode", text("plan fails"))]);
    let response = host.plan(&Cty::Null, &config, &config).await;
    let summaries: Vec<_> = told(&response.diagnostics)
        .into_iter()
        .map(|(it, _)| it)
        .collect();
    assert_eq!(summaries, ["First", "Second"]);

    let config = thing(&[("name", text("one")), ("mode", text("plan panics"))]);
    let response = host.plan(&Cty::Null, &config, &config).await;
    let [diagnostic] = response.diagnostics.as_slice() else {
        panic!("{response:?}")
    };
    assert!(
        diagnostic.detail.contains("PlanResourceChange"),
        "{diagnostic:?}"
    );
    assert!(!format!("{response:?}").contains("hunter2"));
}
