//! The search for values where none may stand: in every form that Terraform, JSON, URLs and shells may give them, in one
//! pass over the input, whatever the number of values.

mod container;
mod form;
mod needles;
mod scan;

pub(crate) use container::search;
pub(crate) use form::Form;
pub(crate) use needles::{FLOOR, Needles};

/// One occurrence of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The value, by its position among those that are searched for.
    pub(crate) value: usize,
    /// How it is written there.
    pub(crate) form: Form,
    /// The byte that it begins at, counted from 0.
    pub(crate) offset: u64,
    /// The line of that byte, counted from 1.
    pub(crate) line: u64,
}
