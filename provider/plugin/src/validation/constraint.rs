//! Rules between the attributes and blocks of one block.

use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::schema::Constraint;

/// How sure it is that something is set.
struct Tally {
    set: Vec<&'static str>,
    unset: Vec<&'static str>,
    undecided: bool,
}

impl Tally {
    fn of(names: &'static [&'static str], config: &Cty) -> Self {
        let mut tally = Self {
            set: Vec::new(),
            unset: Vec::new(),
            undecided: false,
        };
        for name in names {
            match config.get(name) {
                Cty::Unknown => tally.undecided = true,
                Cty::Null => tally.unset.push(name),
                // No blocks of this name.
                Cty::List(elements) | Cty::Set(elements) if elements.is_empty() => {
                    tally.unset.push(name);
                }
                _ => tally.set.push(name),
            }
        }
        tally
    }
}

pub(super) fn judge_constraint(
    constraint: &Constraint,
    config: &Cty,
    at: &Path,
    found: &mut Diagnostics,
) {
    let names = constraint.names();
    let tally = Tally::of(names, config);
    let too_many = || match tally.set.as_slice() {
        [_, second, ..] => Some(*second),
        _ => None,
    };
    let nothing = tally.set.is_empty() && !tally.undecided;
    let fault = match constraint {
        Constraint::Conflicts(_) => too_many().map(|second| {
            (
                Some(second),
                "Conflicting settings",
                format!("At most one of {} may be set.", list(names, "and")),
            )
        }),
        Constraint::ExactlyOneOf(_) => too_many()
            .map(|second| {
                (
                    Some(second),
                    "Conflicting settings",
                    format!("Only one of {} may be set.", list(names, "and")),
                )
            })
            .or_else(|| {
                nothing.then(|| {
                    (
                        None,
                        "Missing setting",
                        format!("Set one of {}.", list(names, "or")),
                    )
                })
            }),
        Constraint::AtLeastOneOf(_) => nothing.then(|| {
            (
                None,
                "Missing setting",
                format!("Set at least one of {}.", list(names, "or")),
            )
        }),
        Constraint::RequiredTogether(_) => match (tally.set.first(), tally.unset.is_empty()) {
            (Some(first), false) => Some((
                Some(*first),
                "Incomplete settings",
                format!(
                    "{} go together: set {} too.",
                    list(names, "and"),
                    list(&tally.unset, "and")
                ),
            )),
            _ => None,
        },
    };
    if let Some((name, summary, detail)) = fault {
        let path = match name {
            Some(name) => at.clone().attribute(name),
            None => at.clone(),
        };
        found.push(Diagnostic::error(summary, detail).at(path));
    }
}

/// `a, b and c`.
fn list(names: &[&str], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}
