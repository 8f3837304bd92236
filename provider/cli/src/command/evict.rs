//! `coffer evict`

use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Args;
use coffer_lint::config::{self, Config};
use coffer_lint::evict::{Evicted, Migration, Naming, Way, migrate};
use coffer_lint::fix;
use coffer_lint::run::{Policy, read};
use coffer_lint::source::discover::Walk;
use coffer_vault::{
    ErrorKind, Expect, MetadataChange, PutRequest, Secret, SecretName, Vault, VersionSelector,
};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session, terminal};

/// What stands for a secret in the diff.
const MASK: &str = "********";

/// Take the secrets out of a Terraform configuration and put them into the vault.
///
/// Each literal that coffer-lint finds is stored in the vault, and the code reads it from there: by an ephemeral resource
/// and a write-only argument where there is one, so that it is in no state and no plan; otherwise by a variable that is set
/// from outside, and then the state still holds it. A password that Terraform generates is generated in the vault instead.
/// Locals and variables that only carried a secret are removed.
///
/// Shown are the changes, what stays and why, the plan of Terraform that results, and what has to be replaced: whoever could
/// read the code knows the old values. Nothing is changed with --dry-run.
#[derive(Args)]
#[command(after_help = "\
Examples:
  coffer evict --dry-run
  coffer evict --prefix shop infrastructure/
  coffer evict --no-plan modules/database/main.tf")]
pub(crate) struct Evict {
    /// Files and folders [default: the current folder]
    paths: Vec<PathBuf>,
    /// What the names in the vault begin with, such as shop
    #[arg(long, value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not run `terraform plan` afterwards
    #[arg(long)]
    no_plan: bool,
}

impl Evict {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let migration = self.migrate(global)?;
        let names = migration
            .evicted
            .iter()
            .map(|one| SecretName::parse(&one.name))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        if !self.dry_run {
            let vault = session::open(global)?;
            store(&vault, &migration, &names)?;
            let changed: Vec<_> = migration
                .changed
                .iter()
                .map(|(_, new)| new.clone())
                .collect();
            // What is in the vault already stays there: the next try finds it and goes on.
            fix::write(&changed).map_err(|error| Failure::Other(error.to_string()))?;
        }
        if global.format == Format::Json {
            output::json(&json(&migration, self.dry_run))?;
        } else {
            output::bytes(self.report(&migration).as_bytes())?;
        }
        if self.dry_run || self.no_plan || migration.changed.is_empty() {
            return Ok(());
        }
        plan(&migration, global)
    }

    fn migrate(&self, global: &Global) -> Result<Migration> {
        let failed = |error: &dyn std::fmt::Display| Failure::Usage {
            what: error.to_string(),
            remedy: "mend that and run it again; nothing was changed".into(),
        };
        let start = self
            .paths
            .first()
            .map_or(std::path::Path::new("."), PathBuf::as_path);
        let mut config = match config::find(start) {
            Some(path) => Config::read(&path).map_err(|error| failed(&error))?,
            None => Config::default(),
        };
        // What a baseline accepts for now is what is to be taken out.
        config.baseline = None;
        let exclude = std::mem::take(&mut config.exclude);
        let files = read(&self.paths, &exclude, &Walk::default())
            .map_err(|error| failed(&error))?
            .0;
        let select = [
            "credentials".to_owned(),
            "generated-secret-in-state".to_owned(),
        ];
        let policy = Policy::new(&select, &[], config, true).map_err(|error| failed(&error))?;
        let mut vault = vec![format!("path     = \"{}\"", global.vault().display())];
        let key_file = global.key_file.clone();
        let key_file = key_file.or_else(|| std::env::var_os("COFFER_KEY_FILE").map(PathBuf::from));
        match key_file {
            Some(file) => vault.push(format!("key_file = \"{}\"", file.display())),
            None => vault = vec![format!("path = \"{}\"", global.vault().display())],
        }
        let naming = Naming {
            prefix: self.prefix.clone(),
            vault,
        };
        Ok(migrate(files, &policy, &naming))
    }

    fn report(&self, migration: &Migration) -> String {
        let mut text = String::new();
        for (old, new) in &migration.changed {
            text.push_str(&hidden(&fix::unified(old, new), migration));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let done = if self.dry_run { "would go" } else { "went" };
        for one in &migration.evicted {
            let way = match &one.way {
                Way::Ephemeral => "read by an ephemeral resource".to_owned(),
                Way::Variable(name) => format!("set as TF_VAR_{name}; the state still holds it"),
                Way::Environment(name) => format!("set as {name}"),
                Way::Generated => "generated in the vault from now on".to_owned(),
            };
            text.push_str(&format!("{} {done} to {}: {way}\n", one.place, one.name));
        }
        for left in &migration.left {
            text.push_str(&format!(
                "{} stays ({}): {}\n",
                left.place, left.rule, left.why
            ));
        }
        if migration.evicted.is_empty() && migration.left.is_empty() {
            text.push_str("No secret stands in the code.\n");
        }
        text.push_str(&next_steps(migration));
        text
    }
}

/// Stores every value, once. A name that has another value already is refused before anything is written.
fn store(vault: &Vault, migration: &Migration, names: &[SecretName]) -> Result<()> {
    let stored = migration.evicted.iter().zip(names);
    let mut missing = Vec::new();
    for (one, name) in stored.filter(|(one, _)| one.way != Way::Generated) {
        let value = Secret::copy_from(one.value.as_bytes());
        match vault.get(name, VersionSelector::Current) {
            Ok(found) if found.value.ct_eq(&value) => {}
            Ok(_) => {
                return Err(Failure::Usage {
                    what: format!("\"{name}\" is in the vault already, with another value"),
                    remedy: "choose other names with --prefix; nothing was changed".into(),
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push((one, name, value)),
            Err(error) => return Err(error.into()),
        }
    }
    for (one, name, value) in missing {
        let metadata = MetadataChange {
            description: Some(format!("taken out of {}", one.place)),
            ..MetadataChange::default()
        };
        let request = PutRequest::new(value).with_metadata(metadata);
        vault.put(name, request.expect(Expect::Absent))?;
    }
    Ok(())
}

/// A diff without the values that leave.
fn hidden(diff: &str, migration: &Migration) -> String {
    let mut values: Vec<&str> = migration
        .evicted
        .iter()
        .map(|one| one.value.as_str())
        .filter(|value| !value.is_empty())
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let mut text = diff.to_owned();
    for value in values {
        text = text.replace(value, MASK);
    }
    // Of a value that was put together its pieces stand in arguments that go.
    let goes = |line: &str| line.starts_with('-') && !line.starts_with("---") && line.contains('=');
    let lines = text.lines().map(|line| match goes(line) {
        true => without_strings(line),
        false => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

/// A line whose strings are hidden.
fn without_strings(line: &str) -> String {
    let hide = |(n, piece)| if n % 2 == 1 { MASK } else { piece };
    let pieces: Vec<&str> = line.split('"').enumerate().map(hide).collect();
    pieces.join("\"")
}

/// What is to be done by hand.
fn next_steps(migration: &Migration) -> String {
    let mut text = String::new();
    let exposed: Vec<&Evicted> = migration
        .evicted
        .iter()
        .filter(|one| one.way != Way::Generated)
        .collect();
    let outside = exposed.iter().filter_map(|one| match &one.way {
        Way::Variable(name) => Some(format!(" --env TF_VAR_{name}={}", one.name)),
        Way::Environment(name) => Some(format!(" --env {name}={}", one.name)),
        _ => None,
    });
    let outside: String = outside.collect();
    if !outside.is_empty() {
        text.push_str(&format!(
            "\nTerraform gets the values from outside like this:\n  coffer run{outside} -- terraform apply\n"
        ));
    }
    if exposed.is_empty() {
        return text;
    }
    text.push_str(
        "\nReplace them: whoever could read the code, its history or an old state knows them.\n",
    );
    for one in exposed {
        text.push_str(&format!("  {}: {}\n", one.name, rotation(one)));
    }
    text.push_str(
        "The history still holds them: `coffer-lint --history` tells in which commits.\n",
    );
    text
}

/// How a secret is replaced.
fn rotation(one: &Evicted) -> String {
    let name = &one.name;
    match &one.way {
        Way::Ephemeral if one.sink.starts_with("provider.") => {
            format!(
                "have the provider issue a new one, `coffer put {name}`, then revoke the old one"
            )
        }
        Way::Ephemeral => format!(
            "`coffer put {name} --generate`, raise the version argument of `{}`, `terraform apply`; \
             a `coffer_rotation` does both by itself",
            one.sink
        ),
        _ => format!(
            "have a new one issued, `coffer put {name}`, `terraform apply`, then revoke the old one"
        ),
    }
}

fn json(migration: &Migration, dry_run: bool) -> serde_json::Value {
    let evicted: Vec<_> = migration
        .evicted
        .iter()
        .map(|one| {
            let (way, variable) = match &one.way {
                Way::Ephemeral => ("ephemeral", None),
                Way::Variable(name) => ("variable", Some(format!("TF_VAR_{name}"))),
                Way::Environment(name) => ("environment", Some(name.clone())),
                Way::Generated => ("generated", None),
            };
            json!({"name": one.name, "place": one.place, "sink": one.sink, "way": way, "variable": variable})
        })
        .collect();
    let left: Vec<_> = migration
        .left
        .iter()
        .map(|left| json!({"place": left.place, "rule": left.rule, "why": left.why}))
        .collect();
    let files: Vec<_> = migration.changed.iter().map(|(_, new)| &new.path).collect();
    json!({"dry_run": dry_run, "evicted": evicted, "left": left, "files": files})
}

/// Runs `terraform plan` in the folder that was migrated, with what it now gets from outside.
fn plan(migration: &Migration, global: &Global) -> Result<()> {
    let folder = migration
        .changed
        .iter()
        .filter_map(|(_, new)| new.path.parent())
        .min_by_key(|folder| folder.components().count())
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        command.arg(format!("-chdir={}", folder.display()));
        command.args(arguments).stdin(Stdio::null());
        if !terminal::stdout_is_terminal() {
            command.arg("-no-color");
        }
        for one in &migration.evicted {
            match &one.way {
                Way::Variable(name) => command.env(format!("TF_VAR_{name}"), &one.value),
                Way::Environment(name) => command.env(name, &one.value),
                _ => &mut command,
            };
        }
        // For programs the result is JSON alone.
        if global.format == Format::Json {
            command.stdout(Stdio::null());
        }
        command.status()
    };
    for arguments in [&["init", "-input=false"][..], &["plan", "-input=false"][..]] {
        let status = terraform(arguments).map_err(|error| {
            Failure::Other(format!(
                "the code is changed, but terraform did not start: {error}; --no-plan leaves it out"
            ))
        })?;
        if !status.success() {
            return Err(Failure::Other(format!(
                "the code is changed and the values are in the vault, but `terraform {}` failed; see above",
                arguments.join(" ")
            )));
        }
    }
    Ok(())
}
