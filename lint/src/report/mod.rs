//! Reports, one file for each format.

pub mod frame;
pub mod json;
pub mod mask;
pub mod text;
