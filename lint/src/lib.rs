//! A linter that finds secrets in Terraform and CloudFormation.
#![forbid(unsafe_code)]
