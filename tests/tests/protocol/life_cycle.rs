//! The life of a managed resource under Terraform's rules.

use coffer_tests::host::{Change, Flavour, Severity, Value};

use crate::corner::{Corner, apply, said};

#[tokio::test]
async fn it_is_created_changed_replaced_and_deleted_by_every_host() {
    for flavour in Flavour::ALL {
        let corner = Corner::start_by(flavour).await;
        let ward = corner.ward();
        let config = ward.config([("name", "north".into())]);
        let planned = ward.plan(None, Some(&config)).await.unwrap();
        assert_eq!(planned.change, Change::Create);
        assert!(planned.state.get("id").is_unknown());
        assert_eq!(planned.state.get("floor"), &"ground".into());

        let made = ward.settle(None, &config).await.unwrap();
        assert_eq!(made.state.get("id"), &"ward-north".into());
        assert_eq!(made.identity.is_some(), flavour.is_newer());

        let higher = config.clone().with("floor", "first");
        let planned = ward.plan(Some(&made), Some(&higher)).await.unwrap();
        assert_eq!(planned.change, Change::Update);
        assert!(planned.state.get("revision").is_unknown());
        assert_eq!(planned.state.get("id"), &"ward-north".into());
        let changed = ward.settle(Some(&made), &higher).await.unwrap();
        assert_eq!(changed.state.get("revision"), &2.into());

        let south = higher.with("name", "south");
        let planned = ward.plan(Some(&changed), Some(&south)).await.unwrap();
        assert_eq!(
            (planned.change, planned.because),
            (Change::Replace, vec!["name".to_owned()])
        );
        let replaced = ward.settle(Some(&changed), &south).await.unwrap();
        assert_eq!(replaced.state.get("id"), &"ward-south".into());
        assert!(!corner.file("north.ward").exists());

        ward.destroy(&replaced).await.unwrap();
        assert!(!corner.file("south.ward").exists());
    }
}

#[tokio::test]
async fn what_is_gone_is_read_as_gone() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([("name", "north".into())]);
    let made = ward.settle(None, &config).await.unwrap();
    std::fs::remove_file(corner.file("north.ward")).unwrap();
    assert_eq!(ward.read(&made).await.unwrap(), None);
    ward.settle(Some(&made), &config).await.unwrap();
}

#[tokio::test]
async fn private_state_goes_from_create_through_every_call() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([("name", "north".into())]);
    let mut made = ward.settle(None, &config).await.unwrap();
    assert!(!made.private.is_empty());
    let updated = ward
        .settle(Some(&made), &config.with("floor", "first"))
        .await
        .unwrap();
    assert_eq!(updated.private, made.private);
    // What this SDK did not write counts as none.
    made.private = b"garbage".to_vec();
    ward.read(&made).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_failed_creation_leaves_nothing_and_a_half_made_one_what_there_is() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let failing = ward.config([("name", "north".into()), ("mode", "fail".into())]);
    let applied = apply(&ward, None, Some(&failing)).await;
    assert_eq!(applied.instance, None);
    assert_eq!(
        said(applied.succeeded()),
        "error at mode: Failed: As asked."
    );

    let half = failing.with("mode", "half");
    let applied = apply(&ward, None, Some(&half)).await;
    let kept = applied.instance.clone().unwrap();
    assert_eq!(kept.state.get("name"), &"north".into());
    assert!(kept.state.get("id").is_null());
    assert!(said(applied.succeeded()).contains("Half made"));
}

#[tokio::test]
async fn a_failed_change_keeps_what_is_stored() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([("name", "north".into())]);
    let made = ward.settle(None, &config).await.unwrap();
    let failing = config.with("mode", "fail twice");
    let applied = apply(&ward, Some(&made), Some(&failing)).await;
    assert_eq!(applied.instance.as_ref(), Some(&made));
    assert_eq!(
        said(applied.succeeded()),
        "warning: Take care: As asked.\nerror at mode: Failed: As asked.\nerror: Failed again: As asked."
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place_and_all_at_once() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let bed = |patient: &str| {
        Value::object([
            ("patient", patient.into()),
            ("note_wo", Value::Null),
            ("number", Value::Null),
        ])
    };
    let config = ward.config([
        ("name", "".into()),
        ("bed", Value::list([bed("ada"), bed("")])),
    ]);
    let told = said(ward.validate(&config).await);
    assert!(told.contains("error at name: "), "{told}");
    assert!(
        told.contains("error at bed[1].patient: Nobody in bed"),
        "{told}"
    );
}

#[tokio::test]
async fn what_is_deprecated_is_warned_of_only_where_it_is_used() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let schema = &ward.schema().block.attributes["title"].flags;
    assert!(schema.deprecated);
    assert_eq!(schema.deprecation_message, "Use name.");
    let plain = ward.config([("name", "north".into())]);
    assert_eq!(ward.validate(&plain).await.unwrap(), []);
    assert_eq!(
        ward.validate(&plain.clone().with("title", Value::Unknown))
            .await
            .unwrap(),
        []
    );
    let warned = ward.validate(&plain.with("title", "old")).await.unwrap();
    assert_eq!(warned.len(), 1);
    assert_eq!(
        (warned[0].severity, warned[0].path.as_str()),
        (Severity::Warning, "title")
    );
}

#[tokio::test]
async fn a_provider_block_may_be_unknown_until_it_is_used() {
    let corner = Corner::start().await;
    let unknown = corner
        .host
        .provider_config([("folder", Value::Null), ("region", Value::Unknown)]);
    corner
        .host
        .configure(coffer_tests::host::Walk::Plan, &unknown)
        .await
        .unwrap();
    let ward = corner.ward();
    let config = ward.config([("name", "north".into())]);
    ward.plan(None, Some(&config)).await.unwrap();
    let needy = config.with("mode", "needs region");
    assert!(said(ward.plan(None, Some(&needy)).await).contains("Region is not known yet"));
}

#[tokio::test]
async fn a_provider_block_is_judged() {
    let corner = Corner::start().await;
    let nowhere = corner.host.provider_config([("region", "nowhere".into())]);
    assert_eq!(
        said(
            corner
                .host
                .configure(coffer_tests::host::Walk::Plan, &nowhere)
                .await
        ),
        "error at region: No such region: Name another."
    );
}

#[tokio::test]
async fn a_data_source_is_read() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    ward.settle(None, &ward.config([("name", "north".into())]))
        .await
        .unwrap();
    let view = corner.host.data_source("corner_view").unwrap();
    let seen = view.read(&view.schema().config([])).await.unwrap();
    assert_eq!(seen.get("names"), &Value::list(["north".into()]));
}
