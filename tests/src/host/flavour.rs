//! Which host is played.

use super::proto::tfplugin5::ClientCapabilities;

/// What sets hosts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Terraform 1.11: no identity, no listing, no actions.
    Terraform1_11,
    /// Terraform 1.14: asks for identities, lists and acts.
    Terraform1_14,
    /// OpenTofu 1.11: asks for functions by a call of its own, sends no capabilities with `Configure`, insists on
    /// ephemeral results without unknowns, and closes with the private data of the latest renewal.
    OpenTofu1_11,
}

impl Flavour {
    /// Every flavour.
    pub const ALL: [Self; 3] = [Self::Terraform1_11, Self::Terraform1_14, Self::OpenTofu1_11];

    /// The version that it calls itself.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::Terraform1_11 => "1.11.4",
            Self::Terraform1_14 => "1.14.9",
            Self::OpenTofu1_11 => "1.11.14",
        }
    }

    /// Whether it knows identities, listings and actions.
    #[must_use]
    pub const fn is_newer(self) -> bool {
        matches!(self, Self::Terraform1_14)
    }

    /// Whether it is OpenTofu.
    #[must_use]
    pub const fn is_opentofu(self) -> bool {
        matches!(self, Self::OpenTofu1_11)
    }

    /// What it says with `Configure`.
    pub(super) fn configure(self, walk: Walk) -> Option<ClientCapabilities> {
        (!self.is_opentofu()).then_some(ClientCapabilities {
            deferral_allowed: walk == Walk::Apply,
            write_only_attributes_allowed: true,
        })
    }

    /// What it says with calls about resources.
    pub(super) fn resource(self) -> Option<ClientCapabilities> {
        Some(ClientCapabilities {
            deferral_allowed: false,
            write_only_attributes_allowed: true,
        })
    }
}

/// What the provider is configured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// `terraform plan`.
    Plan,
    /// `terraform apply`.
    Apply,
}
