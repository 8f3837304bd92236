//! Values between the wire and the handlers.

use crate::cty::{Cty, CtyType};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::proto::tfplugin5 as wire;

/// Reads a value of type `ty`. `what` names it in the diagnostic: `configuration`, `state`.
pub(super) fn decode(
    value: Option<wire::DynamicValue>,
    ty: &CtyType,
    what: &str,
) -> Result<Cty, Diagnostics> {
    let value = value.unwrap_or_default();
    let (path, reason) = if value.msgpack.is_empty() && !value.json.is_empty() {
        match Cty::from_json(&value.json, ty) {
            Ok(value) => return Ok(value),
            Err(error) => (error.path, error.reason),
        }
    } else {
        match Cty::from_msgpack(&value.msgpack, ty) {
            Ok(value) => return Ok(value),
            Err(error) => (error.path, error.reason),
        }
    };
    Err(malformed(what, path, reason))
}

fn malformed(what: &str, path: Path, reason: &str) -> Diagnostics {
    let place = if path.is_root() {
        String::new()
    } else {
        format!(" at {path}")
    };
    let detail = format!(
        "The host sent a {what} that does not fit the schema{place}: {reason}. \
         Run `terraform init -upgrade`; if that does not help, report it."
    );
    Diagnostic::error(format!("Malformed {what}"), detail)
        .at(path)
        .into()
}

/// Writes a value of type `ty`. A failure is a bug of an `AttributeType`.
pub(super) fn encode(value: &Cty, ty: &CtyType) -> Result<Option<wire::DynamicValue>, Diagnostics> {
    match value.to_msgpack(ty) {
        Ok(msgpack) => Ok(Some(wire::DynamicValue {
            msgpack,
            json: Vec::new(),
        })),
        Err(error) => Err(Diagnostic::error(
            "Bug in the provider",
            format!("The result does not fit the schema: {error}. Please report it."),
        )
        .at(error.path)
        .into()),
    }
}
