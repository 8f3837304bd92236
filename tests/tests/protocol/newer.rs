//! What Terraform calls since 1.12: identities, listings, actions, and configuration written from state.

use coffer_tests::host::proto::tfplugin5 as wire;
use coffer_tests::host::{Flavour, Value};
use serde_json::json;

use crate::corner::{Corner, WORDS_OF_A_PANIC, said};

async fn corner() -> Corner {
    Corner::start_by(Flavour::Terraform1_14).await
}

fn identity(name: &str) -> Value {
    Value::object([("name", name.into()), ("house", Value::Null)])
}

#[tokio::test]
async fn an_identity_is_given_and_can_be_imported_by() {
    let corner = corner().await;
    let ward = corner.ward();
    let made = ward
        .settle(None, &ward.config([("name", "north".into())]))
        .await
        .unwrap();
    assert_eq!(made.identity, Some(identity("north")));
    let imported = ward.import_by_identity(&identity("north")).await.unwrap();
    assert_eq!(imported.identity, Some(identity("north")));
    assert_eq!(imported.state.get("name"), &"north".into());
}

#[tokio::test]
async fn an_identity_of_an_older_shape_is_read_and_a_newer_one_refused() {
    let corner = corner().await;
    let old = json!({ "name": "north" });
    let upgraded = corner
        .host
        .upgrade_identity("corner_ward", 0, &old)
        .await
        .unwrap();
    assert_eq!(upgraded, identity("north"));
    let told = said(corner.host.upgrade_identity("corner_ward", 2, &old).await);
    assert!(told.contains('2'), "{told}");
    let told = said(corner.host.upgrade_identity("corner_cot", 0, &old).await);
    assert!(told.contains("no identity"), "{told}");
}

#[tokio::test]
async fn what_exists_is_listed_up_to_the_limit_with_state_where_it_is_wanted() {
    let corner = corner().await;
    for name in ["alpha", "beta", "bravo"] {
        std::fs::write(corner.file(&format!("{name}.ward")), "").unwrap();
    }
    let all = Value::object([("prefix", Value::Null)]);
    let names = |listed: Vec<coffer_tests::host::Listed>| {
        let names: Vec<String> = listed.into_iter().map(|one| one.display_name).collect();
        names
    };
    let listed = corner
        .host
        .list("corner_ward", &all, 0, false)
        .await
        .unwrap();
    assert_eq!(listed[0].identity, identity("alpha"));
    assert_eq!(names(listed), ["alpha", "beta", "bravo"]);
    let limited = corner
        .host
        .list("corner_ward", &all, 2, false)
        .await
        .unwrap();
    assert_eq!(names(limited), ["alpha", "beta"]);

    let prefix = Value::object([("prefix", "br".into())]);
    let listed = corner
        .host
        .list("corner_ward", &prefix, 10, true)
        .await
        .unwrap();
    let state = listed[0].state.clone().unwrap();
    assert_eq!(state.get("name"), &"bravo".into());

    let config = corner
        .host
        .generate_config("corner_ward", &state)
        .await
        .unwrap();
    assert_eq!(config.get("name"), &"bravo".into());
    // A default need not be written.
    assert!(config.get("floor").is_null());
    corner.ward().validate(&config).await.unwrap();
}

#[tokio::test]
async fn an_action_tells_how_far_it_is_and_completes() {
    let corner = corner().await;
    let ring = |times: i64, mode: Value| Value::object([("times", times.into()), ("mode", mode)]);
    let invoked = corner
        .host
        .invoke("corner_ring", &ring(2, Value::Null))
        .await
        .unwrap();
    assert_eq!(invoked.progress, ["ring 1", "ring 2"]);
    let told = said(
        corner
            .host
            .invoke("corner_ring", &ring(0, Value::Null))
            .await,
    );
    assert_eq!(told, "error at times: Nothing to ring: Ring once at least.");
    let told = said(
        corner
            .host
            .invoke("corner_ring", &ring(1, "fail".into()))
            .await,
    );
    assert_eq!(told, "error at mode: Failed: As asked.");
    let told = said(
        corner
            .host
            .invoke("corner_ring", &ring(1, "panic".into()))
            .await,
    );
    assert!(
        told.contains("InvokeAction") && !told.contains(WORDS_OF_A_PANIC),
        "{told}"
    );
}

#[tokio::test]
async fn metadata_names_what_the_schema_has() {
    let corner = corner().await;
    let metadata = corner
        .host
        .client()
        .get_metadata(wire::get_metadata::Request {})
        .await
        .unwrap()
        .into_inner();
    let schema = corner.host.schema();
    let mut resources: Vec<_> = metadata
        .resources
        .iter()
        .map(|one| one.type_name.clone())
        .collect();
    resources.sort();
    assert!(resources.iter().eq(schema.resources.keys()));
    let mut functions: Vec<_> = metadata
        .functions
        .iter()
        .map(|one| one.name.clone())
        .collect();
    functions.sort();
    assert!(functions.iter().eq(schema.functions.keys()));
    assert_eq!(metadata.ephemeral_resources.len(), schema.ephemerals.len());
    assert_eq!(metadata.data_sources.len(), schema.data_sources.len());
    assert_eq!(metadata.list_resources.len(), schema.lists.len());
    assert_eq!(metadata.actions.len(), schema.actions.len());
}
