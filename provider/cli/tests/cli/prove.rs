//! `coffer prove` on what Terraform and others write.

use std::fs;
use std::io::Write;

use serde_json::Value;

use crate::bench::Bench;

/// A value with everything that some writer escapes.
const HARD: &str = "p&ss\"w/rd<7>+x~${é}\n\\end";

fn base64(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..=chunk.len() {
            encoded.push(char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    encoded
}

fn forms_in(bench: &Bench, text: &str) -> Vec<String> {
    let run = bench.coffer(&["prove", "--format", "json"], text);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = report["found"].as_array().unwrap();
    assert_eq!(run.code, Some(if found.is_empty() { 0 } else { 9 }));
    found
        .iter()
        .map(|one| one["form"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_form_is_found_in_a_pipe() {
    let bench = Bench::new();
    bench.coffer(&["put", "hard"], HARD).succeeded();
    let json = Value::from(HARD).to_string();
    let hex: String = HARD.bytes().map(|byte| format!("{byte:02X}")).collect();
    let url: String = HARD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(forms_in(&bench, "nothing is here"), Vec::<String>::new());
    assert_eq!(forms_in(&bench, HARD), ["plain"]);
    for before in ["", "x", "xy"] {
        assert_eq!(
            forms_in(&bench, &base64(&format!("{before}{HARD}tail"))),
            ["base64"]
        );
    }
    assert_eq!(forms_in(&bench, &hex), ["hex"]);
    assert_eq!(forms_in(&bench, &hex.to_lowercase()), ["hex"]);
    assert_eq!(forms_in(&bench, &json), ["JSON-escaped"]);
    assert_eq!(
        forms_in(
            &bench,
            &json
                .replace('<', "\\u003c")
                .replace('>', "\\u003e")
                .replace('&', "\\u0026")
        ),
        ["JSON-escaped"]
    );
    let nested = Value::from(json).to_string();
    assert_eq!(forms_in(&bench, &nested), ["JSON in JSON"]);
    let escaped = "p%26ss%22w%2Frd%3C7%3E%2Bx~%24%7B%C3%A9%7D%0A%5Cend";
    assert_eq!(forms_in(&bench, escaped), ["URL-escaped"]);
    // Nobody escapes letters.
    assert_eq!(forms_in(&bench, &url), Vec::<String>::new());
    let hcl = "\"p&ss\\\"w/rd<7>+x~$${é}\\n\\\\end\"";
    assert_eq!(forms_in(&bench, hcl), ["HCL-escaped"]);
}

#[test]
fn old_disabled_and_deleted_versions_are_searched_for_and_destroyed_ones_are_gone() {
    let bench = Bench::new();
    bench
        .coffer(&["put", "prod/db"], "only-for-tests-2")
        .succeeded();
    bench
        .coffer(&["put", "prod/db"], "only-for-tests-3")
        .succeeded();
    bench.coffer(&["disable", "prod/db", "--version", "2"], "");
    bench
        .coffer(&["put", "gone"], "only-for-other-tests")
        .succeeded();
    bench.coffer(&["delete", "gone"], "").succeeded();
    let text = "only-for-tests only-for-tests-2 only-for-tests-3 only-for-other-tests";
    let run = bench.coffer(&["prove", "--format", "json"], text);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["values"], 4, "{}", run.stdout);
    assert_eq!(report["found"].as_array().unwrap().len(), 4);
    bench.coffer(&["destroy", "prod/db", "--version", "1"], "");
}

#[test]
fn no_value_stands_in_the_report() {
    let bench = Bench::new();
    let text = "only-for-tests";
    for format in ["text", "json"] {
        let run = bench.coffer(&["prove", "--format", format], text);
        assert_eq!(run.code, Some(9));
        assert!(!run.stdout.contains(text) && !run.stderr.contains(text));
        assert!(run.stdout.contains("prod/db"));
    }
}

#[test]
fn short_values_are_reported_and_not_searched_for() {
    let bench = Bench::new();
    bench.coffer(&["put", "short"], "1234567").succeeded();
    let run = bench.coffer(&["prove"], "1234567").succeeded();
    assert!(
        run.stderr
            .contains("short v1 is too short to prove: it has fewer than 8 bytes.")
    );
}

#[test]
fn folders_are_searched_but_not_the_programs_in_them() {
    let bench = Bench::new();
    let folder = bench.folder().join("project");
    fs::create_dir_all(folder.join(".terraform")).unwrap();
    fs::create_dir_all(folder.join("logs")).unwrap();
    fs::write(folder.join(".terraform/x"), "only-for-tests").unwrap();
    fs::write(folder.join("a.tf"), "").unwrap();
    bench.coffer(&["prove", "project"], "").succeeded();
    let mut log = fs::File::create(folder.join("logs/run.log")).unwrap();
    log.write_all(b"line\nonly-for-tests only-for-tests\n")
        .unwrap();
    let run = bench.coffer(&["prove", "project"], "");
    assert_eq!(run.code, Some(9));
    let row = run.stdout.lines().nth(1).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(
        cells,
        ["project/logs/run.log:2", "prod/db", "v1", "plain", "2"]
    );
}

#[test]
fn the_audit_trail_says_that_values_were_read_for_a_proof() {
    let bench = Bench::new();
    bench
        .coffer(&["prove", "--reason", "nightly"], "nothing")
        .succeeded();
    let rows = bench
        .coffer(
            &["audit", "query", "--operation", "prove", "--format", "json"],
            "",
        )
        .succeeded();
    let rows: Value = serde_json::from_str(&rows.stdout).unwrap();
    let row = &rows["rows"][0];
    assert_eq!(row["items"][0]["name"], "prod/db");
    assert_eq!(row["actor"]["reason"], "nightly");
}

#[test]
fn what_cannot_be_read_is_no_proof() {
    let bench = Bench::new();
    let damaged = bench.folder().join("damaged.tfplan");
    fs::write(damaged, b"PK\x03\x04 damaged").unwrap();
    fs::write(bench.folder().join("clean.log"), "nothing").unwrap();
    let run = bench.coffer(&["prove", "damaged.tfplan", "clean.log", "none.log"], "");
    assert_eq!(run.code, Some(1));
    for place in ["damaged.tfplan", "none.log"] {
        let told = format!("{place} was not searched: ");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
    }
    assert!(run.stderr.contains("2 inputs could not be searched"));

    fs::write(bench.folder().join("leaky.log"), "only-for-tests").unwrap();
    let run = bench.coffer(&["prove", "none.log", "leaky.log"], "");
    assert_eq!(run.code, Some(9), "a leak counts more: {}", run.stderr);
}
