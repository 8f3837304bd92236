//! go-plugin's AutoMTLS: each side makes a certificate for this one connection and knows the other's.
//!
//! The host's certificate is an ECDSA P-521 certificate authority that serves as a leaf, which any X.509
//! verifier must refuse. There is no chain to verify anyway: it is compared byte for byte with the one that the
//! host announced, and the handshake proves that the peer holds its key.

#[cfg(test)]
mod tests;
mod validity;

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error as TlsError, ServerConfig,
    SignatureScheme,
};

use validity::Validity;

/// Why the encryption cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MtlsError {
    /// `PLUGIN_CLIENT_CERT` holds no certificate.
    #[error("the host's certificate in PLUGIN_CLIENT_CERT cannot be read")]
    ClientCertificate,
    /// The provider's own certificate could not be made.
    #[error("its certificate cannot be made: {0}")]
    ServerCertificate(#[from] rcgen::Error),
    /// rustls does not accept the settings.
    #[error("TLS cannot be configured: {0}")]
    Tls(#[from] TlsError),
}

/// The provider's side of one AutoMTLS connection.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    config: Arc<ServerConfig>,
}

impl Identity {
    /// Makes a certificate of its own, and pins that of the host.
    pub(crate) fn new(client_certificate: &str) -> Result<Self, MtlsError> {
        let pinned = CertificateDer::from_pem_slice(client_certificate.as_bytes())
            .map_err(|_| MtlsError::ClientCertificate)?;
        let validity = Validity::of(&pinned).ok_or(MtlsError::ClientCertificate)?;
        let (certificate, key) = server_certificate()?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = PinnedClient {
            pinned,
            validity,
            algorithms: algorithms(&provider),
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(vec![certificate.clone()], key.into())?;
        // Newer gRPC clients refuse a server that does not say so.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // One connection, never resumed.
        config.send_tls13_tickets = 0;
        Ok(Self {
            certificate,
            config: Arc::new(config),
        })
    }

    /// The provider's certificate as DER, which the handshake line carries.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(crate) fn acceptor(&self) -> tokio_rustls::TlsAcceptor {
        tokio_rustls::TlsAcceptor::from(Arc::clone(&self.config))
    }
}

fn algorithms(provider: &CryptoProvider) -> WebPkiSupportedAlgorithms {
    provider.signature_verification_algorithms
}

/// ECDSA P-256 for `localhost`, the name that Go's side expects.
fn server_certificate() -> Result<(CertificateDer<'static>, PrivatePkcs8KeyDer<'static>), MtlsError>
{
    use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((
        certificate.into(),
        PrivatePkcs8KeyDer::from(key.serialize_der()),
    ))
}

/// Accepts one certificate and no other.
#[derive(Debug)]
struct PinnedClient {
    pinned: CertificateDer<'static>,
    validity: Validity,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for PinnedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, TlsError> {
        // Certificates are public: a comparison that takes its time tells nothing.
        if end_entity.as_ref() != self.pinned.as_ref() {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        self.validity.contains(now)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(TlsError::General("only TLS 1.3 is spoken here".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
