//! A door with TLS before a PostgreSQL: the server that the tests fetch is built without it.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::certificates::Certificates;

/// How a client asks for TLS before it says anything else: a length of eight, and a number that is no version.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Opens a door to the server at `inner` on this machine that lets in nobody without TLS, and gives its port.
pub(crate) async fn open(inner: u16, certificates: &Certificates) -> u16 {
    let chain = CertificateDer::pem_slice_iter(certificates.certificate.as_bytes());
    let chain: Vec<_> = chain.collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(certificates.key.as_bytes()).unwrap();
    let settings = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(let_in(client, inner, acceptor.clone()));
        }
    });
    port
}

/// Carries bytes until one side has enough. A client that does not go on is what some tests want to see.
async fn let_in(mut client: TcpStream, inner: u16, acceptor: TlsAcceptor) -> std::io::Result<()> {
    let mut asked = [0; SSL_REQUEST.len()];
    client.read_exact(&mut asked).await?;
    if asked != SSL_REQUEST {
        return Ok(());
    }
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(("127.0.0.1", inner)).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
