//! Behaviour of the linter as a whole, through its library and its binary.

mod command;
mod flows;
mod pages;
mod recovery;
mod spans;
mod workspace;
