//! A linter that finds secrets in Terraform and CloudFormation.
#![forbid(unsafe_code)]

pub mod config;
pub mod detect;
pub mod evict;
pub mod exposure;
pub mod filter;
pub mod fix;
pub mod inspect;
pub mod knowledge;
pub mod report;
pub mod resolve;
pub mod rules;
pub mod run;
pub mod source;
