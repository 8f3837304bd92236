//! HCL's native syntax (`.tf`, `.tfvars`, `.hcl`), parsed in one pass with recovery.
//!
//! Grammar: the HCL native syntax specification. What `terraform fmt` accepts is parsed in full;
//! in any other file the healthy items are kept and each broken one is noted.

pub mod ast;
mod body;
mod cursor;
mod expression;
mod recover;
mod template;

use ast::{Part, Tree};
use cursor::Cursor;

/// Parses a file. Never fails: what could not be read stands in [`Tree::errors`].
pub fn parse(text: &str) -> Tree {
    let tree = run(text, false);
    // A missing brace swallows the rest of the file: read it again, ending each block where the
    // next top-level block opens, and keep what is the better for it.
    if tree
        .errors
        .iter()
        .any(|error| error.message.starts_with("this block is never"))
    {
        return run(text, true);
    }
    tree
}

fn run(text: &str, column_ends: bool) -> Tree {
    let mut cursor = Cursor::new(text, column_ends);
    let body = cursor.body(true);
    Tree {
        body,
        comments: cursor.comments,
        errors: cursor.errors,
    }
}

/// Parses the decoded text of one string as a template; `None` where it is none.
pub fn parse_template(text: &str) -> Option<Vec<Part>> {
    let mut cursor = Cursor::new(text, false);
    cursor.at = 0;
    cursor.bare_template().ok()
}
