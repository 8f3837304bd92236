//! Takes secrets out of a Terraform configuration: each literal leaves the code for a vault, and the code reads it from
//! there. What the vault is and how the value gets there is for the caller to say.
//!
//! Step by step, on the files in memory: a step takes one secret out and resolves everything anew, so that each step
//! sees what the one before it made. Nothing is written here.

mod declare;
mod garbage;
mod generated;
mod literal;
mod sink;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::fix::apply::edited;
use crate::fix::{Changed, Edit};
use crate::rules::Family;
use crate::rules::finding::Finding;
use crate::run::{Policy, Run, slashed};
use crate::source::{FileId, SourceFile};

/// More secrets than this are taken out in several runs.
const MAX_STEPS: usize = 500;

/// How the code gets at a secret that left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By an ephemeral resource `coffer_secret`: it is in no state.
    Ephemeral,
    /// By a variable that is set from outside; its argument is stored in the state all the same.
    Variable(String),
    /// By an environment variable that the program reads itself.
    Environment(String),
    /// It is generated in the vault from now on; there is no old value to keep.
    Generated,
}

/// A secret that was taken out.
#[derive(Clone, Debug)]
pub struct Evicted {
    /// The name that it gets in the vault.
    pub name: String,
    /// The secret itself; empty where it is generated anew.
    pub value: String,
    /// Where it stood: `main.tf:12`.
    pub place: String,
    /// What it is for: `aws_db_instance.main.password`.
    pub sink: String,
    /// How the code gets at it now.
    pub way: Way,
}

/// A secret that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Where it stands: `main.tf:12`.
    pub place: String,
    /// The rule that found it.
    pub rule: &'static str,
    /// Why it stays and what to do.
    pub why: String,
}

/// What becomes of a configuration.
#[derive(Debug)]
pub struct Migration {
    /// What was taken out.
    pub evicted: Vec<Evicted>,
    /// What stays.
    pub left: Vec<Left>,
    /// The files before, and what is to be written.
    pub changed: Vec<(SourceFile, Changed)>,
}

/// How things are to be called.
#[derive(Clone, Debug)]
pub struct Naming {
    /// What all names in the vault begin with; may be empty.
    pub prefix: String,
    /// The arguments of the `local` block of the provider, each on a line.
    pub vault: Vec<String>,
}

/// A step: the edits and what they take out.
struct Step {
    edits: Vec<Edit>,
    evicted: Evicted,
    /// Locals and variables that nobody may need afterwards.
    holders: Vec<garbage::Holder>,
}

/// Takes everything out that can be taken out.
pub fn migrate(files: Vec<SourceFile>, policy: &Policy, naming: &Naming) -> Migration {
    let before: Vec<String> = files.iter().map(|file| file.text.clone()).collect();
    let places = places(&files, policy);
    let mut migrator = Migrator {
        files,
        policy,
        naming,
        places,
        names: BTreeSet::new(),
        seen: HashSet::new(),
        evicted: Vec::new(),
        left: Vec::new(),
    };
    for _ in 0..MAX_STEPS {
        if !migrator.step() {
            break;
        }
    }
    migrator.declare();
    let Migrator {
        files,
        evicted,
        left,
        ..
    } = migrator;
    let mut changed = Vec::new();
    for ((n, file), text) in files.into_iter().enumerate().zip(before) {
        if file.text != text {
            let old = SourceFile::parse(&file.path, text.into_bytes());
            let id = FileId(u32::try_from(n).unwrap_or(u32::MAX));
            let new = Changed::whole(id, &old, file);
            changed.push((old, new));
        }
    }
    Migration {
        evicted,
        left,
        changed,
    }
}

struct Migrator<'m> {
    files: Vec<SourceFile>,
    policy: &'m Policy,
    naming: &'m Naming,
    /// Where each finding stood at first, by its fingerprint.
    places: HashMap<String, String>,
    /// Names that are taken, in the vault and as labels.
    names: BTreeSet<String>,
    /// Findings that stay, and those that a step was made for.
    seen: HashSet<(String, String, String)>,
    evicted: Vec<Evicted>,
    left: Vec<Left>,
}

impl Migrator<'_> {
    /// Takes one secret out; false where there is none left.
    fn step(&mut self) -> bool {
        let planned = {
            let run = Run::new(&self.files, self.policy.added());
            let findings = self.policy.judge(&run).findings;
            let next = findings.into_iter().find_map(|finding| {
                let path = run.path(finding.file);
                let key = (
                    path,
                    finding.rule.id.to_owned(),
                    finding.fingerprint.clone(),
                );
                let planned = self.plan(&run, &finding)?;
                (!self.seen.contains(&key)).then_some((key, finding, planned))
            });
            next.map(|(key, finding, planned)| {
                let first = self.places.get(&finding.fingerprint).cloned();
                let place = first.unwrap_or_else(|| place(&run, &finding));
                (key, finding.rule.id, place, planned)
            })
        };
        let Some((key, rule, place, planned)) = planned else {
            return false;
        };
        self.seen.insert(key);
        match planned {
            Ok(mut step) => {
                step.evicted.place = place;
                self.names.insert(step.evicted.name.clone());
                self.apply(step.edits);
                self.sweep(&step.holders, rule);
                self.evicted.push(step.evicted);
            }
            Err(why) => self.left.push(Left { place, rule, why }),
        }
        true
    }

    /// What to do about a finding; `None` where it is of no concern here.
    fn plan(&self, run: &Run<'_>, finding: &Finding) -> Option<Result<Step, String>> {
        match finding.rule.id {
            "generated-secret-in-state" => {
                Some(generated::plan(run, finding, &self.names, self.naming))
            }
            _ if finding.rule.family == Family::Credentials => {
                let exposure = run
                    .exposures
                    .iter()
                    .find(|one| one.file == finding.file && one.at == finding.at)?;
                Some(literal::plan(run, exposure, &self.names, self.naming))
            }
            _ => None,
        }
    }

    fn apply(&mut self, mut edits: Vec<Edit>) {
        edits.sort_by_key(|edit| (edit.file, edit.at.start, edit.at.end));
        edits.dedup();
        for of_file in edits.chunk_by(|one, next| one.file == next.file) {
            let Some(id) = of_file.first().map(|edit| edit.file) else {
                continue;
            };
            if let Some(file) = self.files.get_mut(id.0 as usize) {
                let text = edited(&file.text, of_file);
                *file = SourceFile::parse(&file.path, text.into_bytes());
            }
        }
    }

    /// Removes locals and variables that nothing refers to any more.
    fn sweep(&mut self, holders: &[garbage::Holder], rule: &'static str) {
        let mut waiting: Vec<&garbage::Holder> = holders.iter().collect();
        loop {
            let run = Run::new(&self.files, self.policy.added());
            let free = waiting.iter().position(|holder| holder.is_free(&run));
            let Some(edits) = free
                .map(|at| waiting.swap_remove(at))
                .map(|holder| holder.removal(&run))
            else {
                break;
            };
            self.apply(edits);
        }
        for holder in waiting {
            self.left.push(Left {
                place: slashed(&holder.folder),
                rule,
                why: format!(
                    "`{}` is still referred to elsewhere, so it stays with its value; mend what refers to it",
                    holder.name()
                ),
            });
        }
    }

    /// Declares the provider where the code now needs it.
    fn declare(&mut self) {
        let edits = {
            let run = Run::new(&self.files, self.policy.added());
            declare::edits(&run, self.naming)
        };
        self.apply(edits);
    }
}

/// Where each finding stands, by its fingerprint.
fn places(files: &[SourceFile], policy: &Policy) -> HashMap<String, String> {
    let run = Run::new(files, policy.added());
    let findings = policy.judge(&run).findings.into_iter();
    findings
        .map(|finding| (finding.fingerprint.clone(), place(&run, &finding)))
        .collect()
}

/// `main.tf:12`
fn place(run: &Run<'_>, finding: &Finding) -> String {
    let line = run
        .file(finding.file)
        .map_or(0, |file| file.lines.line(finding.at.start));
    format!("{}:{line}", run.path(finding.file))
}

/// A name that is not taken yet, and the label that goes with it: `shop/db/password`, `db_password`.
fn named(names: &BTreeSet<String>, naming: &Naming, parts: &[&str]) -> (String, String) {
    let clean = |part: &&str| -> String {
        let kept = part.chars().map(|c| match c {
            c if c.is_ascii_alphanumeric() || "-_.".contains(c) => c,
            _ => '_',
        });
        kept.collect::<String>().trim_matches('.').to_owned()
    };
    let parts: Vec<String> = parts
        .iter()
        .map(clean)
        .filter(|part| !part.is_empty())
        .collect();
    let prefix = naming.prefix.trim_matches('/');
    let mut number = 1;
    loop {
        let suffix = if number == 1 {
            String::new()
        } else {
            format!("_{number}")
        };
        let name = [&[prefix.to_owned()], parts.as_slice()].concat();
        let name: Vec<String> = name.into_iter().filter(|part| !part.is_empty()).collect();
        let name = format!("{}{suffix}", name.join("/"));
        if !names.contains(&name) {
            let mut label = parts.join("_").replace(['-', '.'], "_");
            if label.starts_with(|c: char| c.is_ascii_digit()) {
                label.insert(0, '_');
            }
            return (name, format!("{label}{suffix}"));
        }
        number += 1;
    }
}
