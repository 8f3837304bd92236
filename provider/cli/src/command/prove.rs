//! `coffer prove`

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use coffer_lint::detect::judge::is_random;
use coffer_lint::knowledge::names;
use coffer_vault::{Progress as _, ProofValues, Secret};
use serde_json::{Value, json};

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::progress::Bar;
use crate::proof::{self, FLOOR, Form, Needles};
use crate::{output, session, terminal};

/// Prove that no value of the vault stands in a state, a plan, a log or any other file.
///
/// Searches for every version of every secret, and for the secret members of those that are JSON, plain and in base64,
/// hexadecimal, URL-, JSON- and HCL-escaped form. Saved plans (zip) and gzipped logs are unpacked. Ends with exit code 9
/// where a value is found; the report names secrets, never values. What is encrypted, hashed or packed in another way
/// cannot be searched, and a token proves only for what it may read.
#[derive(Args)]
pub(crate) struct Prove {
    /// Files, or folders with all that is below them except `.terraform` and `.git`; `-` is stdin, which is also read if
    /// nothing is named
    paths: Vec<PathBuf>,
    /// Only values of secrets whose name starts like this
    #[arg(long, value_name = "PREFIX", default_value = "")]
    prefix: String,
}

/// One value that is searched for.
struct Target {
    name: String,
    version: u64,
    /// The JSON pointer of a member; `None` for the whole value.
    member: Option<String>,
    value: Secret,
}

/// How often, and where first, a form of a value stands in a place.
struct Found {
    count: u64,
    line: u64,
    offset: u64,
}

/// Place, target and form.
type Finds = BTreeMap<(String, usize, Form), Found>;

/// What was searched, and what could not be.
#[derive(Default)]
struct Extent {
    inputs: u64,
    bytes: u64,
    /// Places, with the reasons.
    failed: Vec<(String, io::Error)>,
}

impl Prove {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let inputs = self.inputs()?;
        let ProofValues { values, left_out } = session::open(global)?.prove(&self.prefix)?;
        let mut targets = Vec::new();
        for version in values {
            let name = version.metadata.name.as_str();
            targets.extend(targets_of(name, version.metadata.version, version.value));
        }
        let (targets, short): (Vec<Target>, Vec<Target>) = targets
            .into_iter()
            .partition(|target| target.value.len() >= FLOOR);
        let needles = Needles::new(targets.iter().map(|target| target.value.danger_expose()));
        let mut finds = Finds::new();
        let mut extent = Extent::default();
        let bar = Bar::new("searching files", global);
        for (index, input) in (0_u64..).zip(&inputs) {
            bar.at(index, count_of(&inputs));
            search(&needles, input, &mut finds, &mut extent);
        }
        drop(bar);
        let report = Report {
            targets: &targets,
            short: &short,
            left_out: &left_out,
            finds: &finds,
            extent: &extent,
        };
        match global.format {
            Format::Json => output::json(&report.json())?,
            Format::Text => report.print()?,
        }
        if finds.is_empty() {
            return match extent.failed.as_slice() {
                [] => Ok(()),
                failed => Err(Failure::NotProven(format!(
                    "{} could not be searched",
                    output::count(count_of(failed), "input")
                ))),
            };
        }
        let secrets: BTreeSet<&str> = report
            .rows()
            .map(|(_, target, ..)| target.name.as_str())
            .collect();
        let secrets: Vec<&str> = secrets.into_iter().collect();
        Err(Failure::Leaked(format!(
            "values of {} stand where they may not",
            output::count(count_of(&secrets), "secret")
        )))
    }

    /// The files to search, in order; `-` for stdin.
    fn inputs(&self) -> Result<Vec<PathBuf>> {
        if self.paths.is_empty() {
            if terminal::stdin_is_terminal() {
                return Err(Failure::Usage {
                    what: "there is nothing to search".into(),
                    remedy: "name files, such as `coffer prove terraform.tfstate`, or pipe something in: \
                             `terraform show -json | coffer prove`"
                        .into(),
                });
            }
            return Ok(vec![STDIN.into()]);
        }
        let mut files = Vec::new();
        for path in &self.paths {
            if path.as_os_str() != STDIN && path.is_dir() {
                files_below(path, &mut files)?;
            } else {
                files.push(path.clone());
            }
        }
        Ok(files)
    }
}

const STDIN: &str = "-";

/// Folders that hold programs and history rather than results.
const PASSED_OVER: [&str; 2] = [".terraform", ".git"];

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |error: io::Error| Failure::io(&folder.display().to_string(), &error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut entries = entries.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            if !PASSED_OVER.iter().any(|name| entry.file_name() == *name) {
                files_below(&entry.path(), files)?;
            }
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn search(needles: &Needles, input: &Path, finds: &mut Finds, extent: &mut Extent) {
    let place = if input.as_os_str() == STDIN {
        "stdin".to_owned()
    } else {
        input.display().to_string()
    };
    let mut note = |place: &str, hit: proof::Hit| {
        let key = (place.to_owned(), hit.value, hit.form);
        let found = finds.entry(key).or_insert(Found {
            count: 0,
            line: hit.line,
            offset: hit.offset,
        });
        found.count = found.count.saturating_add(1);
    };
    let searched = if input.as_os_str() == STDIN {
        proof::search(needles, &place, io::stdin().lock(), &mut note)
    } else {
        File::open(input).and_then(|file| proof::search(needles, &place, file, &mut note))
    };
    match searched {
        Ok(bytes) => {
            extent.inputs = extent.inputs.saturating_add(1);
            extent.bytes = extent.bytes.saturating_add(bytes);
        }
        Err(error) => extent.failed.push((place, error)),
    }
}

/// A value, and the members of a JSON value that are secrets by their names or by their looks. A host or a user name
/// beside a password is none, and stands in every state.
fn targets_of(name: &str, version: u64, value: Secret) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut add = |member: Option<String>, value: Secret| {
        targets.push(Target {
            name: name.to_owned(),
            version,
            member,
            value,
        });
    };
    if let Ok(json) = serde_json::from_slice::<Value>(value.danger_expose()) {
        members(&json, "", &mut |pointer, key, text| {
            if names::kind(key).is_some() || is_random(text) {
                add(Some(pointer.to_owned()), Secret::copy_from(text.as_bytes()));
            }
        });
    }
    add(None, value);
    targets.reverse();
    targets
}

/// Every text inside of `value`, with its pointer (RFC 6901) and the nearest key above it.
fn members(value: &Value, pointer: &str, each: &mut dyn FnMut(&str, &str, &str)) {
    let key_of = |pointer: &str| {
        let tokens = pointer.rsplit('/');
        let key = tokens.map(|token| token.replace("~1", "/").replace("~0", "~"));
        let mut named = key.filter(|token| !token.bytes().all(|byte| byte.is_ascii_digit()));
        named.next().unwrap_or_default()
    };
    match value {
        Value::String(text) if !pointer.is_empty() => each(pointer, &key_of(pointer), text),
        Value::Object(object) => {
            for (key, inner) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                members(inner, &format!("{pointer}/{key}"), each);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                members(inner, &format!("{pointer}/{index}"), each);
            }
        }
        _ => {}
    }
}

fn count_of<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

/// What came of it.
struct Report<'a> {
    targets: &'a [Target],
    short: &'a [Target],
    left_out: &'a [coffer_vault::LeftOut],
    finds: &'a Finds,
    extent: &'a Extent,
}

impl Report<'_> {
    fn rows(&self) -> impl Iterator<Item = (&str, &Target, Form, &Found)> {
        self.finds
            .iter()
            .filter_map(|((place, target, form), found)| {
                Some((place.as_str(), self.targets.get(*target)?, *form, found))
            })
    }

    fn print(&self) -> Result<()> {
        if !self.finds.is_empty() {
            let rows: Vec<[String; 5]> = self
                .rows()
                .map(|(place, target, form, found)| {
                    [
                        format!("{place}:{}", found.line),
                        target.shown(),
                        format!("v{}", target.version),
                        form.to_string(),
                        found.count.to_string(),
                    ]
                })
                .collect();
            output::table(["PLACE", "SECRET", "VERSION", "FORM", "TIMES"], &rows)?;
        }
        output::line(&format!(
            "Searched {} ({}) for {}.",
            output::count(self.extent.inputs, "input"),
            output::count(self.extent.bytes, "byte"),
            output::count(count_of(self.targets), "value"),
        ))?;
        if self.finds.is_empty() {
            output::line("None of them was found.")?;
        }
        for (place, error) in &self.extent.failed {
            output::note(&format!("{place} was not searched: {error}."));
        }
        for target in self.short {
            output::note(&format!(
                "{} v{} is too short to prove: it has fewer than {FLOOR} bytes.",
                target.shown(),
                target.version
            ));
        }
        for left in self.left_out {
            let version = left
                .version
                .map_or(String::new(), |number| format!(" v{number}"));
            output::note(&format!(
                "{}{version} was not searched for: {}.",
                left.name, left.why
            ));
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let found: Vec<Value> = self
            .rows()
            .map(|(place, target, form, found)| {
                json!({
                    "place": place,
                    "line": found.line,
                    "offset": found.offset,
                    "name": target.name,
                    "version": target.version,
                    "member": target.member,
                    "form": form.to_string(),
                    "times": found.count,
                })
            })
            .collect();
        let short: Vec<Value> = self
            .short
            .iter()
            .map(|target| {
                json!({ "name": target.name, "version": target.version, "member": target.member })
            })
            .collect();
        let left_out: Vec<Value> = self
            .left_out
            .iter()
            .map(|left| {
                json!({ "name": left.name.as_str(), "version": left.version, "why": left.why })
            })
            .collect();
        let failed: Vec<Value> = self
            .extent
            .failed
            .iter()
            .map(|(place, error)| json!({ "place": place, "why": error.to_string() }))
            .collect();
        json!({
            "failed": failed,
            "found": found,
            "too_short": short,
            "not_searched_for": left_out,
            "values": self.targets.len(),
            "inputs": self.extent.inputs,
            "bytes": self.extent.bytes,
        })
    }
}

impl Target {
    /// The name, with the member where it is one.
    fn shown(&self) -> String {
        match &self.member {
            Some(member) => format!("{}#{member}", self.name),
            None => self.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_members_of_json_are_values_too() {
        let value = r#"{"host": "db.internal", "user": "application", "password": "only-for-tests",
            "keys": [{"a/b": "kT7vR2mQ9xL4pW8zN3bH6cF1"}], "port": 5432}"#;
        let targets = targets_of("prod/db", 1, Secret::copy_from(value.as_bytes()));
        let mut members: Vec<Option<&str>> = targets
            .iter()
            .map(|target| target.member.as_deref())
            .collect();
        members.sort_unstable();
        assert_eq!(members, [None, Some("/keys/0/a~1b"), Some("/password")]);
        assert_eq!(targets_of("x", 1, Secret::copy_from(b"no json")).len(), 1);
        assert_eq!(
            targets_of("x", 1, Secret::copy_from(b"\"only-for-tests\"")).len(),
            1
        );
    }
}
