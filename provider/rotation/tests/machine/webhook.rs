//! The webhook target, with a web server that checks what it is told.

use aws_lc_rs::hmac;
use coffer_rotation::machine::{Done, Error};
use coffer_rotation::policy::Policy;
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::webhook::WebhookSettings;
use coffer_vault::{Secret, VersionSelector};

use crate::bench::{Bench, now};
use crate::receiver::{Request, receiver};

const KEY_SECRET: &str = "hooks/key";
const KEY: &str = "fake-key-of-the-signatures";
const FIRST: &str = "fake-first-value";
/// A part of the address that only who may call it knows, as many services have it.
const PATH: &str = "/fake-path-of-the-hook";

async fn bench() -> Bench {
    let bench = Bench::new();
    bench
        .put(KEY_SECRET, &Secret::copy_from(KEY.as_bytes()))
        .await;
    bench.begin_with(FIRST).await;
    bench
}

fn policy(address: &str) -> Policy {
    Policy {
        usernames: vec!["app".to_owned()],
        target: Some(TargetSpec::Webhook(WebhookSettings {
            url: format!("{address}{PATH}"),
            key_secret: KEY_SECRET.to_owned(),
        })),
        ..Policy::default()
    }
}

/// That the signature is HMAC-SHA-256 by the key, over the time, a dot and the body.
fn insist_on_the_signature(request: &Request) {
    let signature = request.header("coffer-signature").unwrap();
    let (time, mac) = signature.split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let signed = [time.as_bytes(), b".", &request.body].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    let expected: String = hmac::sign(&key, &signed)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(mac, expected);
}

/// That every step was told to the hook, signed, and with the values in the bodies alone.
fn insist_on_decency(requests: &[Request], values: &[&str]) {
    for request in requests {
        assert!(
            request.head.starts_with(&format!("POST {PATH} ")),
            "{}",
            request.head
        );
        assert_eq!(request.header("coffer-event"), Some("rotation"));
        insist_on_the_signature(request);
        for value in values {
            assert!(!request.head.contains(value), "a value in {}", request.head);
        }
    }
}

fn steps(requests: &[Request]) -> Vec<(String, u64)> {
    let told = |request: &Request| {
        let body = request.json();
        let step = body["step"].as_str().unwrap().to_owned();
        (step, body["version"].as_u64().unwrap())
    };
    requests.iter().map(told).collect()
}

fn step(name: &str, version: u64) -> (String, u64) {
    (name.to_owned(), version)
}

/// That nothing of the values or of the address's path stands in the error, nor in what it says to do.
fn insist_on_silence(error: &Error, values: &[&str]) {
    use std::error::Error as _;
    let mut told = format!("{error} {error:?} {}", error.remedy().unwrap_or_default());
    let mut cause = error.source();
    while let Some(inner) = cause {
        told.push_str(&inner.to_string());
        cause = inner.source();
    }
    for hidden in values.iter().chain([&PATH, &KEY]) {
        assert!(!told.contains(hidden), "{hidden} in {told}");
    }
}

#[tokio::test]
async fn each_step_is_told_signed_and_again_where_the_server_has_failed() {
    let bench = bench().await;
    let (address, requests) = receiver(&["500 Failed", "200 OK", "200 OK"]);
    let done = bench.rotate(&policy(&address), &now()).await.unwrap();
    assert!(matches!(done, Done::Rotated { version: 2, .. }), "{done:?}");
    let value = bench.value(VersionSelector::Current).await.unwrap();
    let requests: Vec<Request> = requests.iter().collect();
    assert_eq!(
        steps(&requests),
        [step("set", 2), step("set", 2), step("test", 2)]
    );
    assert_eq!(requests[0].body, requests[1].body);
    for request in &requests {
        let body = request.json();
        assert_eq!(body["name"], "prod/app");
        assert_eq!(body["username"], "app");
        assert_eq!(body["password"], value.as_str());
    }
    insist_on_decency(&requests, &[&value, FIRST]);
}

#[tokio::test]
async fn a_server_that_keeps_failing_leaves_the_version_pending_for_the_next_run() {
    let bench = bench().await;
    let (address, requests) = receiver(&["500 Failed", "502 Failed", "503 Failed"]);
    let error = bench.rotate(&policy(&address), &now()).await.unwrap_err();
    let found = bench.found().await;
    assert_eq!((found.current, found.pending), (Some(1), Some(2)));
    let pending = bench.value(VersionSelector::Version(2)).await.unwrap();
    let requests: Vec<Request> = requests.iter().collect();
    assert_eq!(
        steps(&requests),
        [step("set", 2), step("set", 2), step("set", 2)]
    );
    insist_on_silence(&error, &[&pending, FIRST]);

    let (address, requests) = receiver(&["200 OK", "200 OK"]);
    let done = bench.rotate(&policy(&address), &now()).await.unwrap();
    assert!(matches!(done, Done::Rotated { version: 2, .. }), "{done:?}");
    assert_eq!(bench.value(VersionSelector::Current).await, Some(pending));
    let requests: Vec<Request> = requests.iter().collect();
    assert_eq!(steps(&requests), [step("set", 2), step("test", 2)]);
}

#[tokio::test]
async fn what_the_server_refuses_is_not_told_again_and_the_old_value_is_put_back() {
    let bench = bench().await;
    let (address, requests) = receiver(&["200 OK", "403 No", "200 OK", "200 OK"]);
    let error = bench.rotate(&policy(&address), &now()).await.unwrap_err();
    let requests: Vec<Request> = requests.iter().collect();
    assert_eq!(
        steps(&requests),
        [
            step("set", 2),
            step("test", 2),
            step("set", 1),
            step("test", 1)
        ]
    );
    let refused = requests[1].json()["password"].as_str().unwrap().to_owned();
    assert_eq!(requests[2].json()["password"], FIRST);
    let found = bench.found().await;
    assert_eq!((found.current, found.pending), (Some(1), None));
    insist_on_silence(&error, &[&refused, FIRST]);
    insist_on_decency(&requests, &[&refused, FIRST]);
}
