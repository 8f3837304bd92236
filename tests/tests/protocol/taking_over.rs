//! Import, upgrade, and moves. The provider hands a write-only value over by mistake in each; the host refuses an answer
//! in which it stands.

use coffer_tests::host::{Change, Failure, Flavour, Value};
use serde_json::json;

use crate::corner::{Corner, said};

#[tokio::test]
async fn what_exists_is_imported_read_and_planned_without_a_change() {
    for flavour in Flavour::ALL {
        let corner = Corner::start_by(flavour).await;
        std::fs::write(corner.file("north.ward"), "old").unwrap();
        let ward = corner.ward();
        let imported = ward.import("north").await.unwrap();
        assert_eq!(imported.state.get("id"), &"ward-north".into());
        assert_eq!(imported.identity.is_some(), flavour.is_newer());
        let config = ward.config([("name", "north".into())]);
        let planned = ward.plan(Some(&imported), Some(&config)).await.unwrap();
        assert_eq!(planned.change, Change::None);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_imported() {
    let corner = Corner::start().await;
    match corner.ward().import("north").await {
        Err(Failure::Rule(rule)) => assert_eq!(rule, "what was imported does not exist"),
        other => panic!("{other:?}"),
    }
    let told = said(corner.ward().import("a/b").await);
    assert!(told.contains("Malformed ID"), "{told}");
}

#[tokio::test]
async fn what_cannot_be_imported_says_so() {
    let corner = Corner::start().await;
    let cot = corner.host.resource("corner_cot").unwrap();
    assert!(said(cot.import("north").await).contains("cannot be imported"));
}

#[tokio::test]
async fn old_state_is_upgraded() {
    let corner = Corner::start().await;
    let upgraded = corner
        .ward()
        .upgrade(0, &json!({ "title": "north" }))
        .await
        .unwrap();
    assert_eq!(upgraded.get("name"), &"north".into());
}

#[tokio::test]
async fn state_of_the_same_version_stays_and_loses_what_the_schema_does_not_have() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([
        ("name", "north".into()),
        ("anything", Value::list([1.into(), "two".into()])),
    ]);
    let made = ward.settle(None, &config).await.unwrap();
    let mut json = made.state.to_json();
    // A state file tells the type of what the schema leaves open.
    json["anything"] = json!({ "value": [1, "two"], "type": ["tuple", ["number", "string"]] });
    json["gone"] = json!("an attribute of a newer version");
    json["secret_wo"] = json!("hunter2");
    assert_eq!(ward.upgrade(1, &json).await.unwrap(), made.state);
}

#[tokio::test]
async fn state_of_a_newer_version_is_refused() {
    let corner = Corner::start().await;
    let told = said(corner.ward().upgrade(2, &json!({ "name": "north" })).await);
    assert!(told.contains('2') && told.contains('1'), "{told}");
}

#[tokio::test]
async fn state_that_is_none_is_refused_without_quoting_it() {
    let corner = Corner::start().await;
    for broken in [
        json!("hunter2"),
        json!({ "name": { "hunter2": 1 } }),
        json!([]),
    ] {
        let told = said(corner.ward().upgrade(1, &broken).await);
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn another_resource_is_moved_here_or_refused() {
    let corner = Corner::start().await;
    std::fs::write(corner.file("north.ward"), "old").unwrap();
    let ward = corner.ward();
    let here = "registry.terraform.io/coffer/corner";
    let moved = ward
        .move_from(here, "corner_cot", 0, &json!({ "title": "north" }))
        .await
        .unwrap();
    let config = ward.config([("name", "north".into())]);
    ward.settle(Some(&moved), &config).await.unwrap();

    let told = said(ward.move_from(here, "corner_bench", 0, &json!({})).await);
    assert!(told.contains("corner_bench"), "{told}");
    let cot = corner.host.resource("corner_cot").unwrap();
    assert!(!said(cot.move_from(here, "corner_ward", 0, &json!({})).await).is_empty());
}
