//! Every configuration that the guides show and that this machine can judge, validated by the real Terraform.

use std::fs;

use coffer_tests::scenario::Scenario;
use xtask::programs;

/// Providers that the tests do not have.
const ELSEWHERE: [&str; 3] = ["\"azurerm_", "\"google_", "\"kubernetes_"];

const PROVIDERS: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    coffer = {
      source = "coffer/coffer"
    }
  }
}
"#;

/// The `hcl` blocks of the guides, with the guide's name.
fn snippets() -> Vec<(String, String)> {
    let folder = programs::root().join("docs/guides");
    let mut snippets = Vec::new();
    for entry in fs::read_dir(folder).expect("the guides").flatten() {
        let name = entry.file_name().to_string_lossy().replace(".md", "");
        let text = fs::read_to_string(entry.path()).expect("a guide");
        let blocks = text.split("```hcl\n").skip(1);
        for block in blocks.filter_map(|block| block.split("```").next()) {
            if !ELSEWHERE.iter().any(|provider| block.contains(provider)) {
                snippets.push((name.clone(), block.to_owned()));
            }
        }
    }
    snippets.sort();
    snippets
}

/// Each snippet is a module of its own, so that Terraform loads the providers once for all of them.
#[test]
fn what_the_guides_show_is_valid() {
    let scenario = Scenario::with_aws_provider();
    let snippets = snippets();
    assert!(snippets.len() >= 8, "{} snippets", snippets.len());
    let mut modules = String::new();
    for (number, (guide, text)) in snippets.iter().enumerate() {
        let module = format!("{guide}-{number}");
        let folder = scenario.file(&module);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("main.tf"), text).expect("written");
        fs::write(folder.join("providers.tf"), PROVIDERS).expect("written");
        modules += &format!("module \"{module}\" {{\n  source = \"./{module}\"\n}}\n");
    }
    fs::write(scenario.file("main.tf"), modules).expect("written");
    scenario.ok(&["init"]);
    scenario.ok(&["validate"]);
}
