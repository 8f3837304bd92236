//! A project with the corner provider, run by the real Terraform.

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use xtask::terraform::Project;

use crate::corner::PROGRAM;

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

/// An ephemeral resource that is open while an apply waits.
pub(crate) const WAITING: &str = r#"
ephemeral "corner_pass" "p" {
  name = "ada"
}
resource "corner_ward" "w" {
  name      = "north"
  mode      = "wait"
  secret_wo = ephemeral.corner_pass.p.token
}
"#;

/// A project with the corner provider and its folder.
pub(crate) struct Scene {
    pub(crate) project: Project,
    pub(crate) folder: TempDir,
}

impl Scene {
    /// Initialised, with a provider block that names the folder.
    pub(crate) fn new(text: &str) -> Self {
        let scene = Self::empty();
        let folder = scene.folder.path().display().to_string();
        scene.write(&format!(
            "provider \"corner\" {{\n  folder = {folder:?}\n}}\n{text}"
        ));
        scene
    }

    pub(crate) fn empty() -> Self {
        let program = PathBuf::from(PROGRAM);
        let project = Project::with_provider("coffer/corner", "0.1.0", &program).unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self { project, folder }
    }

    pub(crate) fn write(&self, text: &str) {
        self.project
            .write("main.tf", &format!("{PRELUDE}{text}"))
            .unwrap();
        self.project.succeed(&["init"]).unwrap();
    }

    /// The same provider block with another text.
    pub(crate) fn change(&self, text: &str) {
        let folder = self.folder.path().display().to_string();
        self.write(&format!(
            "provider \"corner\" {{\n  folder = {folder:?}\n}}\n{text}"
        ));
    }

    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        self.project.succeed(arguments).unwrap()
    }

    /// All that a command printed that has to fail.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let arguments = [arguments, &["-no-color"]].concat();
        let output = self.project.run(&arguments).unwrap();
        assert!(!output.status.success(), "{}", printed(&output));
        printed(&output)
    }

    pub(crate) fn apply(&self) {
        self.ok(&["apply", "-auto-approve"]);
    }

    /// Whether a plan is empty.
    pub(crate) fn is_settled(&self) -> bool {
        let planned = self.project.run(&["plan", "-detailed-exitcode"]).unwrap();
        match planned.status.code() {
            Some(0) => true,
            Some(2) => false,
            _ => panic!("{}", printed(&planned)),
        }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("spy.log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until something is noted; a test that hangs has failed.
    pub(crate) fn until(&self, note: &str) {
        while !self.notes().iter().any(|own| own == note) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(self.folder.path().join("spy.log"));
    }

    pub(crate) fn state_file(&self) -> PathBuf {
        self.project.path().join("terraform.tfstate")
    }

    pub(crate) fn state_text(&self) -> String {
        fs::read_to_string(self.state_file()).unwrap()
    }

    /// The attributes of the one managed resource in state.
    pub(crate) fn attributes(&self) -> Value {
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

/// All that a command printed, in one line.
pub(crate) fn printed(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    // Terraform breaks lines where it likes.
    let text = String::from_utf8_lossy(&text).replace(['│', '╷', '╵'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
