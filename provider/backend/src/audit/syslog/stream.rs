//! Messages over TCP and TLS, each with its length before it (RFC 6587, 3.4.1; RFC 5425, 4.3).
//!
//! Every delivery has a connection of its own, which is ended properly: a server that has gone away is noticed then, and
//! not one delivery later.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

/// How long connecting, and each write, may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// How long the server may take to end the connection after we have. One that keeps it open has the messages, too.
const LINGER: Duration = Duration::from_secs(1);

pub(super) fn tcp(server: &(String, u16), messages: &[Vec<u8>]) -> Result<(), String> {
    let told = |error: io::Error| error.to_string();
    let mut stream = connect(server)?;
    stream.write_all(&counted(messages)).map_err(told)?;
    finish(&mut stream).map_err(told)
}

pub(super) fn tls(server: &(String, u16), messages: &[Vec<u8>]) -> Result<(), String> {
    let told = |error: io::Error| error.to_string();
    let name = ServerName::try_from(server.0.clone())
        .map_err(|_| "the host's name cannot stand in a certificate".to_owned())?;
    let mut tls = ClientConnection::new(config()?, name).map_err(|error| error.to_string())?;
    let mut tcp = connect(server)?;
    let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
    stream.write_all(&counted(messages)).map_err(told)?;
    stream.flush().map_err(told)?;
    tls.send_close_notify();
    while tls.wants_write() {
        tls.write_tls(&mut tcp).map_err(told)?;
    }
    finish(&mut tcp).map_err(told)
}

/// The addresses of a host.
pub(super) fn resolve(server: &(String, u16)) -> Result<Vec<SocketAddr>, String> {
    let found = (server.0.as_str(), server.1)
        .to_socket_addrs()
        .map_err(|error| format!("the host is not known: {error}"))?;
    Ok(found.collect())
}

fn connect(server: &(String, u16)) -> Result<TcpStream, String> {
    let mut last = "the host has no address".to_owned();
    for address in resolve(server)? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => {
                let set = stream
                    .set_write_timeout(Some(TIMEOUT))
                    .and_then(|()| stream.set_read_timeout(Some(TIMEOUT)));
                return set.map(|()| stream).map_err(|error| error.to_string());
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

fn counted(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut all = Vec::new();
    for message in messages {
        all.extend_from_slice(message.len().to_string().as_bytes());
        all.push(b' ');
        all.extend_from_slice(message);
    }
    all
}

/// Says that nothing more comes, and waits for the server to say the same. A reset in its place means that it has not
/// read everything.
fn finish(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(LINGER))?;
    let mut rest = [0; 1024];
    loop {
        match stream.read(&mut rest) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) =>
            {
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
}

/// Trusts what the system trusts; `SSL_CERT_FILE` names other certificates.
fn config() -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "there is no certificate to trust the server by; install ca-certificates or set SSL_CERT_FILE".to_owned(),
        );
    }
    let config = ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .map_err(|error| error.to_string())?
    .with_root_certificates(roots)
    .with_no_client_auth();
    Ok(Arc::new(config))
}
