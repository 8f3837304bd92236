//! Which findings a suppression accepts, and which suppressions are not in order.

use super::date::{is_date, today};
use super::markers::{self, Marker};
use super::{Accepted, How, other_tools};
use crate::config::SuppressionSetting;
use crate::detect::judge::Confidence;
use crate::rules::finding::{Finding, fingerprint};
use crate::rules::{
    self, Family, Rule, expired_suppression, unexplained_suppression, unused_suppression,
};
use crate::run::slashed;
use crate::source::{FileId, SourceFile};

/// Takes the findings that are suppressed out of the list, and adds those on the suppressions themselves.
pub fn apply(
    findings: &mut Vec<Finding>,
    files: &[SourceFile],
    setting: &SuppressionSetting,
) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    let today = today();
    for (n, file) in files.iter().enumerate() {
        let id = FileId(u32::try_from(n).unwrap_or(u32::MAX));
        let markers = markers::find(file);
        let others = other_tools::find(file, &setting.honour);
        if markers.is_empty() && others.is_empty() {
            continue;
        }
        let mut used = vec![false; markers.len()];
        let mut kept = Vec::new();
        for finding in findings.drain(..) {
            let how = (finding.file == id)
                .then(|| {
                    how(
                        &finding, file, &markers, &mut used, &others, setting, &today,
                    )
                })
                .flatten();
            match how {
                Some(how) => accepted.push(Accepted { finding, how }),
                None => kept.push(finding),
            }
        }
        *findings = kept;
        for (marker, used) in markers.iter().zip(used) {
            findings.extend(complaint(id, file, marker, used, setting, &today));
        }
    }
    accepted
}

fn how(
    finding: &Finding,
    file: &SourceFile,
    markers: &[Marker],
    used: &mut [bool],
    others: &[(&'static str, (usize, usize))],
    setting: &SuppressionSetting,
    today: &str,
) -> Option<How> {
    let line = file.lines.line(finding.at.start);
    let within = |(first, last): (usize, usize)| first <= line && line <= last;
    let mut found = None;
    for (marker, used) in markers.iter().zip(used) {
        if within(marker.lines) && marker.rules.iter().any(|name| finding.rule.is_called(name)) {
            // Also one that does not count is needed: what it lacks is told instead.
            *used = true;
            let lacks_reason = setting.require_reason && marker.reason.is_empty();
            let counts = !is_expired(marker, today) && !lacks_reason;
            if counts && found.is_none() {
                found = Some(How::Inline(marker.reason.clone()));
            }
        }
    }
    if found.is_none() && finding.rule.family == Family::Credentials {
        let other = others.iter().find(|(_, lines)| within(*lines));
        found = other.map(|(tool, _)| How::Inline(format!("a comment for {tool}")));
    }
    found
}

fn is_expired(marker: &Marker, today: &str) -> bool {
    marker
        .until
        .as_deref()
        .is_some_and(|until| !is_date(until) || until < today)
}

fn complaint(
    id: FileId,
    file: &SourceFile,
    marker: &Marker,
    used: bool,
    setting: &SuppressionSetting,
    today: &str,
) -> Option<Finding> {
    let names = marker.rules.join(", ");
    let unknown = marker
        .rules
        .iter()
        .find(|name| !rules::is_rule_or_family(name));
    let (rule, message, help): (&'static Rule, String, &str) = if let Some(name) = unknown {
        (
            &unused_suppression::RULE,
            format!("`{name}` is neither a rule nor a family, so this suppression does nothing"),
            "write the name of the rule as reports show it; `coffer-lint rules` lists all names",
        )
    } else if !used {
        (
            &unused_suppression::RULE,
            format!(
                "nothing is found here by `{names}`, so this suppression hides only what comes later"
            ),
            "remove it",
        )
    } else if is_expired(marker, today) {
        let until = marker.until.as_deref().unwrap_or_default();
        (
            &expired_suppression::RULE,
            format!("this suppression of `{names}` counted until {until}"),
            "mend what it hides, or give it a new date (`until=YYYY-MM-DD`) and a reason for it",
        )
    } else if setting.require_reason && marker.reason.is_empty() {
        (
            &unexplained_suppression::RULE,
            format!("this suppression of `{names}` gives no reason, so it does not count"),
            "write why the finding is acceptable after the bracket",
        )
    } else {
        return None;
    };
    Some(Finding {
        rule,
        severity: rule.severity,
        confidence: Confidence::High,
        file: id,
        at: marker.at,
        message,
        help: help.to_owned(),
        value: String::new(),
        sink: String::new(),
        used: None,
        hops: Vec::new(),
        fingerprint: fingerprint(rule.id, &slashed(&file.path), &names, &marker.reason),
        fix: None,
    })
}
