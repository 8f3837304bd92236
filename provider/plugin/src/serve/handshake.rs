//! What go-plugin's host says through the environment, and the line with which it is answered.
//! <https://github.com/hashicorp/go-plugin/blob/main/docs/guide-plugin-write-non-go.md>

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::mtls::{Identity, MtlsError};

/// Terraform's magic cookie: proof that a host started this process, not a human. No secret.
const COOKIE_NAME: &str = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// Version of go-plugin's own protocol.
const CORE_VERSION: u32 = 1;
/// Version of Terraform's protocol.
const PROTOCOL_VERSION: u32 = 5;

/// Why the provider does not come up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    /// A human started it.
    #[error(
        "This program is a provider for Terraform and OpenTofu, and they start it themselves.\n\
         Name it in a configuration under required_providers, then run `terraform init` and `terraform plan`."
    )]
    NoHost,
    /// The host is from another time.
    #[error(
        "This provider speaks protocol version 5, and the host offers {0}. Use Terraform 0.12 or later, or OpenTofu."
    )]
    Version(String),
    /// The encryption cannot be set up.
    #[error("The provider cannot encrypt its connection: {0}.")]
    Mtls(#[from] MtlsError),
    /// There is no place to listen.
    #[error(
        "The provider cannot listen for its host: {0}. Set TMPDIR to a directory that can be written."
    )]
    Listen(std::io::Error),
    /// Signals cannot be handled.
    #[error("The provider cannot handle signals: {0}.")]
    Signals(std::io::Error),
    /// Standard output is closed.
    #[error("The provider cannot tell its host where it listens: {0}.")]
    Announce(std::io::Error),
}

/// What the host wants.
#[derive(Debug)]
pub(crate) struct HostRequest {
    /// The PEM certificate with which the host will authenticate, if it encrypts at all.
    pub(crate) client_certificate: Option<String>,
    /// Where sockets are to be made, if the host cares.
    pub(crate) socket_directory: Option<String>,
    /// Whether the host asked about multiplexing, and so understands a seventh field.
    pub(crate) multiplex: bool,
}

impl HostRequest {
    pub(crate) fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, HandshakeError> {
        if variable(COOKIE_NAME).as_deref() != Some(COOKIE) {
            return Err(HandshakeError::NoHost);
        }
        let filled = |name| variable(name).filter(|value| !value.is_empty());
        if let Some(versions) = filled("PLUGIN_PROTOCOL_VERSIONS")
            && !versions
                .split(',')
                .any(|version| version.trim().parse() == Ok(PROTOCOL_VERSION))
        {
            return Err(HandshakeError::Version(versions));
        }
        Ok(Self {
            client_certificate: filled("PLUGIN_CLIENT_CERT"),
            socket_directory: filled("PLUGIN_UNIX_SOCKET_DIR"),
            multiplex: variable("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }
}

/// The one line that ever goes to standard output. `address` is network and address, such as `unix|/tmp/socket`.
pub(crate) fn line(address: &str, identity: Option<&Identity>, multiplex: bool) -> String {
    let certificate = identity
        .map(|identity| STANDARD_NO_PAD.encode(identity.certificate()))
        .unwrap_or_default();
    // An older host would take a seventh field for a part of the certificate.
    let seventh = if multiplex { "|false" } else { "" };
    format!("{CORE_VERSION}|{PROTOCOL_VERSION}|{address}|grpc|{certificate}{seventh}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(variables: &[(&str, &str)]) -> Result<HostRequest, HandshakeError> {
        HostRequest::from_environment(|name| {
            variables
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_human_is_told_what_this_program_is() {
        for cookie in [None, Some("wrong")] {
            let variables: Vec<_> = cookie
                .map(|cookie| (COOKIE_NAME, cookie))
                .into_iter()
                .collect();
            let text = request(&variables).unwrap_err().to_string();
            assert!(text.contains("required_providers"), "{text}");
        }
    }

    #[test]
    fn protocol_5_is_found_among_the_offered_versions_in_any_order() {
        for offered in ["5,6", "6,5", "4, 5", "5"] {
            let request = request(&[(COOKIE_NAME, COOKIE), ("PLUGIN_PROTOCOL_VERSIONS", offered)]);
            assert!(request.is_ok(), "{offered}");
        }
        let refused = request(&[(COOKIE_NAME, COOKIE), ("PLUGIN_PROTOCOL_VERSIONS", "6,55")]);
        assert!(matches!(refused, Err(HandshakeError::Version(_))));
    }

    #[test]
    fn a_seventh_field_is_sent_only_to_a_host_that_knows_of_it() {
        assert_eq!(line("unix|/s", None, false), "1|5|unix|/s|grpc|");
        assert_eq!(line("unix|/s", None, true), "1|5|unix|/s|grpc||false");
    }
}
