//! The connection to a provider.

use std::io;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use super::announced::Announced;
use super::certificate::ClientCertificate;
use super::failure::Failure;
use super::handshake::Handshake;

/// Bytes to and from the provider.
pub trait Wires: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wires for T {}

/// Connects as a host that has this certificate, or none.
///
/// The provider's certificate is verified as Go does it: it is the one that was announced, and its name is `localhost`.
///
/// # Errors
/// When the connection or its handshake fails. With TLS 1.3 a refused certificate is noticed at the first call.
pub async fn connect(
    handshake: &Handshake,
    certificate: Option<&ClientCertificate>,
) -> Result<Channel, Failure> {
    let tls = match &handshake.certificate {
        None => None,
        Some(server) => Some(tls(server.clone(), certificate)?),
    };
    let socket = handshake.socket.clone();
    let connector = service_fn(move |_| {
        let (socket, tls) = (socket.clone(), tls.clone());
        async move {
            let stream = UnixStream::connect(&socket).await?;
            let wires: Box<dyn Wires> = match tls {
                None => Box::new(stream),
                Some(config) => {
                    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
                    Box::new(TlsConnector::from(config).connect(name, stream).await?)
                }
            };
            Ok::<_, io::Error>(TokioIo::new(wires))
        }
    });
    Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
        .map_err(|error| Failure::Connect(chain(&error)))
}

fn tls(
    server: rustls::pki_types::CertificateDer<'static>,
    certificate: Option<&ClientCertificate>,
) -> Result<Arc<ClientConfig>, Failure> {
    let refuse = |error: rustls::Error| Failure::Connect(error.to_string());
    let announced = Announced::new(server).map_err(refuse)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(refuse)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(announced));
    let mut config = match certificate {
        None => builder.with_no_client_auth(),
        Some(certificate) => builder
            .with_client_auth_cert(certificate.chain(), certificate.key())
            .map_err(refuse)?,
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Arc::new(config))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
