//! OpenBao and HashiCorp Vault: engines that make credentials by themselves.

mod pki;
mod server;
mod static_role;

pub use pki::PkiRole;
pub(super) use pki::{Issued, PkiIssuer};
pub use server::Server;
pub use static_role::{StaticRole, StaticRoleTarget};
