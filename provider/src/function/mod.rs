//! Functions: pure computations, called as `provider::coffer::name(...)`. Terraform marks what comes of a sensitive or
//! ephemeral argument by itself; no error repeats an argument.

mod build_ref;
mod check_password;
mod detection;
mod dsn;
mod duration_parse;
mod entropy_bits;
mod fingerprint;
mod looks_secret;
mod members;
mod next_rotation;
mod parse_ref;
mod redact;

pub(crate) use build_ref::BuildRef;
pub(crate) use check_password::CheckPassword;
pub(crate) use dsn::Dsn;
pub(crate) use duration_parse::DurationParse;
pub(crate) use entropy_bits::EntropyBits;
pub(crate) use fingerprint::Fingerprint;
pub(crate) use looks_secret::LooksSecret;
pub(crate) use next_rotation::NextRotation;
pub(crate) use parse_ref::ParseRef;
pub(crate) use redact::Redact;
