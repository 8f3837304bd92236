//! Interrupts and limits of time.

use std::future::Future;
use std::time::Duration;

use coffer_tests::host::Value;

use crate::corner::{Corner, apply, said};

fn config(corner: &Corner, mode: &str) -> Value {
    corner
        .ward()
        .config([("name", "north".into()), ("mode", mode.into())])
}

/// What comes of `work`, which must end: where nothing interrupts it, the test fails instead of hanging.
async fn that_ends<T>(work: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(Duration::from_secs(60), work).await;
    ended.expect("nothing has interrupted it")
}

fn timeouts(corner: &Corner, operation: &str, length: &str) -> Value {
    let ward = corner.ward();
    let block = &ward.schema().block.blocks["timeouts"].block;
    block.absent().with(operation, length)
}

#[tokio::test]
async fn stop_interrupts_what_runs_and_nothing_later() {
    let corner = Corner::start().await;
    let waiting = config(&corner, "wait");
    let ward = corner.ward();
    let interrupt = async {
        corner.until("create north waits").await;
        corner.host.stop().await.unwrap();
    };
    let (applied, ()) =
        that_ends(async { tokio::join!(apply(&ward, None, Some(&waiting)), interrupt) }).await;
    assert_eq!(
        said(applied.succeeded()),
        "error: Gave up: It was interrupted in time."
    );
    let plain = config(&corner, "").with("mode", Value::Null);
    ward.settle(None, &plain).await.unwrap();
}

#[tokio::test]
async fn stop_drops_what_only_reads_though_it_does_not_listen() {
    let corner = Corner::start().await;
    let view = corner.host.data_source("corner_view").unwrap();
    let hanging = view.schema().config([("mode", "hang".into())]);
    let interrupt = async {
        corner.until("view hangs").await;
        corner.host.stop().await.unwrap();
    };
    let (read, ()) = that_ends(async { tokio::join!(view.read(&hanging), interrupt) }).await;
    assert!(said(read).contains("ReadDataSource was interrupted"));
}

#[tokio::test]
async fn an_opening_that_is_interrupted_leaves_nothing_open() {
    let corner = Corner::start().await;
    let pass = corner.host.ephemeral("corner_pass").unwrap();
    let waiting = pass.config([("name", "ada".into()), ("mode", "wait".into())]);
    let interrupt = async {
        corner.until("open ada waits").await;
        corner.host.stop().await.unwrap();
    };
    let (opened, ()) = that_ends(async { tokio::join!(pass.open(&waiting), interrupt) }).await;
    assert!(said(opened).contains("Gave up"));
    let (ended, left) = corner.shutdown().await;
    ended.unwrap();
    assert_eq!(
        left.notes(),
        [
            "configure",
            "open ada waits",
            "open ada was interrupted",
            "farewell"
        ]
    );
}

#[tokio::test]
async fn a_timeouts_block_limits_its_operation() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let limited = config(&corner, "wait").with("timeouts", timeouts(&corner, "create", "50ms"));
    let applied = apply(&ward, None, Some(&limited)).await;
    assert!(said(applied.succeeded()).contains("Gave up"));

    let view = corner.host.data_source("corner_view").unwrap();
    let block = Value::object([("read", "50ms".into())]);
    let limited = view
        .schema()
        .config([("mode", "hang".into()), ("timeouts", block)]);
    let told = said(view.read(&limited).await);
    assert!(told.contains("Timed out"), "{told}");
}

#[tokio::test]
async fn a_timeout_that_is_none_is_refused_at_its_place() {
    let corner = Corner::start().await;
    let wrong = config(&corner, "").with("timeouts", timeouts(&corner, "create", "soon"));
    let told = said(corner.ward().validate(&wrong).await);
    assert!(told.contains("error at timeouts.create"), "{told}");
}
