//! How a provider ends, with and without a host that says so.

use std::process::Stdio;
use std::time::Duration;

use coffer_tests::host::{Process, Program, Tls, Value, Walk};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::corner::{Corner, PROGRAM};

/// How long a provider may live without a host.
const ALONE: Duration = Duration::from_secs(20);

fn name(name: &str) -> Value {
    name.into()
}

#[tokio::test]
async fn a_shutdown_closes_what_is_open_and_leaves_nothing_behind() {
    let corner = Corner::start().await;
    let pass = corner.host.ephemeral("corner_pass").unwrap();
    let config = |person| pass.config([("name", name(person))]);
    let kept = pass.open(&config("ada")).await.unwrap();
    let closed = pass.open(&config("bob")).await.unwrap();
    pass.close(closed).await.unwrap();
    drop(kept);
    let socket = corner.host.process().handshake.socket.clone();
    assert!(socket.exists());

    let (ended, left) = corner.shutdown().await;
    let ended = ended.unwrap();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.output, "");
    assert_eq!(
        left.notes(),
        [
            "configure",
            "open ada",
            "open bob",
            "close bob",
            "close ada",
            "farewell"
        ]
    );
    assert!(!socket.parent().unwrap().exists());
}

#[tokio::test]
async fn a_lease_that_cannot_be_closed_is_tried_again_at_the_end_and_holds_up_no_other() {
    let corner = Corner::start().await;
    let pass = corner.host.ephemeral("corner_pass").unwrap();
    let stubborn = pass.config([("name", name("ada")), ("mode", name("unclosable"))]);
    let stubborn = pass.open(&stubborn).await.unwrap();
    pass.open(&pass.config([("name", name("bob"))]))
        .await
        .unwrap();
    pass.close(stubborn).await.unwrap_err();

    let (ended, left) = corner.shutdown().await;
    ended.unwrap();
    let closings = |person: &str| {
        let note = format!("close {person}");
        left.notes().iter().filter(|own| **own == note).count()
    };
    assert_eq!((closings("ada"), closings("bob")), (2, 1));
    assert_eq!(left.notes().last().unwrap(), "farewell");
}

#[tokio::test]
async fn a_provider_whose_host_drops_the_connection_closes_what_is_open_and_ends() {
    for tls in [Tls::Auto, Tls::Off] {
        let corner = Corner::run(Program::new(PROGRAM).tls(tls), Walk::Apply).await;
        let pass = corner.host.ephemeral("corner_pass").unwrap();
        pass.open(&pass.config([("name", name("ada"))]))
            .await
            .unwrap();

        let (process, left) = corner.vanish();
        let ended = process.ended(ALONE).await.unwrap();
        assert_eq!(ended.code, Some(0));
        assert_eq!(
            left.notes(),
            ["configure", "open ada", "close ada", "farewell"]
        );
    }
}

#[tokio::test]
async fn work_that_waits_for_its_end_is_interrupted_when_the_host_is_gone() {
    let corner = Corner::start().await;
    let mut client = corner.host.client();
    let ward = corner.ward();
    let config = ward.config([("name", name("north")), ("mode", name("wait"))]);
    let planned = ward.plan(None, Some(&config)).await.unwrap();
    let ty = ward.schema().block.ty();
    let request = coffer_tests::host::proto::tfplugin5::apply_resource_change::Request {
        type_name: "corner_ward".to_owned(),
        prior_state: Some(coffer_tests::host::encode(&Value::Null, &ty).unwrap()),
        planned_state: Some(coffer_tests::host::encode(&planned.state, &ty).unwrap()),
        config: Some(coffer_tests::host::encode(&config, &ty).unwrap()),
        ..Default::default()
    };
    let call = tokio::spawn(async move { client.apply_resource_change(request).await });
    corner.until("create north waits").await;
    call.abort();
    let _ = call.await;

    let (process, left) = corner.vanish();
    process.ended(ALONE).await.unwrap();
    let notes = left.notes();
    assert!(
        notes.contains(&"create north was interrupted".to_owned()),
        "{notes:?}"
    );
    assert_eq!(notes.last().unwrap(), "farewell");
}

#[tokio::test]
async fn a_provider_whose_host_dies_before_the_first_call_ends() {
    // A shell is the host here: it starts the provider, tells its number, and is killed.
    let mut shell = tokio::process::Command::new("sh")
        .args(["-c", "\"$0\" & echo $!; wait"])
        .arg(PROGRAM)
        .env(
            "TF_PLUGIN_MAGIC_COOKIE",
            "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
        )
        .env("PLUGIN_PROTOCOL_VERSIONS", "5")
        .env_remove("PLUGIN_CLIENT_CERT")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let second = lines.next_line().await.unwrap().unwrap();
    assert!(first.contains("|grpc|") || second.contains("|grpc|"));
    let id = first.parse().or_else(|_| second.parse::<i32>()).unwrap();
    let provider = Pid::from_raw(id).unwrap();
    shell.kill().await.unwrap();
    // Standard output closes when the last of them has ended.
    assert_eq!(lines.next_line().await.unwrap(), None);
    assert!(rustix::process::test_kill_process(provider).is_err() || is_zombie(id));
}

/// An orphan that has ended stays in the table until whoever adopted it looks.
fn is_zombie(id: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[tokio::test]
async fn an_interrupt_is_left_to_the_host_and_a_termination_obeyed() {
    let corner = Corner::start().await;
    let pass = corner.host.ephemeral("corner_pass").unwrap();
    pass.open(&pass.config([("name", name("ada"))]))
        .await
        .unwrap();
    let id = Pid::from_raw(corner.host.process().id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    corner.host.stop().await.unwrap();
    pass.open(&pass.config([("name", name("bob"))]))
        .await
        .unwrap();
    kill_process(id, Signal::TERM).unwrap();

    let (process, left) = corner.vanish();
    let ended: coffer_tests::host::Ended = Process::ended(process, ALONE).await.unwrap();
    assert_eq!(ended.code, Some(0));
    let notes = left.notes();
    for note in ["close ada", "close bob", "farewell"] {
        assert!(notes.iter().any(|own| own == note), "{notes:?}");
    }
}

#[tokio::test]
async fn what_is_logged_is_json_of_hclog() {
    let program = Program::new(PROGRAM).env("TF_LOG", "TRACE");
    let corner = Corner::run(program, Walk::Plan).await;
    let ward = corner.ward();
    let config = ward.config([("name", name("north")), ("secret_wo", name("hunter2"))]);
    ward.settle(None, &config).await.unwrap();
    let (ended, _) = corner.shutdown().await;
    let log = ended.unwrap().log;
    assert!(log.contains("ApplyResourceChange"));
    assert!(!log.contains("hunter2"));
    for line in log.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        for key in ["@level", "@message", "@timestamp", "@module"] {
            assert!(entry[key].is_string(), "{line}");
        }
    }
}
