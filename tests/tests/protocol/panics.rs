//! A panic in a handler: an error that names the RPC, says nothing of what the panic said, and ends nothing.

use coffer_tests::host::{Program, Value, Walk};

use crate::corner::{Corner, PROGRAM, WORDS_OF_A_PANIC, apply, said};

fn assert_discreet(told: &str, rpc: &str) {
    assert!(told.contains(rpc), "{told}");
    assert!(!told.contains(WORDS_OF_A_PANIC), "{told}");
}

#[tokio::test]
async fn every_call_survives_one() {
    let program = Program::new(PROGRAM)
        .env("TF_LOG", "TRACE")
        .env("RUST_BACKTRACE", "1");
    let corner = Corner::run(program, Walk::Apply).await;
    let host = &corner.host;
    let ward = corner.ward();
    let config = ward.config([("name", "north".into())]);
    let panicking = config.clone().with("mode", "panic");

    let created = apply(&ward, None, Some(&panicking)).await;
    assert_eq!(created.instance, None);
    assert_discreet(&said(created.succeeded()), "ApplyResourceChange");

    let made = ward.settle(None, &config).await.unwrap();
    let updated = apply(&ward, Some(&made), Some(&panicking)).await;
    assert_eq!(updated.instance.as_ref(), Some(&made));
    assert_discreet(&said(updated.succeeded()), "ApplyResourceChange");

    let mut cursed = made.clone();
    cursed.state = cursed.state.with("mode", "panic");
    let deleted = apply(&ward, Some(&cursed), None).await;
    assert_eq!(deleted.instance.map(|kept| kept.state), Some(cursed.state));

    let planned = ward
        .plan(None, Some(&config.with("mode", "plan panic")))
        .await;
    assert_discreet(&said(planned), "PlanResourceChange");

    let view = host.data_source("corner_view").unwrap();
    let read = view
        .read(&view.schema().config([("mode", "panic".into())]))
        .await;
    assert_discreet(&said(read), "ReadDataSource");

    let pass = host.ephemeral("corner_pass").unwrap();
    let panicking = pass.config([("name", "ada".into()), ("mode", "panic".into())]);
    assert_discreet(&said(pass.open(&panicking).await), "OpenEphemeralResource");

    let region = host.provider_config([("folder", Value::Null), ("region", "panic".into())]);
    assert_discreet(
        &said(host.configure(Walk::Apply, &region).await),
        "Configure",
    );

    // All the while it is the same process, and it serves on.
    ward.plan(Some(&made), None).await.unwrap();
    let (ended, _) = corner.shutdown().await;
    let ended = ended.unwrap();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.log.contains(WORDS_OF_A_PANIC), "{}", ended.log);
    assert!(ended.log.contains("mode.rs"), "the log tells where it was");
}
