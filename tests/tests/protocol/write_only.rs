//! Write-only values: handed over, and stored nowhere.

use coffer_tests::host::{Change, Value};

use crate::corner::{Corner, said};

#[tokio::test]
async fn they_reach_the_provider_and_no_answer() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let bed = Value::object([
        ("patient", "ada".into()),
        ("note_wo", "hunter3".into()),
        ("number", Value::Null),
    ]);
    let config = ward.config([
        ("name", "north".into()),
        ("secret_wo", "hunter2".into()),
        ("secret_wo_version", 1.into()),
        ("bed", Value::list([bed])),
    ]);
    // The host itself refuses an answer in which one stands, so this is most of the proof.
    let made = ward.settle(None, &config).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(corner.file("north.ward")).unwrap(),
        "hunter2"
    );
    for needle in ["hunter2", "hunter3"] {
        assert!(!made.state.holds(needle));
        assert!(!String::from_utf8_lossy(&made.private).contains(needle));
    }
}

#[tokio::test]
async fn another_value_at_apply_is_the_one_that_counts() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let at_plan = ward.config([("name", "north".into()), ("secret_wo", Value::Unknown)]);
    let planned = ward.plan(None, Some(&at_plan)).await.unwrap();
    assert!(planned.state.get("secret_wo").is_null());
    let at_apply = at_plan.with("secret_wo", "hunter2");
    ward.apply(&planned, Some(&at_apply))
        .await
        .unwrap()
        .succeeded()
        .unwrap();
    assert!(
        corner
            .notes()
            .contains(&"create north with hunter2".to_owned())
    );
}

#[tokio::test]
async fn another_value_alone_is_no_change() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([
        ("name", "north".into()),
        ("secret_wo", "hunter2".into()),
        ("secret_wo_version", 1.into()),
    ]);
    let made = ward.settle(None, &config).await.unwrap();
    let other = config.with("secret_wo", "hunter3");
    let planned = ward.plan(Some(&made), Some(&other)).await.unwrap();
    assert_eq!(planned.change, Change::None);
    let raised = other.with("secret_wo_version", 2);
    ward.settle(Some(&made), &raised).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(corner.file("north.ward")).unwrap(),
        "hunter3"
    );
}

#[tokio::test]
async fn a_host_that_would_store_them_is_refused() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let plain = ward.config([("name", "north".into())]);
    ward.validate_for(&plain, false).await.unwrap();
    let config = plain.with("secret_wo", "hunter2");
    let told = said(ward.validate_for(&config, false).await);
    assert!(told.starts_with("error at secret_wo: "), "{told}");
    assert!(!told.contains("hunter2"));
    let nested = ward.config([
        ("name", "north".into()),
        (
            "bed",
            Value::list([Value::object([
                ("patient", "ada".into()),
                ("note_wo", "hunter3".into()),
                ("number", Value::Null),
            ])]),
        ),
    ]);
    let told = said(ward.validate_for(&nested, false).await);
    assert!(told.starts_with("error at bed[0].note_wo: "), "{told}");
}
