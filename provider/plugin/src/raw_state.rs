//! Stored state as text, before anybody has said which shape it has.

use crate::Result;
use crate::cty::Cty;
use crate::diagnostic::Diagnostic;
use crate::model::Model;

/// Stored state as JSON, perhaps of an older version or of another resource type.
pub struct RawState {
    json: Vec<u8>,
}

impl RawState {
    pub(crate) fn new(json: Vec<u8>) -> Self {
        Self { json }
    }

    /// Reads it as `M`: the struct of the version that stored it. Attributes that `M` does not have are dropped.
    ///
    /// # Errors
    /// Diagnostics if it has another shape.
    pub fn decode<M: Model>(&self) -> Result<M> {
        Ok(M::from_cty(self.decode_as(&M::block().cty_type())?)?)
    }

    pub(crate) fn decode_as(&self, ty: &crate::cty::CtyType) -> Result<Cty> {
        Cty::from_json(&self.json, ty).map_err(|error| {
            Diagnostic::error(
                "Stored state cannot be read",
                format!(
                    "The state has not the shape that the provider expects: {error}. Restore a backup of \
                     the state, or remove the resource from the state and import it again."
                ),
            )
            .into()
        })
    }

    /// Reads it as JSON.
    ///
    /// # Errors
    /// Diagnostics if it is no JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.json).map_err(|error| {
            Diagnostic::error(
                "Stored state cannot be read",
                format!(
                    "It is no JSON: {}. Restore a backup of the state.",
                    place(&error)
                ),
            )
            .into()
        })
    }
}

/// The text of a JSON error may quote the input, so only its place is told.
pub(crate) fn place(error: &serde_json::Error) -> String {
    format!("broken at line {}, column {}", error.line(), error.column())
}

impl std::fmt::Debug for RawState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawState({} bytes)", self.json.len())
    }
}
