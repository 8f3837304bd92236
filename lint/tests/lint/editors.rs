//! The files and snippets for editors in the docs are what editors can read.

use std::path::{Path, PathBuf};
use std::process::Command;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lint")
}

/// The fenced snippets of the page in one language.
fn snippets(language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(docs().join("editors.md")).unwrap();
    let fence = format!("```{language}\n");
    let starts = page.split(&fence).skip(1);
    starts
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_extension_of_vs_code_names_its_parts() {
    let folder = docs().join("editors/vscode");
    let package = std::fs::read_to_string(folder.join("package.json")).unwrap();
    let package: serde_json::Value = serde_json::from_str(&package).unwrap();
    let main = folder.join(package["main"].as_str().unwrap());
    let script = std::fs::read_to_string(&main).unwrap();
    for event in package["activationEvents"].as_array().unwrap() {
        let language = event.as_str().unwrap().strip_prefix("onLanguage:").unwrap();
        assert!(script.contains(&format!("\"{language}\"")), "{language}");
    }
    assert!(script.contains("args: [\"lsp\"]"));
    // Where Node is installed it has the last word on the form.
    if let Ok(output) = Command::new("node").arg("--check").arg(&main).output() {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_settings_of_helix_and_vs_code_are_well_formed() {
    let helix: toml::Table = snippets("toml")[0].parse().unwrap();
    let server = &helix["language-server"]["coffer-lint"];
    assert_eq!(server["command"].as_str(), Some("coffer-lint"));
    for language in helix["language"].as_array().unwrap() {
        let servers = language["language-servers"].as_array().unwrap();
        assert!(
            servers
                .iter()
                .any(|name| name.as_str() == Some("coffer-lint"))
        );
    }
    for settings in snippets("json") {
        serde_json::from_str::<serde_json::Value>(&settings).unwrap();
    }
}
