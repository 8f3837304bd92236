//! Reading a value.

use std::time::Duration;

use coffer_backend::{Error, ErrorKind, SecretStore};
use coffer_vault::{SecretName, VersionSelector};
use xtask::faults::Fault;

use crate::subject::{RETRIES, Subject};

const VALUE: &str = "fake-value-of-the-faults";

/// How many requests there are at most for one that is repeated as often as it may be.
const MOST: usize = RETRIES as usize + 1;

async fn read(store: &dyn SecretStore, name: &SecretName) -> Result<String, Error> {
    let found = store.get(name, VersionSelector::Current).await?;
    Ok(found.value.danger_expose_str().unwrap().to_owned())
}

/// The error of a read that must fail. It holds no value.
async fn refused(store: &dyn SecretStore, name: &SecretName) -> Error {
    let error = read(store, name).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.remedy());
    assert!(!shown.contains(VALUE), "{shown}");
    error
}

fn answer((status, body): (u16, &str)) -> Fault {
    Fault::json(status, body)
}

/// A fault for the first request, and none after.
fn once(fault: Fault) -> impl Fn(usize) -> Fault {
    move |before| match before {
        0 => fault.clone(),
        _ => Fault::None,
    }
}

fn always(fault: Fault) -> impl Fn(usize) -> Fault {
    move |_| fault.clone()
}

pub(crate) async fn throttling_for_a_moment_is_waited_for(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let (status, body) = subject.throttled;
    let throttled = Fault::Answer {
        status,
        headers: "Content-Type: application/x-amz-json-1.1\r\nRetry-After: 1\r\n".to_owned(),
        body: body.as_bytes().to_vec(),
    };
    let (store, behind) = subject.reading(once(throttled));
    assert_eq!(read(&*store, &name).await.unwrap(), VALUE);
    assert_eq!(behind.count(), 2);
}

pub(crate) async fn throttling_for_good_is_given_up(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let (store, behind) = subject.reading(always(answer(subject.throttled)));
    let error = refused(&*store, &name).await;
    assert_eq!(error.kind(), ErrorKind::Throttled, "{error}");
    assert!(error.to_string().contains("fake: "), "{error}");
    assert_eq!(behind.count(), MOST);
}

pub(crate) async fn a_failure_for_a_moment_is_tried_again(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    for status in [500, 502, 503, 504] {
        let (store, behind) = subject.reading(once(Fault::json(status, "{}")));
        assert_eq!(read(&*store, &name).await.unwrap(), VALUE, "{status}");
        assert_eq!(behind.count(), 2, "{status}");
    }
}

pub(crate) async fn a_failure_for_good_is_given_up(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let (store, behind) = subject.reading(always(Fault::json(503, "{}")));
    let error = refused(&*store, &name).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(behind.count(), MOST);
}

pub(crate) async fn a_connection_that_is_cut_is_tried_again(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    for cut in [Fault::CutBefore, Fault::CutAfter, Fault::CutMidway] {
        let (store, behind) = subject.reading(once(cut.clone()));
        assert_eq!(read(&*store, &name).await.unwrap(), VALUE, "{cut:?}");
        assert_eq!(behind.count(), 2, "{cut:?}");
    }
}

pub(crate) async fn a_connection_that_is_always_cut_is_given_up(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    for cut in [Fault::CutBefore, Fault::CutMidway] {
        let (store, behind) = subject.reading(always(cut.clone()));
        let error = refused(&*store, &name).await;
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{cut:?}: {error}");
        assert_eq!(behind.count(), MOST, "{cut:?}");
    }
}

pub(crate) async fn an_answer_that_comes_slowly_is_read(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let (store, behind) = subject.reading(always(Fault::Trickle(Duration::from_micros(100))));
    assert_eq!(read(&*store, &name).await.unwrap(), VALUE);
    assert_eq!(behind.count(), 1);
}

pub(crate) async fn an_answer_that_never_comes_is_given_up(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let (store, behind) = subject.reading(always(Fault::Stall));
    let error = refused(&*store, &name).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(behind.count() <= MOST);
}

/// What Terraform's Stop does: the future of the call is dropped.
pub(crate) async fn a_call_that_is_dropped_ends(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let (store, behind) = subject.reading(always(Fault::Stall));
    let call = read(&*store, &name);
    let arrived = async {
        while behind.count() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        read = call => panic!("nothing was answered, and yet: {read:?}"),
        () = arrived => {}
    }
    let before = behind.count();
    // Longer than the pause before a repetition.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(behind.count(), before, "nobody asks again");
}

/// In the middle of a run, and again after a new login where there is one.
pub(crate) async fn a_session_that_ran_out_is_said_so(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let expired = answer(subject.expired);
    let (store, behind) = subject.reading(move |before| match before {
        0 => Fault::None,
        _ => expired.clone(),
    });
    assert_eq!(read(&*store, &name).await.unwrap(), VALUE);
    let error = refused(&*store, &name).await;
    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
    assert!(behind.count() <= 1 + MOST);
}

pub(crate) async fn bytes_that_are_no_text_are_an_error(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let garbage = Fault::Answer {
        status: 200,
        headers: "Content-Type: application/x-amz-json-1.1\r\n".to_owned(),
        body: vec![b'{', b'"', 0xff, 0xfe, 0x80, b'"', b':', 0xc3, 0x28, b'}'],
    };
    let (store, _) = subject.reading(always(garbage));
    refused(&*store, &name).await;
}

/// More than any store reads of an answer, in which no value is.
pub(crate) async fn an_answer_without_end_is_an_error(subject: &Subject) {
    let name = subject.stored(VALUE).await;
    let endless = Fault::Answer {
        status: 200,
        headers: "Content-Type: application/x-amz-json-1.1\r\n".to_owned(),
        body: vec![b' '; 40 * 1024 * 1024],
    };
    let (store, _) = subject.reading(always(endless));
    refused(&*store, &name).await;
}
