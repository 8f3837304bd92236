//! The connection: who gets through, and who does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use coffer_tests::host::proto::tfplugin5::get_provider_schema;
use coffer_tests::host::proto::tfplugin5::provider_client::ProviderClient;
use coffer_tests::host::{ClientCertificate, Failure, Host, Process, Program, Tls, connect};

use crate::corner::PROGRAM;

/// Whether a host with this certificate can make a call.
async fn gets_through(process: &Process, certificate: Option<&ClientCertificate>) -> bool {
    match connect(&process.handshake, certificate).await {
        Err(_) => false,
        Ok(channel) => ProviderClient::new(channel)
            .get_schema(get_provider_schema::Request {})
            .await
            .is_ok(),
    }
}

#[tokio::test]
async fn only_the_announced_certificate_gets_through() {
    let process = Process::start(&Program::new(PROGRAM)).await.unwrap();
    assert!(!gets_through(&process, None).await);
    assert!(!gets_through(&process, Some(&ClientCertificate::new())).await);
    // Nobody who was refused has done harm.
    assert!(gets_through(&process, process.certificate.as_ref()).await);
    assert!(process.log().contains("Connection refused") || process.log().is_empty());
}

#[tokio::test]
async fn the_streams_of_broker_and_output_stay_open_and_silent() {
    let host = Host::start(&Program::new(PROGRAM)).await.unwrap();
    // Long enough for a provider that would end them after its first answer.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(host.holds_its_streams());
    host.stop().await.unwrap();
    assert!(
        host.holds_its_streams(),
        "Stop ends what runs, not the plugin"
    );
    assert!(host.is_healthy().await.unwrap());
}

#[tokio::test]
async fn a_certificate_gets_through_only_while_it_is_valid() {
    for certificate in [
        ClientCertificate::expired(),
        ClientCertificate::not_yet_valid(),
    ] {
        let program = Program::new(PROGRAM).tls(Tls::Client(Box::new(certificate)));
        // A provider may also refuse to come up for a host that can never get through.
        if let Ok(process) = Process::start(&program).await {
            assert!(!gets_through(&process, process.certificate.as_ref()).await);
        }
    }
}

#[tokio::test]
async fn no_byte_in_the_clear_is_answered_where_tls_is_announced() {
    let process = Process::start(&Program::new(PROGRAM)).await.unwrap();
    let mut plain = process.handshake.clone();
    plain.certificate = None;
    let channel = connect(&plain, None).await;
    let answered = match channel {
        Err(_) => false,
        Ok(channel) => ProviderClient::new(channel)
            .get_schema(get_provider_schema::Request {})
            .await
            .is_ok(),
    };
    assert!(!answered);
}

#[tokio::test]
async fn without_auto_mtls_the_socket_is_the_guard() {
    let host = Host::start(&Program::new(PROGRAM).tls(Tls::Off))
        .await
        .unwrap();
    let handshake = &host.process().handshake;
    assert!(handshake.certificate.is_none());
    assert_private(&handshake.socket);
}

#[tokio::test]
async fn the_socket_lies_in_a_private_folder_and_no_port_is_open() {
    let host = Host::start(&Program::new(PROGRAM)).await.unwrap();
    assert_private(&host.process().handshake.socket);
    assert_eq!(listening_ports(host.process().id()), Vec::<String>::new());
}

fn assert_private(socket: &Path) {
    let folder = fs::metadata(socket.parent().unwrap()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
}

/// The TCP sockets of the process that listen, from `/proc`.
fn listening_ports(id: u32) -> Vec<String> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{id}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|target| {
            let target = target.display().to_string();
            let inode = target.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    assert!(!sockets.is_empty(), "the process has a socket at least");
    let mut listening = Vec::new();
    for table in ["tcp", "tcp6"] {
        let table = fs::read_to_string(format!("/proc/{id}/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            // State 0A is LISTEN; the tenth field is the socket's inode.
            if fields.get(3) == Some(&"0A")
                && fields
                    .get(9)
                    .is_some_and(|inode| sockets.iter().any(|own| own == inode))
            {
                listening.push(fields[1].to_owned());
            }
        }
    }
    listening
}

#[tokio::test]
async fn without_the_cookie_a_human_is_told() {
    for program in [
        Program::new(PROGRAM).without_env("TF_PLUGIN_MAGIC_COOKIE"),
        Program::new(PROGRAM).env("TF_PLUGIN_MAGIC_COOKIE", "wrong"),
    ] {
        match Host::start(&program).await {
            Err(Failure::Start(said)) => {
                assert!(said.contains("exit code Some(1)"), "{said}");
                assert!(said.contains("required_providers"), "{said}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_host_that_speaks_another_protocol_is_told() {
    let program = Program::new(PROGRAM).env("PLUGIN_PROTOCOL_VERSIONS", "6");
    match Host::start(&program).await {
        Err(Failure::Start(said)) => assert!(said.contains("protocol version 5"), "{said}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_garbled_certificate_is_told() {
    let program = Program::new(PROGRAM).env("PLUGIN_CLIENT_CERT", "no certificate");
    match Host::start(&program).await {
        Err(Failure::Start(said)) => assert!(said.contains("encrypt"), "{said}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn multiplexing_is_refused_where_it_is_asked_for() {
    let plain = Host::start(&Program::new(PROGRAM)).await.unwrap();
    assert_eq!(plain.process().handshake.multiplex, None);
    let asked = Program::new(PROGRAM).env("PLUGIN_MULTIPLEX_GRPC", "true");
    let asked = Host::start(&asked).await.unwrap();
    assert_eq!(asked.process().handshake.multiplex, Some(false));
}

#[tokio::test]
async fn the_health_service_knows_the_plugin() {
    let host = Host::start(&Program::new(PROGRAM)).await.unwrap();
    assert!(host.is_healthy().await.unwrap());
}
