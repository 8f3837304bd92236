//! Writes the tables of `src/knowledge/data` from the JSON facts that they come from.
//!
//! `cargo run -p coffer-lint --example generate_knowledge -- FACTS_FOLDER` where the folder holds
//! `schemas/terraform.json`, `schemas/cloudformation.json` and `tokens/tokens.json`.
//! `src/knowledge/data/README.md` says what the facts are and how good they are.
#![allow(clippy::print_stdout, clippy::indexing_slicing)]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let facts = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or("name the folder of the facts")?,
    );
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/knowledge/data");
    let terraform = read(&facts.join("schemas/terraform.json"))?;
    let cloudformation = read(&facts.join("schemas/cloudformation.json"))?;
    let tokens = read(&facts.join("tokens/tokens.json"))?;
    for (name, table) in [
        ("terraform_arguments.tsv", terraform_arguments(&terraform)?),
        ("terraform_places.tsv", places(&terraform)?),
        ("terraform_sources.tsv", terraform_sources(&terraform)?),
        ("terraform_settings.tsv", terraform_settings(&terraform)?),
        (
            "cloudformation_properties.tsv",
            cloudformation_properties(&cloudformation)?,
        ),
        ("cloudformation_places.tsv", places(&cloudformation)?),
        ("tokens.tsv", tokens_table(&tokens)?),
    ] {
        fs::write(out.join(name), &table)?;
        println!(
            "{name}: {} lines, {} bytes",
            table.lines().count(),
            table.len()
        );
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<Value> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn map(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value, key: &str) -> Vec<String> {
    let items = value
        .get(key)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    items
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// `type`, `path`, flags, write-only twin, first provider version of the twin.
/// Flags: `s` secret, `m` maybe, `n` not a secret, `w` write-only, `c` computed only.
fn terraform_arguments(facts: &Value) -> Outcome<String> {
    let mut table = String::new();
    for (_, provider) in map(&facts["providers"]) {
        for (kind, rows) in map(&provider["resources"]) {
            for (path, row) in map(rows) {
                let mut flags = match row.get("reviewed_secret") {
                    Some(Value::Bool(true)) => "s",
                    Some(Value::Bool(false)) => "n",
                    _ => "m",
                }
                .to_owned();
                if flag(row, "write_only") {
                    flags.push('w');
                }
                if flag(row, "computed_only") {
                    flags.push('c');
                }
                let (twin, since) = (text(row, "write_only_twin"), text(row, "since"));
                writeln!(table, "{kind}\t{path}\t{flags}\t{twin}\t{since}")?;
            }
        }
    }
    Ok(sorted(&table))
}

/// `type`, kind, path, name field, value field, namespace field, replacement.
fn places(facts: &Value) -> Outcome<String> {
    let mut table = String::new();
    for (kind, rows) in map(&facts["structural"]) {
        for row in rows.as_array().into_iter().flatten() {
            writeln!(
                table,
                "{kind}\t{}\t{}\t{}\t{}\t{}",
                text(row, "kind"),
                text(row, "path"),
                text(row, "name"),
                text(row, "value"),
                text(row, "repl"),
            )?;
        }
    }
    Ok(sorted(&table))
}

/// What stores a secret in state. `d` (data source) or `g` (generator), type, attributes,
/// ephemeral replacement, first provider version, advice.
fn terraform_sources(facts: &Value) -> Outcome<String> {
    let mut table = String::new();
    for (_, provider) in map(&facts["providers"]) {
        for (kind, row) in map(&provider["data_sources"]) {
            let secrets = list(row, "secrets").join(",");
            let (twin, since) = (text(row, "ephemeral"), text(row, "since"));
            writeln!(table, "d\t{kind}\t{secrets}\t{twin}\t{since}\t")?;
        }
    }
    for row in facts["generators"].as_array().into_iter().flatten() {
        let attributes = list(row, "attributes").join(",");
        let advice = text(row, "replacement");
        writeln!(
            table,
            "g\t{}\t{attributes}\t\t\t{advice}",
            text(row, "type")
        )?;
    }
    Ok(sorted(&table))
}

/// Credentials of provider blocks (`p`) and backends (`b`): name, argument, environment variable,
/// what is better.
fn terraform_settings(facts: &Value) -> Outcome<String> {
    let mut table = String::new();
    for (group, key, mark) in [
        ("provider_arguments", "arguments", 'p'),
        ("backends", "args", 'b'),
    ] {
        for (name, row) in map(&facts[group]) {
            for (argument, variable) in map(&row[key]) {
                let variable = variable.as_str().unwrap_or_default();
                writeln!(
                    table,
                    "{mark}\t{name}\t{argument}\t{variable}\t{}",
                    text(row, "better")
                )?;
            }
        }
    }
    for argument in list(&facts["connection"], "secret") {
        writeln!(table, "c\tconnection\t{argument}\t\t")?;
    }
    Ok(sorted(&table))
}

/// `type`, path, `s` strong, `w` weak, `n` not a secret, replacement.
fn cloudformation_properties(facts: &Value) -> Outcome<String> {
    let mut table = String::new();
    for (kind, rows) in map(&facts["types"]) {
        for (path, row) in map(rows) {
            let strength = match (flag(row, "secret"), text(row, "strength")) {
                (false, _) => 'n',
                (true, "weak") => 'w',
                (true, _) => 's',
            };
            let replacement = list(row, "replacement").join("; ");
            writeln!(table, "{kind}\t{path}\t{strength}\t{replacement}")?;
        }
    }
    Ok(sorted(&table))
}

/// Kinds of the facts that have detectors of their own, or that are no secrets.
const OTHERS: &[&str] = &[
    "connection-string",
    "config-line",
    "password-hash",
    "private-key",
    "password",
];

/// id, service, severity, confidence, context words, prefixes, markers, pattern, checksum, values
/// published as examples. The checksum is `algorithm:length:pattern group that it covers`.
fn tokens_table(facts: &Value) -> Outcome<String> {
    let mut table = String::new();
    for token in facts["tokens"].as_array().into_iter().flatten() {
        let kind = text(token, "kind");
        let keeps = !OTHERS.contains(&kind)
            || matches!(text(token, "id"), "age-identity" | "age-plugin-identity");
        if !keeps || flag(token, "public_by_design") || text(token, "severity") == "info" {
            continue;
        }
        let (pattern, checksum) = pattern(token, &facts["alphabets"])?;
        // What spans lines has a detector of its own.
        if pattern.contains('\n') {
            continue;
        }
        let context = match flag(token, "needs_context") {
            true => list(token, "context_keywords").join(","),
            false => String::new(),
        };
        writeln!(
            table,
            "{}\t{}\t{}\t{}\t{context}\t{}\t{}\t{pattern}\t{checksum}\t{}",
            text(token, "id"),
            text(token, "service"),
            text(token, "severity"),
            text(token, "confidence"),
            list(token, "prefix").join(" "),
            list(token, "markers").join(" "),
            list(token, "public_test_values").join(" "),
        )?;
    }
    Ok(sorted(&table))
}

fn pattern(token: &Value, alphabets: &Value) -> Outcome<(String, String)> {
    let (mut pattern, mut checksum) = (String::new(), String::new());
    let segments = token["structure"].as_array().cloned().unwrap_or_default();
    for segment in &segments {
        let number = |key: &str| segment.get(key).and_then(Value::as_u64).unwrap_or(1);
        match text(segment, "type") {
            "literal" => pattern.push_str(&escape(text(segment, "value"))),
            "choice" => {
                let values: Vec<_> = list(segment, "values")
                    .iter()
                    .map(|value| escape(value))
                    .collect();
                write!(pattern, "(?:{})", values.join("|"))?;
            }
            "uuid" => pattern.push_str("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
            "random" => {
                let alphabet = &alphabets[text(segment, "alphabet")];
                let class = class(alphabet.as_str().unwrap_or_default());
                let (min, max) = (number("min"), number("max"));
                match min == max {
                    true => write!(pattern, "{class}{{{min}}}")?,
                    false => write!(pattern, "{class}{{{min},{max}}}")?,
                }
            }
            "checksum" => {
                let length = number("length");
                write!(pattern, "[0-9A-Za-z+/=_-]{{{length}}}")?;
                let algorithm = text(segment, "algorithm");
                let covers: Vec<_> = segment["over_segments"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(Value::to_string)
                    .collect();
                let is_last = segments.last() == Some(segment);
                if is_last && algorithm.starts_with("crc32-") {
                    checksum = format!("{algorithm}:{length}:{}", covers.join(","));
                }
            }
            other => return Err(format!("unknown segment {other}").into()),
        }
    }
    Ok((pattern, checksum))
}

fn escape(literal: &str) -> String {
    let mut escaped = String::new();
    for c in literal.chars() {
        if !(c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == ' ' || c == '/' || c == ':')
        {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A character class with ranges.
fn class(alphabet: &str) -> String {
    let mut bytes: Vec<u8> = alphabet.bytes().collect();
    bytes.sort_unstable();
    bytes.dedup();
    let mut class = "[".to_owned();
    let mut rest = bytes.as_slice();
    while let Some(first) = rest.first() {
        let run = rest
            .iter()
            .zip(0_u8..)
            .take_while(|(byte, n)| **byte == first + n)
            .count();
        let last = rest[run - 1];
        class.push_str(&escape_in_class(*first));
        if run > 2 {
            class.push('-');
        }
        if run > 1 {
            class.push_str(&escape_in_class(last));
        }
        rest = &rest[run..];
    }
    class.push(']');
    class
}

fn escape_in_class(byte: u8) -> String {
    let c = char::from(byte);
    if c.is_ascii_alphanumeric() || c == '_' {
        c.to_string()
    } else {
        format!("\\{c}")
    }
}

fn sorted(table: &str) -> String {
    let mut lines: Vec<_> = table.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    lines.join("\n") + "\n"
}
