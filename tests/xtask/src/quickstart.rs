//! `cargo xtask quickstart`: coffer's main job, on real input, step by step.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::leak::{Leak, Needle};
use crate::programs::{self, Program};
use crate::step::{self, Failure, Outcome};
use crate::terraform::{self, Project};

/// The secret that `examples/quickstart` generates, and the one that its write-only argument fills.
const GENERATED: &str = "prod/db";
const CONSUMED: &str = "app/db-password";

/// Builds the programs and shows what they do.
///
/// # Errors
/// When a step does not hold, or could not be shown because Terraform is missing.
pub fn run() -> Outcome<()> {
    say("Building the provider, the coffer command and coffer-lint");
    programs::build()?;

    let project = Project::new()?;
    let vault = Vault::create(&project)?;

    let has_terraform = match terraform::find() {
        Some(version) => {
            apply(&project, &vault, &version)?;
            true
        }
        None => {
            say(
                "Skipping `terraform apply` and the leak search: there is no Terraform 1.11 or newer on PATH",
            );
            println!("   {}", terraform::HOW_TO_GET);
            vault.put(GENERATED)?;
            vault.get(GENERATED)?;
            println!("   the vault stores and returns a generated password");
            false
        }
    };

    lint()?;

    say("Removing the throw-away vault and everything else that was made");
    let folder = project.outside("");
    drop(project);
    if folder.exists() {
        return Err(Failure::Step(format!(
            "{} is still there",
            folder.display()
        )));
    }

    if !has_terraform {
        return Err(Failure::Step(format!(
            "the steps with Terraform were skipped. {}",
            terraform::HOW_TO_GET
        )));
    }
    println!("\nEvery step held.");
    Ok(())
}

/// The throw-away vault, as a user's shell would see it.
struct Vault<'a> {
    project: &'a Project,
}

impl<'a> Vault<'a> {
    fn create(project: &'a Project) -> Outcome<Self> {
        say("Making a throw-away vault: coffer init");
        let vault = Self { project };
        print_indented(&step::capture_success(vault.coffer().arg("init"))?.stdout);
        Ok(vault)
    }

    fn coffer(&self) -> Command {
        let mut command = Command::new(Program::Coffer.path().unwrap_or_else(|_| "coffer".into()));
        command
            .current_dir(self.project.path())
            .env("COFFER_VAULT_FILE", "vault.db")
            .env("COFFER_KEY_FILE", "vault.key")
            .env_remove("COFFER_PASSPHRASE");
        command
    }

    fn put(&self, name: &str) -> Outcome<()> {
        step::capture_success(self.coffer().args(["put", name, "--generate"])).map(drop)
    }

    fn get(&self, name: &str) -> Outcome<String> {
        let output = step::capture_success(self.coffer().args(["get", name, "--reveal"]))?;
        String::from_utf8(output.stdout).map_err(|_| Failure::Step(format!("{name} is not text")))
    }
}

fn apply(project: &Project, vault: &Vault<'_>, version: &str) -> Outcome<()> {
    let example = programs::root().join("examples/quickstart");
    say(&format!(
        "Running Terraform {version} on examples/quickstart: init, plan, apply"
    ));
    project.copy(&example)?;
    project.succeed(&["init", "-no-color"])?;
    let log = project.outside("trace.log");
    let logged = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        step::capture_success(command.env("TF_LOG", "TRACE").env("TF_LOG_PATH", &log))
    };
    let plan = logged(&["plan", "-no-color", "-out=quickstart.tfplan"])?;
    print_lines(&plan.stdout, "Plan:");
    let applied = logged(&["apply", "-no-color", "quickstart.tfplan"])?;
    print_lines(&applied.stdout, "Apply complete!");

    say("Applying again: nothing may change");
    let again = logged(&["apply", "-no-color", "-auto-approve"])?;
    print_lines(&again.stdout, "No changes.");
    print_lines(&again.stdout, "Apply complete!");
    let quiet = project.run(&["plan", "-no-color", "-detailed-exitcode"])?;
    if quiet.status.code() != Some(0) {
        return Err(Failure::Step(format!(
            "the second plan is not empty:\n{}",
            String::from_utf8_lossy(&quiet.stdout)
        )));
    }

    say("Comparing the generated password with what reached the write-only argument");
    let value = vault.get(GENERATED)?;
    if value.is_empty() || value != vault.get(CONSUMED)? {
        return Err(Failure::Step(format!(
            "{CONSUMED} does not hold the value of {GENERATED}"
        )));
    }
    println!(
        "   {CONSUMED} holds the {} characters of {GENERATED}",
        value.chars().count()
    );

    say("Searching for the password in plain, base64, hex, URL- and JSON-escaped form");
    let needle = Needle::new(&value);
    let mut leaks = Vec::new();
    for (what, path) in [
        ("state", project.path().join("terraform.tfstate")),
        ("saved plan", project.path().join("quickstart.tfplan")),
        ("TF_LOG=TRACE output", log),
        ("vault file", project.path().join("vault.db")),
    ] {
        leaks.extend(search(&needle, what, &path)?);
    }
    for rest in ["vault.db-wal", "vault.db-shm"] {
        let path = project.path().join(rest);
        if path.exists() {
            leaks.extend(search(&needle, rest, &path)?);
        }
    }
    let shown = needle.search(
        "what Terraform printed",
        &[plan.stdout, applied.stdout, again.stdout].concat(),
    );
    println!("   {:>3} in what Terraform printed", total(&shown));
    leaks.extend(shown);
    if leaks.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = leaks
        .iter()
        .map(|leak| format!("{} times {} in {}", leak.count, leak.form, leak.place))
        .collect();
    Err(Failure::Step(format!(
        "the password leaked: {}",
        places.join("; ")
    )))
}

fn search(needle: &Needle, what: &str, path: &Path) -> Outcome<Vec<Leak>> {
    let size = fs::metadata(path).map_err(step::at(path))?.len();
    let leaks = needle.search_path(path)?;
    println!("   {:>3} in the {what} ({size} bytes)", total(&leaks));
    Ok(leaks)
}

fn total(leaks: &[Leak]) -> usize {
    leaks.iter().map(|leak| leak.count).sum()
}

fn lint() -> Outcome<()> {
    say("Linting examples/leaky: coffer-lint examples/leaky");
    let mut command = Command::new(Program::Lint.path()?);
    let output = step::capture(command.current_dir(programs::root()).arg("examples/leaky"))?;
    print_indented(&output.stdout);
    // 1 is the exit status of a run that has findings; this example exists to have some.
    if output.status.code() != Some(1) {
        return Err(Failure::Step(format!(
            "coffer-lint ended with {} where findings were expected\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    Ok(())
}

fn say(text: &str) {
    println!("\n== {text}");
}

fn print_indented(bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        println!("   {line}");
    }
}

fn print_lines(bytes: &[u8], beginning: &str) {
    for line in String::from_utf8_lossy(bytes)
        .lines()
        .filter(|line| line.starts_with(beginning))
    {
        println!("   {line}");
    }
}
