//! A Terraform configuration beside a vault of its own, run with the real Terraform and searched for leaks.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use xtask::leak::{Leak, Needle};
use xtask::moto::Moto;
use xtask::programs::Program;
use xtask::terraform::Project;

/// What every configuration begins with.
const PRELUDE: &str = r#"
terraform {
  required_providers {
    coffer = {
      source = "coffer/coffer"
    }
  }
}
"#;

/// The provider block of the scenario's own vault.
pub const LOCAL: &str = r#"
provider "coffer" {
  local {
    path     = "vault.db"
    key_file = "vault.key"
  }
}
"#;

/// The AWS provider, whose endpoints [`Scenario::with_aws`] sets.
pub const AWS: &str = r#"
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"#;

/// A password that is generated, rotated and handed over to AWS. Another text for `ROUND` rotates it.
pub const ROTATED_PASSWORD: &str = r#"
resource "coffer_secret" "db" {
  name        = "prod/db"
  description = "the database"
  labels      = { team = "payments" }
  generate { length = 32 }
}

resource "coffer_rotation" "db" {
  name         = coffer_secret.db.name
  rotate_after = "30d"
  keepers      = { round = "ROUND" }
  generate { length = 32 }
}

ephemeral "coffer_secret" "db" {
  name    = coffer_secret.db.name
  version = coffer_rotation.db.version
}

resource "aws_ssm_parameter" "db" {
  name             = "/prod/db"
  type             = "SecureString"
  value_wo         = ephemeral.coffer_secret.db.value
  value_wo_version = coffer_rotation.db.version
}
"#;

/// How long an apply may take to reach a provisioner; one that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project with a vault.
pub struct Scenario {
    project: Project,
    runs: Cell<usize>,
    printed: RefCell<Vec<u8>>,
}

impl Scenario {
    /// A project with a vault that a key file opens.
    pub fn new() -> Self {
        let scenario = Self::without_vault();
        scenario.coffer(&["init"], "");
        scenario
    }

    /// A project in which the vault has yet to be made.
    pub fn without_vault() -> Self {
        let project = Project::new().expect("a project can be made");
        // Terraform inherits the environment of whoever runs the tests; their vault is none of ours.
        let project = [
            "COFFER_VAULT_FILE",
            "COFFER_KEY_FILE",
            "COFFER_PASSPHRASE",
            "COFFER_TOKEN",
            "COFFER_ROLE_ID",
            "COFFER_SECRET_ID",
            "COFFER_TRANSIT_KEY",
            "COFFER_AUDIT_SINK",
            "COFFER_PHASE",
        ]
        .into_iter()
        .fold(project, |project, name| project.env(name, ""));
        Self::of(project)
    }

    /// A project with a vault and the real AWS provider, for what calls no service.
    pub fn with_aws_provider() -> Self {
        let Self { project, .. } = Self::new();
        Self::of(project.with_aws().expect("the AWS provider can be had"))
    }

    /// A project with a vault and the real AWS provider, which talks to `moto`.
    pub fn with_aws(moto: &Moto) -> Self {
        let Self { project, .. } = Self::with_aws_provider();
        let project = project
            .env("AWS_ENDPOINT_URL", moto.url())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            // At the level debug the AWS provider itself logs its requests with all that is in them.
            .env("TF_LOG_PROVIDER_AWS", "WARN");
        Self::of(project)
    }

    fn of(project: Project) -> Self {
        Self {
            project,
            runs: Cell::new(0),
            printed: RefCell::new(Vec::new()),
        }
    }

    /// Sets an environment variable for every Terraform run.
    #[must_use]
    pub fn env(self, name: &str, value: &str) -> Self {
        let Self { project, .. } = self;
        Self::of(project.env(name, value))
    }

    /// The folder of the configuration.
    pub fn folder(&self) -> PathBuf {
        self.project.path()
    }

    /// A file of the configuration's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Writes `main.tf` of [`LOCAL`] and `text`, and initialises.
    pub fn configure(&self, text: &str) {
        self.configure_all(&format!("{LOCAL}{text}"));
    }

    /// Writes `main.tf` of `text`, which has its own provider blocks, and initialises.
    pub fn configure_all(&self, text: &str) {
        self.change_all(text);
        self.ok(&["init"]);
    }

    /// Changes `main.tf` to [`LOCAL`] and `text`.
    pub fn change(&self, text: &str) {
        self.change_all(&format!("{LOCAL}{text}"));
    }

    /// Changes `main.tf` to `text`, which has its own provider blocks.
    pub fn change_all(&self, text: &str) {
        self.project
            .write("main.tf", &format!("{PRELUDE}{text}"))
            .expect("main.tf can be written");
    }

    /// A Terraform command, logged with `TF_LOG=TRACE`, for the caller to run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let run = self.runs.get() + 1;
        self.runs.set(run);
        let mut command = self.project.command(arguments);
        command.arg("-no-color").env("TF_LOG", "TRACE").env(
            "TF_LOG_PATH",
            self.project.outside(&format!("trace-{run}.log")),
        );
        command
    }

    /// Runs Terraform; what it prints is searched later, too.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().expect("terraform starts");
        let mut printed = self.printed.borrow_mut();
        printed.extend_from_slice(&output.stdout);
        printed.extend_from_slice(&output.stderr);
        output
    }

    /// Runs Terraform and insists that it succeeds. Gives what it printed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let printed = text(&output);
        assert!(
            output.status.success(),
            "terraform {arguments:?} failed:\n{printed}"
        );
        printed
    }

    /// Runs Terraform and insists that it fails. Gives what it printed, unwrapped to one line.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let printed = text(&output);
        assert!(
            !output.status.success(),
            "terraform {arguments:?} should fail:\n{printed}"
        );
        unwrapped(&printed)
    }

    /// Starts an apply, and returns once a provisioner of it has made the file `mark` in the configuration's folder.
    pub fn start_apply_until(&self, mark: &str) -> Child {
        // It may be there from an earlier run.
        let _ = fs::remove_file(self.file(mark));
        let mut command = self.command(&["apply", "-auto-approve"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = command.spawn().expect("terraform starts");
        let start = Instant::now();
        while !self.file(mark).exists() {
            assert!(
                start.elapsed() < PATIENCE,
                "the apply does not come to its provisioner"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        process
    }

    /// Applies, with further arguments, and insists that it succeeds.
    pub fn apply(&self, more: &[&str]) -> String {
        self.ok(&[&["apply", "-auto-approve"], more].concat())
    }

    /// Insists that a plan is empty.
    pub fn insist_on_an_empty_plan(&self) {
        let output = self.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "the plan should be empty:\n{}",
            text(&output)
        );
    }

    /// What a plan would do, by address: the JSON form's actions joined with a comma, such as `delete,create`.
    pub fn planned_actions(&self, more: &[&str]) -> Vec<(String, String)> {
        self.ok(&[&["plan", "-out=actions.tfplan"], more].concat());
        let plan = self.json(&["show", "-json", "actions.tfplan"]);
        let changes = plan["resource_changes"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        changes
            .iter()
            .map(|change| {
                let actions = change["change"]["actions"].as_array().expect("actions");
                let actions: Vec<&str> = actions.iter().filter_map(Value::as_str).collect();
                let address = change["address"].as_str().unwrap_or_default();
                (address.to_owned(), actions.join(","))
            })
            .filter(|(_, actions)| actions != "no-op")
            .collect()
    }

    /// Runs Terraform and reads what it prints as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.project.succeed(arguments).expect("terraform succeeds");
        serde_json::from_str(&printed).expect("terraform prints JSON")
    }

    /// The attributes of the resource at `address` in the state.
    pub fn state_of(&self, address: &str) -> Value {
        let state = self.json(&["show", "-json"]);
        let resources = state["values"]["root_module"]["resources"]
            .as_array()
            .cloned();
        resources
            .unwrap_or_default()
            .into_iter()
            .find(|resource| resource["address"] == address)
            .unwrap_or_else(|| panic!("{address} is not in the state"))["values"]
            .clone()
    }

    /// A `coffer` command on the scenario's vault, for the caller to run.
    pub fn coffer_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Program::Coffer.path().expect("coffer is built"));
        command
            .current_dir(self.folder())
            .args(arguments)
            .env("COFFER_VAULT_FILE", "vault.db")
            .env("COFFER_KEY_FILE", "vault.key")
            .env_remove("COFFER_PASSPHRASE")
            .env_remove("COFFER_TOKEN");
        command
    }

    /// Runs `coffer` on the scenario's vault, insists that it succeeds, and gives its standard output.
    pub fn coffer(&self, arguments: &[&str], input: &str) -> String {
        let mut process = self
            .coffer_command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("coffer starts");
        let mut stdin = process.stdin.take().expect("a pipe");
        // A command that reads nothing may have closed it already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = process.wait_with_output().expect("coffer ends");
        assert!(
            output.status.success(),
            "coffer {arguments:?} failed:\n{}",
            text(&output)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// The value of a secret of the vault.
    pub fn value_of(&self, name: &str) -> String {
        self.coffer(&["get", name, "--reveal"], "")
    }

    /// The value of a secret of the vault, unless it is disabled or destroyed.
    pub fn readable_value_of(&self, name: &str) -> Option<String> {
        let mut command = self.coffer_command(&["get", name, "--reveal"]);
        let output = command.output().expect("coffer starts");
        let refused = ["is disabled", "was destroyed"];
        if !output.status.success() && refused.iter().any(|why| text(&output).contains(why)) {
            return None;
        }
        assert!(output.status.success(), "{}", text(&output));
        Some(String::from_utf8(output.stdout).expect("text"))
    }

    /// The names of the vault's secrets.
    pub fn names(&self) -> Vec<String> {
        let listed: Value =
            serde_json::from_str(&self.coffer(&["list", "--format", "json"], "")).expect("JSON");
        let secrets = listed["secrets"].as_array().expect("a list");
        secrets
            .iter()
            .filter_map(|secret| Some(secret["name"].as_str()?.to_owned()))
            .collect()
    }

    /// Stores a value in the vault, as someone beside Terraform would.
    pub fn put(&self, name: &str, value: &str) {
        self.coffer(&["put", name], value);
    }

    /// The audit trail's rows of the operation (`get`, `compare`, `put`, ...) on `name`.
    pub fn audit(&self, operation: &str, name: &str) -> usize {
        let rows = self.coffer(&["audit", "query", "--format", "json", "--name", name], "");
        let rows: Value = serde_json::from_str(&rows).expect("JSON");
        let rows = rows["rows"].as_array().expect("a list");
        rows.iter()
            .filter(|row| row["operation"] == operation)
            .count()
    }

    /// Insists that `value` stands in no state, no plan, no log of `TF_LOG=TRACE`, nothing that Terraform printed
    /// and not in the vault's file, in whichever form.
    pub fn insist_on_no_trace_of(&self, value: &str) {
        assert!(value.len() >= 6, "too short a value to search for");
        let needle = Needle::new(value);
        let mut leaks = needle.search("what Terraform printed", &self.printed.borrow());
        let mut searched = 0;
        search(&needle, &self.folder(), &mut leaks, &mut searched);
        for run in 1..=self.runs.get() {
            let log = self.project.outside(&format!("trace-{run}.log"));
            leaks.extend(needle.search_path(&log).expect("a log can be read"));
        }
        assert!(searched > 1, "nothing was searched");
        let places: Vec<String> = leaks
            .iter()
            .map(|leak| format!("{} times {} in {}", leak.count, leak.form, leak.place))
            .collect();
        assert!(places.is_empty(), "the value leaked: {}", places.join("; "));
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new()
    }
}

/// Searches the files that Terraform and coffer made: not those that the scenario wrote, where a value may stand, and not
/// Terraform's copies of the providers.
fn search(needle: &Needle, folder: &Path, leaks: &mut Vec<Leak>, searched: &mut usize) {
    for entry in fs::read_dir(folder)
        .expect("a folder can be read")
        .flatten()
    {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let written = name.ends_with(".tf") || name.ends_with(".tfvars") || name.ends_with(".hcl");
        if name == ".terraform" || written {
            continue;
        }
        if path.is_dir() {
            search(needle, &path, leaks, searched);
        } else if path.is_file() {
            leaks.extend(needle.search_path(&path).expect("a file can be read"));
            *searched += 1;
        }
    }
}

/// All that a program printed.
pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Terraform wraps its diagnostics and draws a bar beside them; this takes both away.
pub fn unwrapped(printed: &str) -> String {
    let words: Vec<&str> = printed
        .split_whitespace()
        .filter(|word| !["│", "╷", "╵"].contains(word))
        .collect();
    words.join(" ")
}
