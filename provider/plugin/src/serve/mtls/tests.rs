#![cfg(unix)]

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, SignatureAlgorithm};
use rustls::client::{ResolvesClientCert, WantsClientCert};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::*;

/// A client's certificate with its key.
struct Client {
    certificate: CertificateDer<'static>,
    pem: String,
    key: PrivatePkcs8KeyDer<'static>,
}

/// A certificate authority that serves as a leaf, as go-plugin makes it.
fn client(algorithm: &'static SignatureAlgorithm, last_year: i32) -> Client {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
    let key = KeyPair::generate_for(algorithm).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Client {
        pem: certificate.pem(),
        certificate: certificate.into(),
        key: PrivatePkcs8KeyDer::from(key.serialize_der()),
    }
}

fn p521(last_year: i32) -> Client {
    client(&rcgen::PKCS_ECDSA_P521_SHA512, last_year)
}

/// Shows a certificate with whatever key.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Whether a host that announced `announced` and authenticates with `shown` gets through.
async fn connects(announced: &Client, shown: Option<&Client>) -> Result<(), String> {
    attempt(announced, |config| match shown {
        None => config.with_no_client_auth(),
        Some(client) => {
            let key = client.key.clone_key().into();
            config
                .with_client_auth_cert(vec![client.certificate.clone()], key)
                .unwrap()
        }
    })
    .await
}

async fn attempt(
    announced: &Client,
    authenticate: impl FnOnce(ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig,
) -> Result<(), String> {
    let identity = Identity::new(&announced.pem).map_err(|error| error.to_string())?;
    let (near, far) = UnixStream::pair().unwrap();
    let acceptor = identity.acceptor();
    let server = tokio::spawn(async move {
        let mut stream = acceptor.accept(far).await?;
        stream.write_all(b"x").await?;
        stream.shutdown().await
    });
    // The host knows the provider by the certificate in the handshake line, and by nothing else.
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(identity.certificate().to_vec()))
        .unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let mut config = authenticate(config);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("localhost").unwrap();
    let outcome = async {
        let mut stream = connector.connect(name, near).await?;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        stream.read_exact(&mut [0]).await
    };
    let outcome = outcome.await;
    let _ = server.await.unwrap();
    outcome.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_announced_certificate_gets_through_as_go_plugin_makes_it() {
    let host = p521(2050);
    assert_eq!(connects(&host, Some(&host)).await, Ok(()));
    let host = client(&rcgen::PKCS_ECDSA_P256_SHA256, 2050);
    assert_eq!(connects(&host, Some(&host)).await, Ok(()));
}

#[tokio::test]
async fn another_certificate_is_refused() {
    assert!(connects(&p521(2050), Some(&p521(2050))).await.is_err());
}

#[tokio::test]
async fn the_announced_certificate_without_its_key_is_refused() {
    let host = p521(2050);
    let key = PrivateKeyDer::from(p521(2050).key);
    let key = aws_lc_rs::default_provider()
        .key_provider
        .load_private_key(key)
        .unwrap();
    // Builders refuse a key that does not belong to the certificate; a thief would not.
    let stolen = Arc::new(CertifiedKey::new(vec![host.certificate.clone()], key));
    assert!(
        attempt(&host, |config| config
            .with_client_cert_resolver(Arc::new(Shown(stolen))))
        .await
        .is_err()
    );
}

#[tokio::test]
async fn no_certificate_is_refused() {
    assert!(connects(&p521(2050), None).await.is_err());
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let host = p521(2021);
    assert!(connects(&host, Some(&host)).await.is_err());
}

#[test]
fn what_is_no_certificate_is_refused_at_the_start() {
    for pem in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(
            matches!(Identity::new(pem), Err(MtlsError::ClientCertificate)),
            "{pem}"
        );
    }
}
