//! Rules that are switched off or have another severity, everywhere or below some paths.

use crate::config::{PathSetting, RuleSetting};
use crate::rules::finding::Finding;
use crate::source::SourceFile;

/// Applies the settings: the last one that names a rule decides; those of paths come last.
pub fn apply(
    findings: &mut Vec<Finding>,
    files: &[SourceFile],
    rules: &[RuleSetting],
    paths: &[PathSetting],
) {
    findings.retain_mut(|finding| {
        let mut enabled = true;
        for setting in rules
            .iter()
            .filter(|setting| finding.rule.is_called(&setting.rule))
        {
            enabled = setting.enabled;
            finding.severity = setting.severity.unwrap_or(finding.severity);
        }
        let Some(file) = files.get(finding.file.0 as usize) else {
            return enabled;
        };
        for setting in paths
            .iter()
            .filter(|setting| setting.globs.is_match(&file.path))
        {
            if setting.off.iter().any(|name| finding.rule.is_called(name)) {
                enabled = false;
            }
            finding.severity = setting.severity.unwrap_or(finding.severity);
        }
        enabled
    });
}
