//! `literal-in-secret-argument`: a literal in an argument that holds a secret.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::write_only_twin::{Twin, twin};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-secret-argument",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a literal in an argument that holds a secret",
    page: include_str!("../../../docs/lint/rules/literal-in-secret-argument.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Argument, findings, |exposure| say(run, exposure));
}

fn say(run: &Run<'_>, exposure: &Exposure) -> (String, String) {
    (
        format!("{} holds a secret that stands in the code and will stand in the state", sink(exposure)),
        replacement(run, exposure),
    )
}

/// What to write in place of a literal at this argument.
fn replacement(run: &Run<'_>, exposure: &Exposure) -> String {
    let (kind, path) = &exposure.target;
    let (block, name) = path.rsplit_once('.').unwrap_or(("", path));
    match twin(run, exposure.file, kind, path) {
        Some(Twin { name: other, since }) => {
            let within = if block.is_empty() { String::new() } else { format!(" in `{block}`") };
            format!(
                "write `{other}` with `{other}_version` instead of `{name}`{within}{since}, and feed it from an ephemeral resource such as `ephemeral \"coffer_secret\"`"
            )
        }
        _ => "take the value from a `sensitive` variable without a default, filled from a secret store; this argument has no write-only twin, so keep the state private".to_owned(),
    }
}
