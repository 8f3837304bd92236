//! Reports, one file for each format.

pub mod frame;
pub mod json;
pub mod text;
