//! A service that fails, and answers that are lost on the way.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use coffer_backend::aws::SecretsManager;
use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::{PutRequest, VersionSelector};

use crate::{SERVER, fresh, put, read, secret, settings, store};

/// What happens to a request.
enum Fate {
    /// It reaches the service, and its answer comes back.
    Served,
    /// It reaches the service, and the connection breaks before its answer comes back.
    Lost,
    /// The service answers this, having done nothing.
    Answered(u16, &'static str),
}

/// A proxy before the service. `fate` is asked for each request by its operation and how many there were of it before.
fn behind(
    fate: impl Fn(&str, usize) -> Fate + Send + Sync + 'static,
) -> (SecretsManager, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut settings = settings();
    settings.endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    settings.max_attempts = Some(3);
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    thread::spawn(move || {
        let mut operations: Vec<String> = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some((head, body)) = request(&mut stream) else {
                continue;
            };
            let operation = head
                .lines()
                .find_map(|line| line.split_once("secretsmanager."))
                .map(|(_, operation)| operation.trim().to_owned())
                .unwrap();
            let before = operations.iter().filter(|it| **it == operation).count();
            seen.fetch_add(1, Ordering::Relaxed);
            match fate(&operation, before) {
                Fate::Served => stream.write_all(&forward(&head, &body)).unwrap(),
                Fate::Lost => drop(forward(&head, &body)),
                Fate::Answered(status, text) => write!(
                    stream,
                    "HTTP/1.1 {status} Test\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                    text.len()
                )
                .unwrap(),
            }
            operations.push(operation);
        }
    });
    (SecretsManager::new(settings), count)
}

fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(|it| it.trim().parse().unwrap())
            })
            .unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Some((head, bytes[end + 4..].to_vec()));
        }
    }
}

fn forward(head: &str, body: &[u8]) -> Vec<u8> {
    let address = SERVER.url();
    let mut server = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    server
        .write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())
        .unwrap();
    server.write_all(body).unwrap();
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn a_service_that_fails_for_a_moment_is_asked_again() {
    let name = fresh("for-a-moment");
    put(&store(), &name, "fake-value").await;
    let (store, count) = behind(|_, before| match before {
        0 => Fate::Answered(
            500,
            r#"{"__type":"InternalServiceError","message":"try again"}"#,
        ),
        _ => Fate::Served,
    });
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-value"
    );
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_service_that_wants_fewer_requests_for_good_is_given_up() {
    let throttled = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let (store, count) = behind(move |_, _| Fate::Answered(400, throttled));
    let refused = store
        .get(&fresh("throttled"), VersionSelector::Current)
        .await;
    let refused = refused.err().unwrap();
    assert_eq!(refused.kind(), ErrorKind::Throttled);
    assert!(refused.to_string().contains("Rate exceeded"), "{refused}");
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_value_is_stored_once_although_its_answer_is_lost() {
    let name = fresh("lost");
    put(&store(), &name, "fake-first").await;
    // Lost so often that the SDK gives up: the version is then looked for.
    let (store, _) = behind(|operation, _| match operation {
        "PutSecretValue" => Fate::Lost,
        _ => Fate::Served,
    });
    let version = put(&store, &name, "fake-second").await;
    assert_eq!(version, 2);
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-second"
    );
    assert_eq!(store.versions(&name).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_secret_is_made_and_a_stage_moved_although_the_answers_are_lost() {
    let name = fresh("made-and-lost");
    let (store, _) = behind(|operation, before| match (operation, before) {
        ("CreateSecret", _) | ("UpdateSecretVersionStage", 0) => Fate::Lost,
        _ => Fate::Served,
    });
    assert_eq!(put(&store, &name, "fake-first").await, 1);
    assert_eq!(put(&store, &name, "fake-second").await, 2);
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-second"
    );
}

#[tokio::test]
async fn a_text_of_the_service_that_repeats_the_value_is_left_out() {
    let (store, _) = behind(|operation, _| match operation {
        "CreateSecret" => Fate::Answered(
            400,
            r#"{"__type":"InvalidParameterException","message":"fake-value-of-test is too simple"}"#,
        ),
        _ => Fate::Served,
    });
    let request = PutRequest::new(secret("fake-value-of-test"));
    let refused = store.put(&fresh("repeated"), request).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert!(!format!("{refused} {refused:?}").contains("fake-value-of-test"));
}

#[tokio::test]
async fn a_missing_right_and_a_service_out_of_reach_are_told_apart() {
    let denied = r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized"}"#;
    let (store, _) = behind(move |_, _| Fate::Answered(400, denied));
    let refused = store
        .get(&fresh("denied"), VersionSelector::Current)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.kind(), ErrorKind::Denied);
    assert!(refused.to_string().contains("not authorized"), "{refused}");

    let mut settings = settings();
    // Nothing listens at the port of a listener that is gone.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    settings.endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    settings.max_attempts = Some(1);
    let store = SecretsManager::new(settings);
    let refused = store
        .get(&fresh("away"), VersionSelector::Current)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert!(refused.to_string().contains("refused"), "{refused}");
}
