//! Ephemeral resources, functions, diagnostics and the provider block.

use std::fs;

use serde_json::{Value, json};

use super::scene::Scene;

#[test]
fn an_ephemeral_resource_is_opened_renewed_and_closed_and_stands_in_no_file() {
    let scene = Scene::new(
        r#"
        resource "terraform_data" "slow" {
          provisioner "local-exec" {
            command = "sleep 2"
          }
        }
        ephemeral "corner_pass" "p" {
          name     = "ada"
          renew_ms = 1300
        }
        resource "corner_ward" "w" {
          name       = "north"
          secret_wo  = ephemeral.corner_pass.p.token
          depends_on = [terraform_data.slow]
        }
        "#,
    );
    scene.ok(&["plan", "-out=saved.tfplan"]);
    assert_eq!(
        scene.notes(),
        [
            "configure",
            "open ada",
            "plan with token-of-ada",
            "close ada",
            "farewell"
        ]
    );
    scene.forget();
    scene.ok(&["apply", "saved.tfplan"]);
    let notes = scene.notes();
    assert_eq!(notes[..2], ["configure", "open ada"]);
    assert!(notes.contains(&"renew ada".to_owned()), "{notes:?}");
    assert!(
        notes.contains(&"create north with token-of-ada".to_owned()),
        "{notes:?}"
    );
    assert_eq!(notes[notes.len() - 2..], ["close ada", "farewell"]);

    let token = b"token-of-ada";
    for file in ["terraform.tfstate", "saved.tfplan"] {
        let bytes = fs::read(scene.project.path().join(file)).unwrap();
        assert!(
            !bytes.windows(token.len()).any(|window| window == token),
            "{file}"
        );
    }
    let shown = scene.ok(&["show", "-json", "saved.tfplan"]);
    assert!(!shown.contains("token-of-ada"));
    assert!(scene.is_settled());
}

#[test]
fn an_ephemeral_resource_that_depends_on_what_is_unknown_waits_for_apply() {
    let scene = Scene::new(
        r#"
        resource "terraform_data" "name" {
          input = "ada"
        }
        ephemeral "corner_pass" "p" {
          name = terraform_data.name.output
        }
        resource "corner_ward" "w" {
          name      = "north"
          secret_wo = ephemeral.corner_pass.p.token
        }
        "#,
    );
    scene.ok(&["plan"]);
    assert_eq!(scene.notes(), ["configure", "farewell"]);
    scene.forget();
    scene.apply();
    assert!(
        scene
            .notes()
            .contains(&"create north with token-of-ada".to_owned())
    );
}

#[test]
fn a_value_that_is_unknown_at_plan_is_there_at_apply() {
    let scene = Scene::new(
        r#"
        ephemeral "corner_pass" "p" {
          name = "ada"
          mode = "later"
        }
        resource "corner_ward" "w" {
          name      = "north"
          secret_wo = ephemeral.corner_pass.p.token
        }
        "#,
    );
    scene.apply();
    let notes = scene.notes();
    assert!(
        notes.contains(&"create north with token-of-ada".to_owned()),
        "{notes:?}"
    );
    // Nothing was known in the plan; in the apply Terraform plans once more.
    let mut planning = notes.iter().take_while(|note| *note != "farewell");
    assert!(
        !planning.any(|note| note.starts_with("plan with")),
        "{notes:?}"
    );
}

#[test]
fn functions_are_called_and_their_errors_point_at_the_argument() {
    let scene = Scene::empty();
    scene.write(
        r#"
        output "joined" {
          value = provider::corner::join("-", "a", "b")
        }
        output "same" {
          value = provider::corner::same({ a = [1, "x", null] })
        }
        output "twice" {
          value = provider::corner::twice([0.1, 12345678901234567890123])
        }
        "#,
    );
    scene.apply();
    let outputs: Value = serde_json::from_str(&scene.ok(&["output", "-json"])).unwrap();
    assert_eq!(outputs["joined"]["value"], "a-b");
    assert_eq!(outputs["same"]["value"], json!({ "a": [1, "x", null] }));
    let text = scene.state_text();
    assert_eq!(text.matches("12345678901234567890123").count(), 2, "{text}");

    scene.write("output \"joined\" {\n  value = provider::corner::join(\"long\", \"a\")\n}\n");
    let said = scene.fails(&["plan"]);
    assert!(
        said.contains("Invalid value for \"between\" parameter"),
        "{said}"
    );
    assert!(said.contains("three characters at most"), "{said}");
}

#[test]
fn a_diagnostic_shows_the_line_and_a_deprecation_is_told() {
    let scene = Scene::new(
        r#"
        resource "corner_ward" "w" {
          name  = "north"
          title = "old"
          bed {
            patient = ""
          }
        }
        "#,
    );
    let said = scene.fails(&["validate"]);
    assert!(said.contains("Nobody in bed"), "{said}");
    assert!(said.contains("patient = \"\""), "{said}");
    assert!(said.contains("Use name."), "{said}");
}

#[test]
fn a_provider_block_may_be_unknown_at_plan() {
    let scene = Scene::empty();
    let folder = scene.folder.path().display().to_string();
    let text = |mode: &str| {
        format!(
            r#"
            resource "terraform_data" "region" {{
              input = "here"
            }}
            provider "corner" {{
              folder = {folder:?}
              region = terraform_data.region.output
            }}
            resource "corner_ward" "w" {{
              name = "north"
              mode = {mode}
            }}
            "#
        )
    };
    scene.write(&text("\"needs region\""));
    let said = scene.fails(&["plan"]);
    assert!(said.contains("Region is not known yet"), "{said}");
    scene.write(&text("null"));
    scene.apply();
    scene.write(&text("\"needs region\""));
    scene.ok(&["plan"]);
}
