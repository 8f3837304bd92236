//! The JSON encoding, in which state is stored.

use super::{Cty, CtyType};

/// Why JSON could not be read as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError;
impl std::fmt::Display for JsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("?")
    }
}
impl Cty {
    /// Reads JSON.
    /// # Errors
    /// err
    pub fn from_json(_json: &[u8], _ty: &CtyType) -> Result<Self, JsonError> {
        unimplemented!()
    }
}
