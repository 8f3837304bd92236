//! Processes that die at any instruction: no acknowledged write is lost, and the vault goes on.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use coffer_vault::{Vault, VersionSelector};

use crate::bench::{Bench, actor, key, name, put, text};

/// How many times both writers are killed. `COFFER_CRASH_ROUNDS` sets it for long runs.
fn rounds() -> u64 {
    std::env::var("COFFER_CRASH_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(10)
}

/// The child: writes versions until it is killed, and tells each one after the vault acknowledged it.
#[test]
#[ignore = "runs only as the child of the test below"]
fn writer() {
    let Ok(at) = std::env::var("COFFER_CRASH_VAULT") else {
        return;
    };
    let secret = std::env::var("COFFER_CRASH_SECRET").unwrap();
    let vault = Vault::open(Path::new(&at), &key(), actor()).unwrap();
    let mut next = vault.metadata(&name(&secret)).unwrap().latest + 1;
    loop {
        let version = put(&vault, &secret, &format!("{secret} {next}"));
        println!("acknowledged {version}");
        next = version + 1;
    }
}

fn start(bench: &Bench, secret: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writer", "--ignored", "--nocapture"])
        .env("COFFER_CRASH_VAULT", &bench.path)
        .env("COFFER_CRASH_SECRET", secret)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn no_acknowledged_write_of_two_killed_writers_is_lost() {
    let bench = Bench::new();
    let writers = ["first", "second"];
    for secret in writers {
        put(&bench.vault, secret, &format!("{secret} 1"));
    }
    let mut acknowledged = 0;
    for round in 0..rounds() {
        let mut children = writers.map(|secret| start(&bench, secret));
        // The pause differs from round to round, so that the kills fall on different instructions.
        std::thread::sleep(Duration::from_millis(40 + round * 37 % 90));
        for child in &mut children {
            child.kill().unwrap();
        }
        for (secret, child) in writers.iter().zip(&mut children) {
            let output = BufReader::new(child.stdout.take().unwrap());
            let last = output
                .lines()
                .map_while(Result::ok)
                .filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<u64>().ok())
                .inspect(|_| acknowledged += 1)
                .last();
            child.wait().unwrap();
            let latest = bench.vault.metadata(&name(secret)).unwrap().latest;
            assert!(
                last.unwrap_or(0) <= latest,
                "{secret}: {last:?} was lost, {latest} is there"
            );
            let version = bench
                .vault
                .get(&name(secret), VersionSelector::Current)
                .unwrap();
            assert_eq!(text(&version.value), format!("{secret} {latest}"));
        }
    }
    assert!(acknowledged > 0, "the writers never got to write");
    let report = bench.vault.check().unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!(report.secrets, 2);
}
