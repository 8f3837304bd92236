//! The block of TLS certificates.

use coffer_plugin::{Model, Value, validators};
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::openbao::PkiRole;
use coffer_rotation::target::tls_certificate::CertificateSettings;

use super::{TargetBlock, reference, words};
use crate::period::Period;

/// A TLS certificate of a private authority, or of the PKI engine of OpenBao or HashiCorp Vault. The value is the private
/// key, the certificate and that of the authority, as PEM in this order.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct TlsCertificateTargetBlock {
    /// The secret of the authority: `coffer generate authority --put NAME` makes one. A name in the same store, or
    /// `STORE:NAME`.
    #[attr(optional, validate = reference)]
    authority_secret: Value<String>,
    /// The role of a PKI engine that issues, in place of `authority_secret`. Its certificates must have no lease.
    #[attr(optional, validate = validators::not_empty())]
    pki_role: Value<String>,
    /// Where the PKI engine is mounted. `pki` unless set.
    #[attr(optional, validate = validators::not_empty())]
    pki_mount: Value<String>,
    /// The secret with the server of the PKI engine and a login, as for `target_openbao_static_role`. The environment's
    /// unless set.
    #[attr(optional, validate = reference)]
    server_secret: Value<String>,
    /// The DNS names and IP addresses that the certificate is for.
    #[attr(required, validate = validators::items(1..=100))]
    names: Value<Vec<String>>,
    /// For how long a certificate is valid, such as `90d`.
    #[attr(required)]
    validity: Value<Period>,
    /// How long before its end it is renewed, such as `30d`.
    #[attr(required)]
    renew_before: Value<Period>,
    /// A program that gets the value on its standard input, to install it where it is needed.
    #[attr(optional, validate = validators::items(1..=100))]
    install: Value<Vec<String>>,
}

impl TargetBlock for TlsCertificateTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::TlsCertificate(CertificateSettings {
            authority_secret: self.authority_secret.as_known().cloned(),
            pki: self.pki_role.as_known().map(|role| PkiRole {
                role: role.clone(),
                mount: self.pki_mount.as_known().cloned(),
                server_secret: self.server_secret.as_known().cloned(),
            }),
            names: words(&self.names),
            validity: self.validity.as_known()?.as_period().clone(),
            renew_before: self.renew_before.as_known()?.as_period().clone(),
            install: words(&self.install),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.authority_secret.is_unknown()
            || self.pki_role.is_unknown()
            || self.pki_mount.is_unknown()
            || self.server_secret.is_unknown()
            || self.names.is_unknown()
            || self.validity.is_unknown()
            || self.renew_before.is_unknown()
            || self.install.is_unknown()
    }
}
