//! Terraform's functions, evaluated as far as a text can be followed through them.

mod collections;
pub mod effect;
mod files;
mod parse;
mod texts;

pub use parse::parsed;
pub(super) use texts::{join, split_text};

use super::terraform::{Evaluator, Scope};
use super::value::{Text, Value};
use crate::source::hcl::ast::Expr;
use crate::source::span::Span;
use effect::{Effect, effect};

/// The value of a call.
pub fn call<'p>(
    evaluator: &Evaluator<'p>,
    scope: &Scope,
    name: &str,
    arguments: &'p [Expr],
    span: Span,
) -> Value {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let argument = |n: usize| match arguments.get(n) {
        Some(argument) => evaluator.eval(scope, argument),
        None => Value::Unknown,
    };
    match effect(name) {
        Effect::Pass => argument(0),
        Effect::Choice => Value::any((0..arguments.len()).map(argument).collect()),
        Effect::Build => {
            let values = (0..arguments.len()).map(argument).collect();
            texts::build(evaluator, scope, name, values, span)
        }
        Effect::Change => texts::change(name, argument(0), &argument),
        Effect::Cut => texts::cut(name, &argument),
        Effect::Collection => collections::call(name, arguments.len(), argument),
        Effect::Parse => parse::call(name, &argument(0)),
        Effect::File => files::call(evaluator, scope, name, &argument),
        Effect::Ends => Value::Unknown,
    }
}

/// The first text that a value may be, or an unknown one.
fn known(value: &Value) -> Text {
    value.texts().into_iter().next().unwrap_or_else(Text::hole)
}

/// The number that a value is.
fn number(value: &Value) -> Option<i64> {
    value.known_text()?.trim().parse().ok()
}
