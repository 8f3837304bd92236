//! `cargo xtask accuracy`: how well the linter does on labelled files, and what changed since the last table.
//!
//! The labelled files are other people's and no part of this repository. Their folder holds `cases.jsonl`: one
//! case a line with `id`, `file`, `language`, `label_origin`, `derived`, `labels` (`spans`, `kind`), `ignore`
//! and `doubtful`. The table of the last accepted run is `lint/tests/accuracy.tsv`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::programs::root;
use crate::step::{Failure, Outcome, at};

/// Lines from first to last.
type Lines = (u64, u64);

/// Counts of one group of cases.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// Files with a credential: found, missed. Clean files: reported.
    files: (u32, u32, u32),
    /// Labels: found, missed. Findings beside every label.
    lines: (u32, u32, u32),
    clean_files: u32,
    clean_findings: u32,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.files.0 += other.files.0;
        self.files.1 += other.files.1;
        self.files.2 += other.files.2;
        self.lines.0 += other.lines.0;
        self.lines.1 += other.lines.1;
        self.lines.2 += other.lines.2;
        self.clean_files += other.clean_files;
        self.clean_findings += other.clean_findings;
    }

    /// The row of the table: F1 of files and of lines, findings in 1,000 clean files.
    fn row(&self) -> String {
        let clean = f64::from(self.clean_findings) * 1000.0 / f64::from(self.clean_files.max(1));
        format!("{:.3}\t{:.3}\t{clean:.1}", f1(self.files), f1(self.lines))
    }
}

/// The harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found.
fn f1((found, missed, wrong): (u32, u32, u32)) -> f64 {
    match 2 * found + missed + wrong {
        0 => 1.0,
        all => f64::from(2 * found) / f64::from(all),
    }
}

/// Scores the linter on the folder, prints the table and its difference to the accepted one; `accept` writes
/// it in place of that one.
///
/// # Errors
/// A folder without labelled files, or a linter that does not run.
pub fn run(folder: &Path, accept: bool) -> Outcome<()> {
    let cases = cases(folder)?;
    let found = findings(folder)?;
    let mut groups: BTreeMap<String, Counts> = BTreeMap::new();
    for case in &cases {
        // Whether such a clean file is clean is in doubt: it says nothing.
        if list(case, "labels").is_empty() && !case["doubtful"].is_null() {
            continue;
        }
        let counts = score(
            case,
            found.get(text(case, "file")).map_or(&[], Vec::as_slice),
        );
        let stratum = match (case["derived"] == true, text(case, "label_origin")) {
            (true, _) => "derived",
            (_, "hand") => "real",
            _ => "source",
        };
        let language = text(case, "language");
        for group in [
            "all".to_owned(),
            format!("all {language}"),
            stratum.to_owned(),
            format!("{stratum} {language}"),
        ] {
            groups.entry(group).or_default().add(counts);
        }
    }
    let table: String = groups
        .iter()
        .map(|(name, counts)| format!("{name}\t{}\n", counts.row()))
        .collect();
    let path = root().join("lint/tests/accuracy.tsv");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    print(&table, &before);
    if accept {
        std::fs::write(&path, &table).map_err(at(&path))?;
    }
    Ok(())
}

fn print(table: &str, before: &str) {
    let known: HashMap<&str, &str> = before
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    println!(
        "{:28} {:>8} {:>8} {:>12}",
        "group", "F1 files", "F1 lines", "in 1000 clean"
    );
    for (name, row) in table.lines().filter_map(|line| line.split_once('\t')) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [files, lines, clean] = cells.as_slice() else {
            continue;
        };
        let change = match known.get(name) {
            Some(old) if *old == row => String::new(),
            Some(old) => format!("   was {}", old.replace('\t', " ")),
            None => "   new".to_owned(),
        };
        println!("{name:28} {files:>8} {lines:>8} {clean:>12}{change}");
    }
}

fn cases(folder: &Path) -> Outcome<Vec<Value>> {
    let path = folder.join("cases.jsonl");
    let lines = std::fs::read_to_string(&path).map_err(at(&path))?;
    let parse = |line: &str| {
        serde_json::from_str(line)
            .map_err(|error| Failure::Step(format!("{}: {error}", path.display())))
    };
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(parse)
        .collect()
}

/// Lines of the findings of the credentials family, by file.
fn findings(folder: &Path) -> Outcome<HashMap<String, Vec<Lines>>> {
    let manifest = root().join("Cargo.toml");
    let output = Command::new("cargo")
        .args([
            "run",
            "--quiet",
            "--package",
            "coffer-lint",
            "--manifest-path",
        ])
        .arg(&manifest)
        .args([
            "--",
            "--no-config",
            "--format",
            "json",
            "--select",
            "credentials",
            ".",
        ])
        .current_dir(folder)
        .output()
        .map_err(|source| Failure::Start {
            program: "cargo".to_owned(),
            source,
        })?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| Failure::Command {
        command: "coffer-lint".to_owned(),
        status: output.status.to_string(),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })?;
    let mut found: HashMap<String, Vec<Lines>> = HashMap::new();
    for finding in list(&report, "findings") {
        let line = |end: &str| {
            let place = finding.get(end).and_then(|place| place.get("line"));
            place.and_then(Value::as_u64).unwrap_or_default()
        };
        found
            .entry(text(finding, "file").to_owned())
            .or_default()
            .push((line("start"), line("end")));
    }
    Ok(found)
}

fn score(case: &Value, found: &[Lines]) -> Counts {
    let mut counts = Counts::default();
    let labels = list(case, "labels");
    let ignored = spans(&case["ignore"]);
    let credentials: Vec<Vec<Lines>> = labels
        .iter()
        .filter(|label| label["kind"] != "exposure")
        .map(|label| spans(&label["spans"]))
        .collect();
    // A missing protection alone is no matter of this family.
    if credentials.is_empty() && !labels.is_empty() {
        return counts;
    }
    let found: HashSet<Lines> = found.iter().copied().collect();
    let live: Vec<Lines> = found
        .into_iter()
        .filter(|one| !ignored.iter().any(|span| touch(*one, *span)))
        .collect();
    if credentials.is_empty() {
        counts.clean_files = 1;
        counts.clean_findings = u32::try_from(live.len()).unwrap_or(u32::MAX);
        counts.files.2 = u32::from(!live.is_empty());
    } else if live.is_empty() {
        counts.files.1 = 1;
    } else {
        counts.files.0 = 1;
    }
    for spans in credentials.iter().filter(|spans| !spans.is_empty()) {
        let is_found = live
            .iter()
            .any(|one| spans.iter().any(|span| touch(*one, *span)));
        counts.lines.0 += u32::from(is_found);
        counts.lines.1 += u32::from(!is_found);
    }
    // A label without a line covers the whole file.
    if credentials.iter().all(|spans| !spans.is_empty()) {
        let all: Vec<Lines> = labels
            .iter()
            .flat_map(|label| spans(&label["spans"]))
            .collect();
        let beside = live
            .iter()
            .filter(|one| !all.iter().any(|span| touch(**one, *span)));
        counts.lines.2 = u32::try_from(beside.count()).unwrap_or(u32::MAX);
    }
    counts
}

fn touch(one: Lines, other: Lines) -> bool {
    one.0 <= other.1 && one.1 >= other.0
}

fn spans(value: &Value) -> Vec<Lines> {
    let span = |pair: &Value| Some((pair.get(0)?.as_u64()?, pair.get(1)?.as_u64()?));
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(span)
        .collect()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{f1, score};
    use serde_json::json;

    #[test]
    fn labels_are_found_by_lines() {
        let case = json!({"labels": [{"kind": "embedded", "spans": [[3, 4]]}, {"kind": "token", "spans": [[9, 9]]}], "ignore": [[7, 7]]});
        let counts = score(&case, &[(4, 4), (7, 7), (12, 12)]);
        assert_eq!(counts.files, (1, 0, 0));
        assert_eq!(counts.lines, (1, 1, 1));
    }

    #[test]
    fn clean_files_count_what_is_reported() {
        let case = json!({"labels": [], "ignore": []});
        let counts = score(&case, &[(1, 1), (1, 1), (2, 2)]);
        assert_eq!((counts.files, counts.clean_findings), ((0, 0, 1), 2));
    }

    #[test]
    fn the_score_is_the_harmonic_mean() {
        assert!((f1((9, 1, 1)) - 0.9).abs() < 1e-9);
    }
}
