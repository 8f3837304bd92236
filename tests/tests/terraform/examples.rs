//! Every example that the provider's pages show, applied. An example is a folder of `examples/` with a `main.tf`; a file
//! `environment` beside it has variables for it, `NAME=value` in each line.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coffer_tests::scenario::{AWS, LOCAL, Scenario};
use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};
use xtask::postgres::Postgres;
use xtask::programs;

/// How many Terraform runs stand side by side.
const SIDE_BY_SIDE: usize = 2;

/// The folders of a kind's examples.
fn folders(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(programs::root().join("examples").join(kind)).expect("examples");
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "there is no example of {kind}");
    folders
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_default()
}

/// A server with the engines that examples ask, and a password that its key `app` has encrypted.
fn engines() -> (OpenBao, String) {
    let server = OpenBao::start().expect("OpenBao starts");
    let bao = |arguments: &[&str]| server.bao(arguments).expect("bao starts").expect("done");
    bao(&["secrets", "enable", "pki"]);
    let root = ["pki/root/generate/internal", "common_name=example.com"];
    bao(&[&["write"][..], &root].concat());
    let role = [
        "pki/roles/app",
        "allow_any_name=true",
        "generate_lease=true",
    ];
    bao(&[&["write"][..], &role].concat());
    bao(&["secrets", "enable", "transit"]);
    bao(&["write", "-f", "transit/keys/app"]);
    let plaintext = format!("plaintext={}", STANDARD.encode("fake-smtp-password"));
    let encrypt = [
        "write",
        "-field=ciphertext",
        "transit/encrypt/app",
        &plaintext,
    ];
    let ciphertext = bao(&encrypt);
    (server, ciphertext)
}

/// Applies an example twice, the second time without a change, and searches for every value that the vault then has.
fn apply(folder: &Path) {
    let example = read(folder, "main.tf");
    let needs_aws = example.contains("\"aws_");
    let moto = needs_aws.then(|| Moto::start().expect("moto starts"));
    let scenario = match &moto {
        Some(moto) => Scenario::with_aws(moto),
        None => Scenario::new(),
    };
    let environment = read(folder, "environment");
    let variables = environment.lines().filter_map(|line| line.split_once('='));
    let scenario = variables.fold(scenario, |scenario, (name, value)| {
        scenario.env(name, value)
    });
    let engines = example.contains("\"vault\"").then(engines);
    let scenario = match &engines {
        Some((server, ciphertext)) => {
            fs::write(scenario.file("smtp.enc"), ciphertext).expect("written");
            scenario
                .env("BAO_ADDR", &server.url())
                .env("BAO_TOKEN", ROOT_TOKEN)
        }
        None => scenario,
    };
    let server = example
        .contains("ephemeral \"coffer_database_credential\"")
        .then(|| Postgres::start().expect("PostgreSQL starts"));
    if let Some(server) = &server {
        scenario.put("prod/postgres", &server.url());
    }
    let aws = if needs_aws { AWS } else { "" };
    scenario.configure(&format!("{aws}{example}"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    for name in scenario.names() {
        // An example may take a value out of use.
        if let Some(value) = scenario.readable_value_of(&name) {
            scenario.insist_on_no_trace_of(&value);
        }
    }
}

/// Applies all examples of a kind, two at a time.
fn apply_all(kind: &str) {
    for pair in folders(kind).chunks(SIDE_BY_SIDE) {
        thread::scope(|scope| {
            let running: Vec<_> = pair
                .iter()
                .map(|folder| (folder, scope.spawn(move || apply(folder))))
                .collect();
            for (folder, thread) in running {
                assert!(thread.join().is_ok(), "{} failed", folder.display());
            }
        });
    }
}

#[test]
fn the_examples_of_resources_apply() {
    apply_all("resources");
}

#[test]
fn the_examples_of_ephemeral_resources_apply() {
    apply_all("ephemeral-resources");
}

#[test]
fn the_examples_of_data_sources_apply() {
    apply_all("data-sources");
}

/// Functions need no vault and no state, so all of their examples are one configuration.
#[test]
fn the_examples_of_functions_compute_what_they_say() {
    let scenario = Scenario::new();
    for folder in folders("functions") {
        let name = folder.file_name().expect("a name").to_string_lossy();
        fs::write(
            scenario.file(&format!("{name}.tf")),
            read(&folder, "main.tf"),
        )
        .expect("written");
    }
    scenario.configure_all(LOCAL);
    scenario.apply(&[]);
    let outputs = scenario.json(&["output", "-json"]);
    for folder in folders("functions") {
        for (comment, output) in promises(&read(&folder, "main.tf")) {
            assert_eq!(outputs[&output]["value"], comment, "{output}");
        }
    }
}

/// The results that comments promise: `# "text"` or `# 36` right above an output.
fn promises(example: &str) -> Vec<(serde_json::Value, String)> {
    let lines: Vec<&str> = example.lines().collect();
    let pairs = lines.iter().zip(lines.iter().skip(1));
    let promised = pairs.filter_map(|(comment, output)| {
        let name = output.strip_prefix("output \"")?.strip_suffix("\" {")?;
        let comment = comment.strip_prefix("# ")?;
        // A text may be followed by what it means.
        let value = serde_json::Deserializer::from_str(comment)
            .into_iter()
            .next()?
            .ok()?;
        Some((value, name.to_owned()))
    });
    promised.collect()
}

#[test]
fn the_example_of_the_provider_applies() {
    let scenario = Scenario::new();
    let folder = programs::root().join("examples/provider");
    let secret = "\nresource \"coffer_secret\" \"it\" {\n  name = \"it\"\n  generate {}\n}\n";
    fs::write(scenario.file("main.tf"), read(&folder, "main.tf") + secret).expect("written");
    scenario.ok(&["init"]);
    scenario.apply(&[]);
}
