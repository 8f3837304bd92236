//! The file as it is written, and what it means.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::globs::Globs;
use super::{Config, ConfigError, PathSetting, RuleSetting, error, gitleaks};
use crate::detect::own::{OwnToken, Regexes};
use crate::rules;
use crate::rules::finding::Severity;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    #[serde(default)]
    pub(super) extends: Vec<Spanned<String>>,
    select: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    schemas: Vec<String>,
    fail_on: Option<Severity>,
    baseline: Option<String>,
    /// Rule files of gitleaks.
    #[serde(default)]
    gitleaks: Vec<Spanned<String>>,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, RuleTable>,
    #[serde(default)]
    paths: Vec<PathTable>,
    suppressions: Option<SuppressionTable>,
    #[serde(default)]
    token: Vec<TokenTable>,
    #[serde(default)]
    secret_argument: Vec<ArgumentTable>,
    allowed: Option<AllowedTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleTable {
    enabled: Option<bool>,
    severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PathTable {
    files: Vec<Spanned<String>>,
    #[serde(default)]
    off: Vec<Spanned<String>>,
    severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SuppressionTable {
    require_reason: Option<bool>,
    honour: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TokenTable {
    id: Spanned<String>,
    service: Option<String>,
    pattern: Spanned<String>,
    #[serde(default)]
    keywords: Vec<String>,
    checksum: Option<Spanned<String>>,
    severity: Option<Severity>,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ArgumentTable {
    r#type: String,
    path: String,
    #[serde(default = "yes")]
    secret: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AllowedTable {
    key: String,
    hashes: Vec<String>,
}

/// Tools whose comments may be honoured.
const OTHERS: &[&str] = &[
    "gitleaks",
    "trivy",
    "tfsec",
    "checkov",
    "kics",
    "detect-secrets",
    "semgrep",
];

impl File {
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            ConfigError::at(path, text, at, error.message().to_owned())
        })
    }

    /// Adds what the file says to what is known so far.
    pub(super) fn apply(
        self,
        config: &mut Config,
        tokens: &mut Vec<OwnToken>,
        path: &Path,
        text: &str,
    ) -> Result<(), ConfigError> {
        let at = |span, message: String| ConfigError::at(path, text, span, message);
        let folder = path.parent().unwrap_or(Path::new(""));
        let globs = |patterns: &[Spanned<String>]| {
            let plain = patterns.iter().map(|pattern| pattern.get_ref().as_str());
            Globs::new(folder, plain).map_err(|(pattern, why)| {
                let span = patterns.iter().find(|one| *one.get_ref() == pattern);
                at(span.map_or(0..0, Spanned::span), why)
            })
        };
        let known = |name: &Spanned<String>| match rules::is_rule_or_family(name.get_ref()) {
            true => Ok(name.get_ref().clone()),
            false => Err(at(
                name.span(),
                format!(
                    "`{}` is neither a rule nor a family; `coffer-lint rules` lists both",
                    name.get_ref()
                ),
            )),
        };
        if let Some(select) = &self.select {
            config.select = select.iter().map(known).collect::<Result<_, _>>()?;
        }
        if !self.exclude.is_empty() {
            config.exclude = globs(&self.exclude)?;
        }
        config
            .schemas
            .extend(self.schemas.iter().map(|schema| folder.join(schema)));
        config.fail_on = self.fail_on.or(config.fail_on);
        if let Some(baseline) = &self.baseline {
            config.baseline = Some(folder.join(baseline));
        }
        for (rule, table) in &self.rules {
            let rule = known(rule)?;
            config.rules.push(RuleSetting {
                rule,
                enabled: table.enabled.unwrap_or(true),
                severity: table.severity,
            });
        }
        for table in &self.paths {
            config.paths.push(PathSetting {
                globs: globs(&table.files)?,
                off: table.off.iter().map(known).collect::<Result<_, _>>()?,
                severity: table.severity,
            });
        }
        if let Some(table) = &self.suppressions {
            if let Some(require) = table.require_reason {
                config.suppressions.require_reason = require;
            }
            for tool in table.honour.iter().flatten() {
                if !OTHERS.contains(&tool.get_ref().as_str()) {
                    let message = format!(
                        "`{}` is not known; comments of {} can be honoured",
                        tool.get_ref(),
                        OTHERS.join(", ")
                    );
                    return Err(at(tool.span(), message));
                }
                config.suppressions.honour.push(tool.get_ref().clone());
            }
        }
        for table in self.secret_argument {
            config.arguments.add(table.r#type, table.path, table.secret);
        }
        if let Some(table) = self.allowed {
            config.allowed.add(&table.key, table.hashes);
        }
        for table in self.token {
            tokens.push(token(table, &at)?);
        }
        for rules in &self.gitleaks {
            let path = folder.join(rules.get_ref());
            let text = error::read(&path)?;
            tokens.extend(gitleaks::parse(&path, &text)?);
        }
        Ok(())
    }
}

fn token(
    table: TokenTable,
    at: &impl Fn(std::ops::Range<usize>, String) -> ConfigError,
) -> Result<OwnToken, ConfigError> {
    let pattern = Regexes::compile(table.pattern.get_ref())
        .map_err(|error| at(table.pattern.span(), error))?;
    if let Some(checksum) = &table.checksum
        && !crate::detect::is_checksum(checksum.get_ref())
    {
        let message = "a checksum is written as KIND:LENGTH:FROM, with one of the kinds crc32-base62, crc32-base36, crc32-hex, crc32-HEX, crc32-hexle and 0 or 1 for FROM (1 leaves the prefix out)";
        return Err(at(checksum.span(), message.to_owned()));
    }
    let id = table.id.into_inner();
    Ok(OwnToken {
        service: table.service.unwrap_or_else(|| id.clone()),
        id,
        pattern,
        group: None,
        keywords: table.keywords,
        checksum: table.checksum.map(Spanned::into_inner).unwrap_or_default(),
        severity: table.severity.unwrap_or(Severity::High),
        entropy: 0.0,
        examples: table.examples,
        path: None,
        allow: Vec::new(),
    })
}
