//! Tokens that are handed out for one run, and the leases that make sure that they end with it.

use coffer_rotation::lease::{TOKEN_KIND, marked, revoke_token};
use coffer_vault::{
    LeaseRequest, NewToken, Result, SecretName, SignedDuration, Timestamp, TokenRequest, Vault,
};
use serde::{Deserialize, Serialize};

use crate::period::from_now;

/// The name under which they stand there.
const NAME: &str = "coffer/token";

/// What renewing and revoking a token need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TokenLease {
    lease: String,
    accessor: String,
    ttl_seconds: i64,
}

/// Makes a token with a lease that is registered before: whatever happens in between, a later sweep finds the token by
/// the mark in its label.
pub(crate) fn open(
    vault: &Vault,
    mut request: TokenRequest,
    mark: &str,
) -> Result<(NewToken, TokenLease)> {
    let ttl = request.ttl;
    request.label = marked(&request.label, mark);
    let lease = vault.register_lease(LeaseRequest {
        name: SecretName::parse(NAME)?,
        kind: TOKEN_KIND.to_owned(),
        revocation: mark.to_owned(),
        expires: from_now(ttl),
    })?;
    let token = match vault.create_token(request) {
        Ok(token) => token,
        Err(error) => {
            // Nothing was handed out, so nothing is left to revoke; the sweep would find that, too.
            let _ = vault.close_lease(&lease.id);
            return Err(error);
        }
    };
    let lease = TokenLease {
        lease: lease.id,
        accessor: token.info.accessor.clone(),
        ttl_seconds: ttl.as_secs(),
    };
    Ok((token, lease))
}

/// Extends the token, and says until when.
pub(crate) fn renew(vault: &Vault, lease: &TokenLease) -> Result<Timestamp> {
    let ttl = SignedDuration::from_secs(lease.ttl_seconds);
    let info = vault.renew_token(&lease.accessor, ttl)?;
    vault.renew_lease(&lease.lease, info.expires)?;
    Ok(info.expires)
}

/// Revokes the token. One that is gone is no error.
pub(crate) fn close(vault: &Vault, lease: &TokenLease) -> Result<()> {
    revoke_token(vault, &lease.accessor)?;
    vault.close_lease(&lease.lease)?;
    Ok(())
}
