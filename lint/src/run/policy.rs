//! What to look for and what to accept, made ready once and applied to any set of files.

use std::path::PathBuf;

use super::{Run, RunError};
use crate::config::{Config, PathSetting, RuleSetting, SuppressionSetting};
use crate::filter::baseline::Baseline;
use crate::filter::{self, Accepted};
use crate::knowledge::Added;
use crate::knowledge::schema::Schemas;
use crate::rules::finding::Finding;
use crate::rules::{self, Family, RULES, Rule};
use crate::source::span::Span;
use crate::source::{FileId, SourceFile};

/// Which rules hold, with which settings.
#[derive(Debug)]
pub struct Policy {
    rules: Vec<&'static Rule>,
    added: Added,
    of_rules: Vec<RuleSetting>,
    of_paths: Vec<PathSetting>,
    suppressions: Option<SuppressionSetting>,
    baseline: Option<Baseline>,
}

/// What a policy finds in a set of files.
#[derive(Debug)]
pub struct Checked {
    /// What was found, in the order of files and places.
    pub findings: Vec<Finding>,
    /// What was found and is accepted.
    pub accepted: Vec<Accepted>,
    /// Every place that holds a secret, so that no report shows one.
    pub hidden: Vec<(FileId, Span, String)>,
}

impl Default for Policy {
    /// All rules, as they are built in.
    fn default() -> Self {
        Self {
            rules: RULES.to_vec(),
            added: Added::default(),
            of_rules: Vec::new(),
            of_paths: Vec::new(),
            suppressions: Some(SuppressionSetting::default()),
            baseline: None,
        }
    }
}

impl Policy {
    /// Reads what the configuration names. A selection that is not empty counts before that of the
    /// configuration; schemas come on top of those of the configuration.
    ///
    /// # Errors
    /// A rule that is not known, or a schema or baseline that cannot be used.
    pub fn new(
        select: &[String],
        schemas: &[PathBuf],
        config: Config,
        with_suppressions: bool,
    ) -> Result<Self, RunError> {
        let select = match select {
            [] => &config.select,
            select => select,
        };
        let schemas = [schemas, &config.schemas].concat();
        Ok(Self {
            rules: selected(select)?,
            added: Added {
                schemas: Schemas::read(&schemas)?,
                arguments: config.arguments,
                allowed: config.allowed,
                formats: config.formats,
            },
            of_rules: config.rules,
            of_paths: config.paths,
            suppressions: with_suppressions.then_some(config.suppressions),
            baseline: config.baseline.as_deref().map(Baseline::read).transpose()?,
        })
    }

    /// What is known beyond the tables of the binary.
    pub fn added(&self) -> &Added {
        &self.added
    }

    /// Checks files that belong together.
    pub fn check(&self, files: &[SourceFile]) -> Checked {
        self.judge(&Run::new(files, &self.added))
    }

    /// Judges files that are resolved already.
    pub fn judge(&self, run: &Run<'_>) -> Checked {
        // Whether a suppression is needed is only known when every rule has spoken.
        let judges_suppressions = self.suppressions.is_some()
            && self
                .rules
                .iter()
                .any(|rule| rule.family == Family::Suppressions);
        let rules = match judges_suppressions {
            true => RULES,
            false => self.rules.as_slice(),
        };
        let mut findings = run.findings(rules);
        let hidden = hidden(run, &findings);
        filter::apply_settings(&mut findings, run.files, &self.of_rules, &self.of_paths);
        let mut accepted = Vec::new();
        if let Some(suppressions) = &self.suppressions {
            accepted = filter::suppress::apply(&mut findings, run.files, suppressions);
        }
        let is_selected =
            |finding: &Finding| self.rules.iter().any(|rule| rule.id == finding.rule.id);
        findings.retain(is_selected);
        accepted.retain(|accepted| is_selected(&accepted.finding));
        if let Some(baseline) = &self.baseline {
            accepted.extend(baseline.apply(&mut findings));
        }
        findings.sort_by(|a, b| (a.file, a.at, a.rule.id).cmp(&(b.file, b.at, b.rule.id)));
        Checked {
            findings,
            accepted,
            hidden,
        }
    }
}

/// The rules that the names select.
fn selected(select: &[String]) -> Result<Vec<&'static Rule>, RunError> {
    if let Some(name) = select.iter().find(|name| !rules::is_rule_or_family(name)) {
        return Err(RunError::UnknownRule(name.clone()));
    }
    let wanted =
        |rule: &&'static Rule| select.is_empty() || select.iter().any(|name| rule.is_called(name));
    Ok(RULES.iter().copied().filter(wanted).collect())
}

/// Every place that holds a secret.
fn hidden(run: &Run<'_>, findings: &[Finding]) -> Vec<(FileId, Span, String)> {
    let place = |finding: &Finding| {
        let text = run
            .file(finding.file)
            .map_or("", |file| finding.at.of(&file.text));
        (finding.file, finding.at, text.to_owned())
    };
    let found = findings.iter().filter(|finding| !finding.value.is_empty());
    let mut hidden: Vec<_> = found.map(place).collect();
    let exposed = run.exposures.iter();
    hidden.extend(exposed.map(|found| (found.file, found.at, found.value.clone())));
    hidden
}
