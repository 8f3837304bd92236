//! Rule files of gitleaks (`.gitleaks.toml`), so that a team brings the rules that it has.
//!
//! Read are `rules` with their `id`, `description`, `regex`, `secretGroup`, `entropy`, `keywords`, `path`
//! and `allowlists`, and the global allowlist. Rules without a `regex` are about file names and are left
//! out, and `extend` is not followed: the built-in rules of gitleaks have their place in the built-in table.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use crate::detect::own::{Allow, OwnToken, Regexes};
use crate::rules::finding::Severity;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    rules: Vec<Rule>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    description: Option<String>,
    regex: Option<Spanned<String>>,
    secret_group: Option<usize>,
    entropy: Option<f64>,
    #[serde(default)]
    keywords: Vec<String>,
    path: Option<Spanned<String>>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    condition: Option<String>,
    regex_target: Option<String>,
    #[serde(default)]
    regexes: Vec<Spanned<String>>,
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    stopwords: Vec<String>,
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<OwnToken>, ConfigError> {
    let file: File = toml::from_str(text).map_err(|error| {
        ConfigError::at(
            path,
            text,
            error.span().unwrap_or(0..0),
            error.message().to_owned(),
        )
    })?;
    let compile = |pattern: &Spanned<String>| {
        Regexes::compile(pattern.get_ref())
            .map_err(|error| ConfigError::at(path, text, pattern.span(), error))
    };
    let allow = |list: &Allowlist| -> Result<Allow, ConfigError> {
        Ok(Allow {
            all: list
                .condition
                .as_deref()
                .is_some_and(|word| word.eq_ignore_ascii_case("and")),
            target: list.regex_target.clone().unwrap_or_default(),
            regexes: list.regexes.iter().map(compile).collect::<Result<_, _>>()?,
            paths: list.paths.iter().map(compile).collect::<Result<_, _>>()?,
            stopwords: list
                .stopwords
                .iter()
                .map(|word| word.to_ascii_lowercase())
                .collect(),
        })
    };
    let mut tokens = Vec::new();
    for rule in &file.rules {
        let Some(regex) = &rule.regex else { continue };
        let lists = [&file.allowlist, &rule.allowlist];
        let lists = lists.into_iter().flatten();
        let lists = lists.chain(&file.allowlists).chain(&rule.allowlists);
        tokens.push(OwnToken {
            id: rule.id.clone(),
            service: rule.description.clone().unwrap_or_else(|| rule.id.clone()),
            pattern: compile(regex)?,
            group: rule.secret_group.filter(|group| *group > 0),
            keywords: rule.keywords.clone(),
            checksum: String::new(),
            severity: Severity::High,
            entropy: rule.entropy.unwrap_or_default(),
            examples: Vec::new(),
            path: rule.path.as_ref().map(compile).transpose()?,
            allow: lists.map(allow).collect::<Result<_, _>>()?,
        });
    }
    Ok(tokens)
}
