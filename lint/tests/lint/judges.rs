//! Reports and settings before judges that know nothing of this linter: JSON schema and SARIF validators, an XML
//! parser, a browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use coffer_lint::report::Format;

use crate::reports::report;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What `tests/tools/judge.py` says: whether all is well, and its words.
fn judged(form: &[&str], document: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document");
    std::fs::write(&file, document).unwrap();
    let output = Command::new(xtask::tools::python().unwrap())
        .arg(root().join("tests/tools/judge.py"))
        .args(form)
        .arg(&file)
        .current_dir(root())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[track_caller]
fn holds(form: &[&str], document: &str) {
    let (holds, said) = judged(form, document);
    assert!(holds, "{said}");
}

const REPORT: &str = "docs/lint/report.schema.json";
const CONFIGURATION: &str = "docs/lint/configuration.schema.json";

#[test]
fn json_reports_keep_to_the_published_schema() {
    let text = report(Format::Json);
    holds(&["json", REPORT], &text);
    let (holds, said) = judged(&["json", REPORT], &text.replace("\"high\"", "\"dire\""));
    assert!(!holds && said.contains("'dire' is not one of"), "{said}");
}

#[test]
fn json_lines_keep_to_the_published_schema() {
    let lines = report(Format::Jsonl);
    let schema = format!("{REPORT}#/$defs/line");
    holds(&["jsonl", &schema], &lines);
    assert!(!judged(&["jsonl", &schema], &lines.replace("\"rule\"", "\"role\"")).0);
}

#[test]
fn sarif_keeps_to_the_schema_of_the_standard() {
    let text = report(Format::Sarif);
    holds(&["sarif"], &text);
    let (holds, said) = judged(&["sarif"], &text.replace("\"ruleId\"", "\"ruleName\""));
    assert!(!holds && said.contains("ruleName"), "{said}");
}

#[test]
fn xml_reports_are_read_by_a_parser() {
    for (format, element) in [
        (Format::Junit, "testsuites"),
        (Format::Checkstyle, "checkstyle"),
    ] {
        let (holds, said) = judged(&["xml"], &report(format));
        assert!(holds && said.trim() == element, "{format:?}: {said}");
    }
}

#[test]
fn the_settings_of_the_docs_keep_to_the_published_schema() {
    let page = std::fs::read_to_string(root().join("docs/lint/configuration.md")).unwrap();
    let settings = page.split("```toml\n").nth(1).unwrap();
    let settings = settings.split("```").next().unwrap();
    holds(&["toml", CONFIGURATION], settings);
    for wrong in [
        "fail-on = \"dire\"\n",
        "colour = true\n",
        "[[token]]\nid = 3\n",
    ] {
        assert!(!judged(&["toml", CONFIGURATION], wrong).0, "{wrong}");
    }
}

/// The page in a browser: what it shows is what was written, it asks for nothing, and no value is in it.
#[test]
fn the_html_report_is_shown_by_a_browser_and_asks_for_nothing() {
    let Some(browser) = browser() else {
        eprintln!(
            "SKIPPED: no Chromium to show the HTML report in (`apt-get install chromium` brings one)"
        );
        return;
    };
    let page = report(Format::Html);
    let (shown, asked) = opened(&browser, &page);
    assert!(
        shown.contains("<h1>coffer-lint: 1 finding in 3 files</h1>"),
        "{shown}"
    );
    assert!(shown.contains("literal-in-module-input"), "{shown}");
    assert!(!shown.contains("Zm4rb"), "{shown}");
    assert!(asked.is_empty(), "{asked:?}");
    // What a page asks for is seen here at all.
    let asks = "<!doctype html><img src=\"https://images.invalid/x.png\">";
    assert_eq!(opened(&browser, asks).1, ["https://images.invalid/x.png"]);
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome", "chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

/// The page's document after it was loaded, and the addresses on the network that it asked for.
fn opened(browser: &Path, page: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).unwrap();
    let log = folder.path().join("net.json");
    let profile = folder.path().join("profile");
    let output = Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // An event a line. Chromium's own requests (for the time, for updates) have no origin.
    let log = std::fs::read_to_string(log).unwrap();
    let asked = log
        .lines()
        .filter_map(|line| serde_json::from_str(line.trim_end_matches(',')).ok())
        .filter_map(|event: serde_json::Value| {
            let request = event.get("params")?;
            let origin = request.get("initiator")?.as_str()?;
            let address = request.get("url")?.as_str()?;
            (origin != "not an origin").then(|| address.to_owned())
        })
        .filter(|address| !address.starts_with("file:"))
        .collect();
    (String::from_utf8_lossy(&output.stdout).into_owned(), asked)
}
