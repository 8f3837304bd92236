//! What may come of a plan: what it says, and anything where it says «unknown».

use super::super::schema::{Block, Nesting};
use super::super::value::Value;

/// The rules that the result `actual` of a change breaks, given what was planned.
#[must_use]
pub fn broken_by_result(block: &Block, planned: &Value, actual: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    match (planned.is_null(), actual.is_null()) {
        (true, true) => {}
        (true, false) => broken.push("it was planned for absence, and is present".into()),
        (false, true) => broken.push("it was planned for existence, and is absent".into()),
        (false, false) => judge(block, planned, actual, "", &mut broken),
    }
    broken
}

fn judge(block: &Block, planned: &Value, actual: &Value, at: &str, broken: &mut Vec<String>) {
    for (name, attribute) in &block.attributes {
        if let Some(why) = contradiction(planned.get(name), actual.get(name)) {
            broken.push(if attribute.flags.sensitive {
                format!("{at}{name}: a sensitive value is not the planned one")
            } else {
                format!("{at}{name}{why}")
            });
        }
    }
    for (name, nested) in &block.blocks {
        let place = format!("{at}{name}");
        let (planned, actual) = (planned.get(name), actual.get(name));
        if planned.is_unknown() {
            continue;
        }
        match nested.nesting {
            Nesting::Single | Nesting::Group => {
                if planned.is_null() != actual.is_null() {
                    broken.push(format!("{place}: the block is not as planned"));
                } else if !planned.is_null() {
                    judge(&nested.block, planned, actual, &format!("{place}."), broken);
                }
            }
            Nesting::List => {
                if planned.elements().len() != actual.elements().len() {
                    broken.push(format!("{place}: another number of blocks than planned"));
                    continue;
                }
                let pairs = planned.elements().iter().zip(actual.elements());
                for (index, (planned, actual)) in pairs.enumerate() {
                    judge(
                        &nested.block,
                        planned,
                        actual,
                        &format!("{place}[{index}]."),
                        broken,
                    );
                }
            }
            Nesting::Map => {
                if !planned.members().keys().eq(actual.members().keys()) {
                    broken.push(format!("{place}: other keys than planned"));
                    continue;
                }
                for (key, planned) in planned.members() {
                    judge(
                        &nested.block,
                        planned,
                        actual.get(key),
                        &format!("{place}[{key:?}]."),
                        broken,
                    );
                }
            }
            Nesting::Set => {
                let fits = |planned: &Value, actual: &Value| {
                    let mut faults = Vec::new();
                    judge(&nested.block, planned, actual, "", &mut faults);
                    faults.is_empty()
                };
                pair_sets(planned, actual, &place, fits, broken);
            }
        }
    }
}

/// Each element of either set must fit one of the other, and the sets be of one size.
pub(super) fn pair_sets(
    wanted: &Value,
    found: &Value,
    place: &str,
    fits: impl Fn(&Value, &Value) -> bool,
    broken: &mut Vec<String>,
) {
    let (wanted, found) = (wanted.elements(), found.elements());
    if wanted.len() != found.len() {
        broken.push(format!("{place}: another number of blocks"));
    } else if !wanted.iter().all(|a| found.iter().any(|b| fits(a, b)))
        || !found.iter().all(|b| wanted.iter().any(|a| fits(a, b)))
    {
        broken.push(format!("{place}: other blocks"));
    }
}

/// Where `actual` contradicts `planned`, and how; `None` if it does not.
#[must_use]
pub fn contradiction(planned: &Value, actual: &Value) -> Option<String> {
    match (planned, actual) {
        (Value::Unknown, _) => None,
        (_, Value::Unknown) => Some(": was known, and is unknown".to_owned()),
        (Value::List(planned), Value::List(actual)) => {
            if planned.len() != actual.len() {
                return Some(format!(": {} elements of {}", actual.len(), planned.len()));
            }
            // A set with unknown elements has no order yet, so any order will do there.
            if planned.iter().any(|element| !element.is_wholly_known()) {
                let lost = planned.iter().any(|planned| {
                    actual
                        .iter()
                        .all(|actual| contradiction(planned, actual).is_some())
                });
                return lost.then(|| ": an element is not as planned".to_owned());
            }
            let mut pairs = planned.iter().zip(actual).enumerate();
            pairs.find_map(|(index, (planned, actual))| {
                contradiction(planned, actual).map(|why| format!("[{index}]{why}"))
            })
        }
        (Value::Object(planned), Value::Object(actual)) => {
            if !planned.keys().eq(actual.keys()) {
                return Some(": other keys than planned".to_owned());
            }
            planned
                .iter()
                .zip(actual.values())
                .find_map(|((name, planned), actual)| {
                    contradiction(planned, actual).map(|why| format!(".{name}{why}"))
                })
        }
        _ if planned == actual => None,
        _ => Some(format!(": was {planned}, and is {actual}")),
    }
}
