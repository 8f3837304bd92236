//! The scenarios of terraform-provider-corner, run by the real Terraform.

mod configuration;
mod ending;
mod scene;
mod state;
