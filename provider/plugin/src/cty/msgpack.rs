//! The msgpack encoding.
/// Why msgpack could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MsgpackError;
