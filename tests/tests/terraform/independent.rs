//! What programs say that share no code with coffer: one searches everything that a run leaves for the vault's values, the
//! other compares the schema that Terraform dumps with the pages of the registry.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coffer_tests::scenario::{AWS, LOCAL, ROTATED_PASSWORD, Scenario, text};
use xtask::moto::Moto;
use xtask::{programs, tools};

/// Awkward in every notation.
const HANDED_OVER: &str = "p&ss\"w/rd<7>+${x}~é%{y}";

const REST: &str = r#"
variable "password" {
  type      = string
  ephemeral = true
}

resource "coffer_secret" "handed_over" {
  name     = "prod/handed-over"
  value_wo = var.password
}

ephemeral "coffer_secrets" "all" {
  names = [coffer_secret.handed_over.name, coffer_secret.db.name]
  after = "${coffer_secret.handed_over.version} ${coffer_rotation.db.version}"
}

resource "coffer_secret" "copies" {
  name    = "prod/copies"
  data_wo = ephemeral.coffer_secrets.all.values
}

resource "terraform_data" "waits" {
  depends_on       = [coffer_secret.copies]
  triggers_replace = "ROUND"
  provisioner "local-exec" {
    command = "touch reached; while [ -e hold ]; do sleep 0.1; done"
  }
}

# Opened before the wait and closed after it.
ephemeral "coffer_secret" "late" {
  name  = coffer_secret.handed_over.name
  after = terraform_data.waits.id
}
"#;

/// Runs one of the programs with `input`.
fn python(script: &str, arguments: &[PathBuf], input: &[u8]) -> Output {
    let script = programs::root().join("tests/tools").join(script);
    let mut process = Command::new(tools::python().unwrap())
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input).unwrap();
    process.wait_with_output().unwrap()
}

/// What of the folder is searched: all that stands there but Terraform's copies of the providers.
fn left_behind(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| !path.ends_with(".terraform")).collect()
}

/// Runs Terraform with a log of its own beside the state, and keeps what it prints there, too.
fn run(scenario: &Scenario, round: &str, arguments: &[&str]) -> Output {
    let log = scenario.file(&format!("trace-{round}.log"));
    let mut command = scenario.command(arguments);
    let output = command.env("TF_LOG_PATH", log).output().unwrap();
    fs::write(scenario.file(&format!("printed-{round}")), text(&output)).unwrap();
    output
}

#[test]
fn a_search_by_another_program_finds_no_value_in_whatever_runs_and_crashes_leave() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto).env("TF_VAR_password", HANDED_OVER);
    let configuration = |round: &str| {
        let rotated = ROTATED_PASSWORD.replace("ROUND", round);
        format!("{AWS}{LOCAL}{rotated}{}", REST.replace("ROUND", round))
    };
    scenario.configure_all(&configuration("1"));
    for round in ["1", "2"] {
        scenario.change_all(&configuration(round));
        let plan = format!("-out={round}.tfplan");
        let planned = run(&scenario, &format!("plan-{round}"), &["plan", &plan]);
        assert!(planned.status.success(), "{}", text(&planned));
        let saved = format!("{round}.tfplan");
        let apply = run(&scenario, &format!("apply-{round}"), &["apply", &saved]);
        assert!(apply.status.success(), "{}", text(&apply));
        run(
            &scenario,
            &format!("plan-json-{round}"),
            &["show", "-json", &saved],
        );
        run(
            &scenario,
            &format!("state-json-{round}"),
            &["show", "-json"],
        );
    }

    // The provider crashes while it holds values.
    scenario.change_all(&configuration("3"));
    fs::write(scenario.file("hold"), "").unwrap();
    fs::remove_file(scenario.file("reached")).unwrap();
    let printed = fs::File::create(scenario.file("printed-crash")).unwrap();
    let mut apply = scenario
        .command(&["apply", "-auto-approve"])
        .env("TF_LOG_PATH", scenario.file("trace-crash.log"))
        .stdout(printed.try_clone().unwrap())
        .stderr(printed)
        .spawn()
        .unwrap();
    let start = Instant::now();
    while !scenario.file("reached").exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "no apply");
        thread::sleep(Duration::from_millis(50));
    }
    coffer_tests::processes::abort_children(apply.id());
    fs::remove_file(scenario.file("hold")).unwrap();
    assert!(!apply.wait().unwrap().success());
    let printed = fs::read_to_string(scenario.file("printed-crash")).unwrap();
    assert!(printed.contains("lugin"), "a crash is told: {printed}");

    let mut values = vec![HANDED_OVER.to_owned()];
    for name in scenario.names() {
        values.extend(scenario.readable_value_of(&name));
    }
    let wanted = serde_json::to_vec(&values).unwrap();
    let found = python("find_values.py", &left_behind(&scenario.folder()), &wanted);
    assert_eq!(found.status.code(), Some(0), "{}", text(&found));
}

/// The search is worth something only if it finds what is there.
#[test]
fn the_search_finds_a_value_in_every_form_and_packed() {
    let folder = tempfile::tempdir().unwrap();
    let planted = folder.path().join("planted");
    let json = serde_json::Value::from(HANDED_OVER).to_string();
    let base64 = STANDARD.encode(format!("user:{HANDED_OVER}"));
    let hex: String = HANDED_OVER.bytes().map(|it| format!("{it:02x}")).collect();
    let input = serde_json::to_vec(&[HANDED_OVER]).unwrap();
    let log_line = serde_json::json!({ "body": json }).to_string();
    for (form, planted_text) in [
        ("plain", HANDED_OVER),
        ("base64", &base64),
        ("hexadecimal", &hex),
        ("JSON-escaped", &json),
        ("JSON-escaped twice", &log_line),
    ] {
        fs::write(&planted, planted_text).unwrap();
        let found = python("find_values.py", std::slice::from_ref(&planted), &input);
        assert_eq!(found.status.code(), Some(1), "{form}");
        assert!(
            text(&found).contains(&format!("value 0, {form}: 1 times in")),
            "{form}"
        );
        assert!(
            !text(&found).contains(HANDED_OVER),
            "the value itself is not shown"
        );
    }
    fs::write(&planted, "nothing of the kind").unwrap();
    let found = python("find_values.py", &[planted], &input);
    assert_eq!(found.status.code(), Some(0));
    let nothing = python("find_values.py", &[folder.path().join("missing")], &input);
    assert_ne!(
        nothing.status.code(),
        Some(0),
        "what is not there is not searched"
    );
}

#[test]
fn the_dumped_schema_and_the_pages_say_the_same() {
    let scenario = Scenario::new();
    scenario.configure("");
    let schema = scenario.json(&["providers", "schema", "-json"]).to_string();
    let docs = programs::root().join("docs");
    let compared = python("compare_docs.py", &[docs], schema.as_bytes());
    assert_eq!(compared.status.code(), Some(0), "{}", text(&compared));

    // It does notice a page that says too little.
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(programs::root().join("docs/."))
        .arg(folder.path())
        .status();
    assert!(copied.unwrap().success());
    let page = folder.path().join("ephemeral-resources/secret.md");
    let less = fs::read_to_string(&page)
        .unwrap()
        .replace("- `value` (String, Sensitive)", "- `value` (String)");
    fs::write(page, less).unwrap();
    let docs = vec![folder.path().to_owned()];
    let compared = python("compare_docs.py", &docs, schema.as_bytes());
    assert_eq!(compared.status.code(), Some(1));
    assert!(
        text(&compared).contains("ephemeral-resources/secret: value is"),
        "{}",
        text(&compared)
    );
}
