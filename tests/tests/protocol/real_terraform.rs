//! The scenarios of terraform-provider-corner, run by the real Terraform.

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::terraform::Project;

use crate::corner::{PROGRAM, WORDS_OF_A_PANIC};

/// What every configuration begins with; the folder's name is filled in.
const PRELUDE: &str = r#"
terraform {
  required_providers {
    corner = {
      source = "coffer/corner"
    }
  }
}
"#;

/// A project with the corner provider and its folder.
struct Scene {
    project: Project,
    folder: TempDir,
}

impl Scene {
    /// Initialised, with a provider block that names the folder.
    fn new(text: &str) -> Self {
        let scene = Self::empty();
        let folder = scene.folder.path().display().to_string();
        scene.write(&format!(
            "provider \"corner\" {{\n  folder = {folder:?}\n}}\n{text}"
        ));
        scene
    }

    fn empty() -> Self {
        let program = PathBuf::from(PROGRAM);
        let project = Project::with_provider("coffer/corner", "0.1.0", &program).unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self { project, folder }
    }

    fn write(&self, text: &str) {
        self.project
            .write("main.tf", &format!("{PRELUDE}{text}"))
            .unwrap();
        self.project.succeed(&["init"]).unwrap();
    }

    /// The same provider block with another text.
    fn change(&self, text: &str) {
        let folder = self.folder.path().display().to_string();
        self.write(&format!(
            "provider \"corner\" {{\n  folder = {folder:?}\n}}\n{text}"
        ));
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.project.succeed(arguments).unwrap()
    }

    /// All that a command printed that has to fail.
    fn fails(&self, arguments: &[&str]) -> String {
        let arguments = [arguments, &["-no-color"]].concat();
        let output = self.project.run(&arguments).unwrap();
        assert!(!output.status.success(), "{}", printed(&output));
        printed(&output)
    }

    fn apply(&self) {
        self.ok(&["apply", "-auto-approve"]);
    }

    /// Whether a plan is empty.
    fn is_settled(&self) -> bool {
        let planned = self.project.run(&["plan", "-detailed-exitcode"]).unwrap();
        match planned.status.code() {
            Some(0) => true,
            Some(2) => false,
            _ => panic!("{}", printed(&planned)),
        }
    }

    fn notes(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("spy.log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn forget(&self) {
        let _ = fs::remove_file(self.folder.path().join("spy.log"));
    }

    fn state_file(&self) -> PathBuf {
        self.project.path().join("terraform.tfstate")
    }

    fn state_text(&self) -> String {
        fs::read_to_string(self.state_file()).unwrap()
    }

    /// The attributes of the one managed resource in state.
    fn attributes(&self) -> Value {
        let state: Value = serde_json::from_str(&self.state_text()).unwrap();
        let mut managed = state["resources"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["mode"] == "managed")
            .filter(|one| one["type"].as_str().unwrap().starts_with("corner_"))
            .map(|one| one["instances"][0]["attributes"].clone());
        managed.next().unwrap()
    }
}

fn printed(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    // Terraform breaks lines where it likes.
    let text = String::from_utf8_lossy(&text).replace(['│', '╷', '╵'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

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
fn what_a_failed_apply_leaves_open_is_closed_all_the_same() {
    let scene = Scene::new(
        r#"
        ephemeral "corner_pass" "p" {
          name = "ada"
        }
        resource "corner_ward" "w" {
          name      = "north"
          secret_wo = ephemeral.corner_pass.p.token
          mode      = "fail"
        }
        "#,
    );
    let said = scene.fails(&["apply", "-auto-approve"]);
    assert!(
        said.contains("Failed") && said.contains("mode = \"fail\""),
        "{said}"
    );
    let count = |wanted: &str| scene.notes().iter().filter(|note| *note == wanted).count();
    assert_eq!(count("open ada"), 2);
    assert_eq!(count("close ada"), 2);
}

#[test]
fn a_block_an_attribute_and_a_value_of_every_kind_settle() {
    let scene = Scene::new(
        r#"
        resource "corner_ward" "w" {
          name              = "north"
          secret_wo         = "hunter2"
          secret_wo_version = 1
          budget            = 0.1
          words             = ["b", "a", "b"]
          labels            = { a = "1", "" = "empty" }
          anything          = { list = [1, "two", null], deep = { yes = true } }
          leader            = { name = "Ada", age = null }
          bed {
            patient = "x"
            note_wo = "hunter3"
          }
          bed {
            patient = "y"
          }
          visitor {
            name = "v"
          }
          visitor {
            name = "w"
          }
          door "front" {
            open = true
          }
          timeouts {
            create = "60m"
          }
        }
        data "corner_view" "all" {
          depends_on = [corner_ward.w]
        }
        output "names" {
          value = data.corner_view.all.names
        }
        "#,
    );
    scene.apply();
    assert!(scene.is_settled());
    let attributes = scene.attributes();
    assert_eq!(attributes["words"], json!(["a", "b"]));
    assert_eq!(attributes["bed"][1]["number"], 2);
    assert_eq!(attributes["secret_wo"], Value::Null);
    assert_eq!(
        scene.ok(&["output", "-json", "names"]).trim(),
        "[\"north\"]"
    );
    assert!(!scene.state_text().contains("hunter"));
    scene.ok(&["destroy", "-auto-approve"]);
    assert!(scene.notes().contains(&"delete north".to_owned()));
}

#[test]
fn a_change_updates_or_replaces() {
    let config = |name: &str, floor: &str| {
        format!("resource \"corner_ward\" \"w\" {{\n  name = {name:?}\n  floor = {floor:?}\n}}\n")
    };
    let scene = Scene::new(&config("north", "first"));
    scene.apply();
    scene.change(&config("north", "second"));
    scene.apply();
    assert_eq!(scene.attributes()["revision"], 2);
    scene.change(&config("south", "second"));
    let planned = scene.ok(&["plan", "-no-color"]);
    assert!(planned.contains("forces replacement"), "{planned}");
    scene.apply();
    assert_eq!(scene.attributes()["id"], "ward-south");
    // One that was taken away outside is made again.
    fs::remove_file(scene.folder.path().join("south.ward")).unwrap();
    assert!(!scene.is_settled());
    scene.apply();
    assert!(scene.is_settled());
}

#[test]
fn an_import_stores_no_write_only_value() {
    let scene = Scene::new(
        r#"
        import {
          to = corner_ward.w
          id = "north"
        }
        resource "corner_ward" "w" {
          name      = "north"
          secret_wo = "hunter2"
        }
        "#,
    );
    fs::write(scene.folder.path().join("north.ward"), "old").unwrap();
    scene.apply();
    assert_eq!(scene.attributes()["secret_wo"], Value::Null);
    assert!(!scene.state_text().contains("mistake"));
    assert!(scene.is_settled());

    let missing = Scene::new(
        r#"
        import {
          to = corner_ward.w
          id = "south"
        }
        resource "corner_ward" "w" {
          name = "south"
        }
        "#,
    );
    let said = missing.fails(&["apply", "-auto-approve"]);
    assert!(said.contains("non-existent remote object"), "{said}");
}

#[test]
fn a_move_from_another_type_stores_no_write_only_value() {
    let scene = Scene::new("resource \"corner_cot\" \"c\" {\n  title = \"north\"\n}\n");
    scene.apply();
    scene.change(
        r#"
        moved {
          from = corner_cot.c
          to   = corner_ward.w
        }
        resource "corner_ward" "w" {
          name = "north"
        }
        "#,
    );
    scene.apply();
    assert_eq!(scene.attributes()["name"], "north");
    assert!(!scene.state_text().contains("mistake"));
    assert!(scene.is_settled());
}

#[test]
fn old_state_is_upgraded_without_a_write_only_value_and_newer_state_refused() {
    let scene = Scene::new("resource \"corner_ward\" \"w\" {\n  name = \"north\"\n}\n");
    scene.apply();
    let made: Value = serde_json::from_str(&scene.state_text()).unwrap();
    let store = |version: u64, attributes: Value| {
        let mut state = made.clone();
        let instance = &mut state["resources"][0]["instances"][0];
        instance["schema_version"] = version.into();
        instance["attributes"] = attributes;
        fs::write(scene.state_file(), state.to_string()).unwrap();
    };
    store(0, json!({ "title": "north" }));
    scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
    assert_eq!(scene.attributes()["name"], "north");
    assert!(!scene.state_text().contains("mistake"));
    scene.apply();
    assert!(scene.is_settled());

    store(2, json!({ "name": "north" }));
    let said = scene.fails(&["plan"]);
    assert!(
        said.contains("newer") || said.contains("version 2"),
        "{said}"
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

#[test]
fn a_timeouts_block_ends_what_takes_too_long() {
    let scene = Scene::new(
        r#"
        resource "corner_ward" "w" {
          name = "north"
          mode = "wait"
          timeouts {
            create = "100ms"
          }
        }
        "#,
    );
    let said = scene.fails(&["apply", "-auto-approve"]);
    assert!(said.contains("Gave up"), "{said}");
}

#[test]
fn an_interrupt_stops_a_slow_operation_and_nothing_is_lost() {
    let scene = Scene::new(
        r#"
        ephemeral "corner_pass" "p" {
          name = "ada"
        }
        resource "corner_ward" "w" {
          name      = "north"
          mode      = "wait"
          secret_wo = ephemeral.corner_pass.p.token
        }
        "#,
    );
    let terraform = scene
        .project
        .command(&["apply", "-auto-approve", "-no-color"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !scene.notes().contains(&"create north waits".to_owned()) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = Pid::from_raw(terraform.id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let output = terraform.wait_with_output().unwrap();
    assert!(!output.status.success());
    let said = printed(&output);
    assert!(
        said.contains("Gave up") && said.contains("interrupted in time"),
        "{said}"
    );
    let notes = scene.notes();
    assert!(
        notes.contains(&"create north was interrupted".to_owned()),
        "{notes:?}"
    );
    assert_eq!(notes[notes.len() - 2..], ["close ada", "farewell"]);
}

#[test]
fn a_panic_is_told_without_its_words_even_in_the_log() {
    let scene =
        Scene::new("resource \"corner_ward\" \"w\" {\n  name = \"north\"\n  mode = \"panic\"\n}\n");
    let log = scene.project.outside("log");
    let output = scene
        .project
        .command(&["apply", "-auto-approve", "-no-color"])
        .env("TF_LOG", "TRACE")
        .env("TF_LOG_PATH", &log)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = printed(&output);
    assert!(said.contains("ApplyResourceChange panicked"), "{said}");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("mode.rs"));
    for text in [said, log] {
        assert!(!text.contains(WORDS_OF_A_PANIC));
    }
}
