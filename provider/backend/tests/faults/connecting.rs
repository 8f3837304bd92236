//! Services that are not reached.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use coffer_backend::{Error, ErrorKind};
use coffer_vault::{SecretName, VersionSelector};

use crate::subject::Subject;

async fn refused(subject: &Subject, url: &str) -> Error {
    let name = SecretName::parse("faults/away").unwrap();
    let read = subject.at(url).get(&name, VersionSelector::Current).await;
    let error = read.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    error
}

pub(crate) async fn a_name_that_nobody_has_is_named(subject: &Subject) {
    let error = refused(subject, "https://fake-host.invalid:8200").await;
    let text = error.to_string();
    assert!(text.contains("dns") || text.contains("lookup"), "{text}");
}

pub(crate) async fn a_port_that_nobody_listens_at_is_an_error(subject: &Subject) {
    // Nothing listens at the port of a listener that is gone.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = refused(subject, &url).await;
    assert!(error.to_string().contains("refused"), "{error}");
}

pub(crate) async fn a_certificate_of_another_authority_is_refused(subject: &Subject) {
    let error = refused(subject, &encrypted()).await;
    let text = error.to_string().to_lowercase();
    assert!(
        text.contains("certificate") || text.contains("issuer"),
        "{text}"
    );
}

/// The URL of a server whose certificate nobody vouches for.
fn encrypted() -> String {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut connection, &mut stream);
            // The client ends it as soon as it has seen the certificate.
            let _ = stream.read(&mut [0; 1]);
            let _ = stream.flush();
        }
    });
    url
}
