//! What the project's tasks and its end-to-end tests share: the built programs, the fetched tools, the real Terraform,
//! and the search for leaked values.
#![forbid(unsafe_code)]
// A task that cannot go on says why and stops; that is what these lints forbid in the product.
#![allow(clippy::print_stdout, clippy::print_stderr)]

pub mod accuracy;
pub mod apt;
pub mod azure;
pub mod dependencies;
pub mod docs;
pub mod faults;
pub mod leak;
pub mod mariadb;
pub mod moto;
pub mod openbao;
pub mod postgres;
pub mod programs;
pub mod quickstart;
pub mod step;
pub mod terraform;
pub mod test_run;
pub mod tools;
