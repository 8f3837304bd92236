//! What became of leases that were to be ended.

use coffer_rotation::lease::LeaseError;
use coffer_vault::Lease;
use serde_json::{Value, json};

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::output;

/// Tells which leases are gone, and which stay and why.
///
/// # Errors
/// Where one stays.
pub(super) fn tell(
    global: &Global,
    revoked: &[Lease],
    failed: &[(Lease, LeaseError)],
) -> Result<()> {
    if global.format == Format::Json {
        let gone: Vec<&str> = revoked.iter().map(|lease| lease.id.as_str()).collect();
        let left: Vec<Value> = failed
            .iter()
            .map(|(lease, error)| {
                json!({ "lease": lease.id, "why": error.to_string(), "remedy": error.remedy() })
            })
            .collect();
        output::json(&json!({ "revoked": gone, "failed": left }))?;
    } else {
        for lease in revoked {
            let (id, kind, name) = (&lease.id, &lease.kind, &lease.name);
            output::line(&format!("Revoked {id} ({kind}, {name})."))?;
        }
        for (lease, error) in failed {
            let remedy = error.remedy().unwrap_or_default();
            output::note(&format!("{} is not revoked: {error}; {remedy}", lease.id));
        }
    }
    match failed.len() {
        0 => Ok(()),
        _ => Err(Failure::Other("not everything could be revoked".to_owned())),
    }
}
