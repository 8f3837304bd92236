//! The judge is judged: each rule of the host finds what breaks it.

use coffer_tests::host::{Host, Program, Value, rules};

use crate::corner::PROGRAM;

async fn host() -> Host {
    Host::start(&Program::new(PROGRAM)).await.unwrap()
}

#[tokio::test]
async fn a_plan_that_changes_the_configuration_is_found() {
    let host = host().await;
    let ward = host.resource("corner_ward").unwrap();
    let block = &ward.schema().block;
    let config = ward.config([("name", "north".into()), ("secret_wo", "hunter2".into())]);
    let good = config
        .clone()
        .with("secret_wo", Value::Null)
        .with("id", Value::Unknown);
    let judged =
        |prior: &Value, planned: &Value| rules::broken_by_plan(block, prior, &config, planned);
    assert_eq!(judged(&Value::Null, &good), Vec::<String>::new());
    for (planned, rule) in [
        (Value::Null, "planned for absence"),
        (config.clone(), "secret_wo: a write-only value"),
        (good.clone().with("name", "south"), "name: planned"),
        (good.clone().with("name", Value::Unknown), "name: planned"),
        (
            good.clone().with("words", Value::list([])),
            "words: planned",
        ),
        (
            good.clone().with("bed", Value::list([Value::Null])),
            "bed: 1 blocks",
        ),
        (
            good.clone().with("visitor", Value::list([Value::Null])),
            "visitor: another number",
        ),
        (
            good.clone()
                .with("door", Value::object([("a", Value::Null)])),
            "door: the planned keys",
        ),
    ] {
        let broken = judged(&Value::Null, &planned);
        assert!(
            broken.iter().any(|own| own.starts_with(rule)),
            "{rule}: {broken:?}"
        );
    }
    // The stored value may stay where the provider takes both for the same.
    let prior = good.clone().with("name", "NORTH");
    assert_eq!(judged(&prior, &prior), Vec::<String>::new());
}

#[tokio::test]
async fn a_result_that_is_not_the_plan_is_found() {
    let host = host().await;
    let ward = host.resource("corner_ward").unwrap();
    let block = &ward.schema().block;
    let planned = ward.config([
        ("name", "north".into()),
        ("id", Value::Unknown),
        ("words", Value::list(["a".into()])),
    ]);
    let good = planned.clone().with("id", "ward-north");
    let judged = |actual: &Value| rules::broken_by_result(block, &planned, actual);
    assert_eq!(judged(&good), Vec::<String>::new());
    for (actual, rule) in [
        (Value::Null, "it was planned for existence"),
        (good.clone().with("name", "south"), "name: was"),
        (good.clone().with("name", Value::Null), "name: was"),
        (
            good.clone().with("words", Value::list([])),
            "words: 0 elements of 1",
        ),
        (
            good.clone().with("visitor", Value::list([Value::Null])),
            "visitor: another number",
        ),
    ] {
        let broken = judged(&actual);
        assert!(
            broken.iter().any(|own| own.starts_with(rule)),
            "{rule}: {broken:?}"
        );
    }
    let stored = |state: &Value| rules::broken_by_storing(block, state);
    assert_eq!(stored(&good), Vec::<String>::new());
    assert_eq!(stored(&good.clone().with("secret_wo", "hunter2")).len(), 1);
    assert_eq!(stored(&planned).len(), 1);
}
