//! `coffer prove` on what the real Terraform writes.

use coffer_tests::scenario::Scenario;
use serde_json::Value;

const VALUE: &str = "fake<value>&of\"tests";

const CLEAN: &str = r#"
ephemeral "coffer_secret" "it" {
  name = "prod/it"
}

resource "coffer_secret" "copy" {
  name     = "prod/copy"
  value_wo = ephemeral.coffer_secret.it.value
}
"#;

/// Each of these writes the value into the state in another form.
const LEAKY: &str = r#"
resource "terraform_data" "leaks" {
  input = {
    plain  = "fake<value>&of\"tests"
    base64 = base64encode("x: fake<value>&of\"tests")
    url    = urlencode("fake<value>&of\"tests")
    nested = jsonencode({ password = "fake<value>&of\"tests" })
  }
}
"#;

/// The forms in which the value was found, by place.
fn prove(scenario: &Scenario, paths: &[&str]) -> Vec<(String, String)> {
    let arguments = [&["prove", "--format", "json"], paths].concat();
    let output = scenario.coffer_command(&arguments).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["found"].as_array().unwrap();
    assert_eq!(
        output.status.code(),
        Some(if found.is_empty() { 0 } else { 9 })
    );
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    found
        .iter()
        .filter(|one| one["name"] == "prod/it")
        .map(|one| (text(one, "place"), text(one, "form")))
        .collect()
}

#[test]
fn the_whole_folder_of_a_clean_project_is_clean() {
    let scenario = Scenario::new();
    scenario.put("prod/it", VALUE);
    scenario.configure(CLEAN);
    scenario.ok(&["plan", "-out=saved.tfplan"]);
    scenario.ok(&["apply", "saved.tfplan"]);
    assert_eq!(scenario.value_of("prod/copy"), VALUE);
    let plan = scenario.ok(&["show", "-json", "saved.tfplan"]);
    std::fs::write(scenario.file("plan.json"), plan).unwrap();
    assert_eq!(prove(&scenario, &["."]), []);
}

#[test]
fn a_leak_is_found_in_state_saved_plan_and_json_plan() {
    let scenario = Scenario::new();
    scenario.put("prod/it", VALUE);
    scenario.configure(LEAKY);
    scenario.ok(&["plan", "-out=saved.tfplan"]);
    scenario.ok(&["apply", "saved.tfplan"]);
    let plan = scenario.ok(&["show", "-json", "saved.tfplan"]);
    std::fs::write(scenario.file("plan.json"), plan).unwrap();
    let found = prove(
        &scenario,
        &["terraform.tfstate", "saved.tfplan", "plan.json"],
    );
    for (place, form) in [
        ("terraform.tfstate", "JSON-escaped"),
        ("terraform.tfstate", "JSON in JSON"),
        ("terraform.tfstate", "base64"),
        ("terraform.tfstate", "URL-escaped"),
        ("saved.tfplan:tfplan", "plain"),
        ("saved.tfplan:tfplan", "base64"),
        ("plan.json", "JSON-escaped"),
        ("plan.json", "URL-escaped"),
    ] {
        let wanted = (place.to_owned(), form.to_owned());
        assert!(found.contains(&wanted), "{wanted:?} is not in {found:?}");
    }
}
