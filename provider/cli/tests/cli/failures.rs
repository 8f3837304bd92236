//! What goes wrong around the vault: each is told with its remedy, and nothing is lost.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::bench::{Bench, COFFER, run};

fn mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_wrong_passphrase() {
    let bench = Bench::new();
    let with = |words: &str, arguments: &[&str]| {
        run(
            bench
                .command()
                .env_remove("COFFER_KEY_FILE")
                .env("COFFER_PASSPHRASE", words)
                .args(arguments),
            "",
        )
    };
    with("test-only words", &["list"]).failed(4, "no slot for the passphrase", "slot add");
    let mut add = bench.command();
    add.env("COFFER_NEW_PASSPHRASE", "test-only words")
        .args(["slot", "add", "--passphrase"]);
    run(&mut add, "").succeeded();
    with("test-only words", &["list"]).succeeded();
    with("other words", &["list"]).failed(4, "the passphrase does not open", "COFFER_PASSPHRASE");
    bench.is_whole();
    let failed = bench
        .coffer(&["audit", "query", "--operation", "open-failed"], "")
        .succeeded();
    assert_eq!(
        failed.stdout.matches("open-failed").count(),
        2,
        "{}",
        failed.stdout
    );
}

#[test]
fn a_missing_vault_and_no_key() {
    let bench = Bench::new();
    bench.coffer(&["list", "--vault", "nothing.db"], "").failed(
        3,
        "there is no vault at nothing.db",
        "coffer init",
    );
    run(
        bench.command().env_remove("COFFER_KEY_FILE").arg("list"),
        "",
    )
    .failed(4, "no key was given", "COFFER_KEY_FILE");
    bench.is_whole();
}

#[test]
fn permissions_that_let_others_in() {
    let bench = Bench::new();
    mode(&bench.vault(), 0o644);
    bench
        .coffer(&["list"], "")
        .failed(6, "has mode 0644", "chmod 600 vault.db");
    mode(&bench.vault(), 0o600);
    mode(&bench.folder().join("vault.key"), 0o640);
    bench
        .coffer(&["list"], "")
        .failed(6, "has mode 0640", "chmod 600 vault.key");
    mode(&bench.folder().join("vault.key"), 0o600);
    bench.is_whole();
}

#[test]
fn a_file_or_folder_that_is_read_only() {
    let bench = Bench::new();
    mode(&bench.vault(), 0o400);
    bench
        .coffer(&["put", "prod/db"], "x")
        .failed(6, "cannot be written", "writable");
    mode(&bench.vault(), 0o600);
    bench.is_whole();
}

#[test]
fn a_file_that_is_no_vault_and_one_that_is_no_key() {
    let bench = Bench::new();
    let notes = bench.folder().join("notes.txt");
    fs::write(&notes, "not a vault, and too short").unwrap();
    mode(&notes, 0o600);
    bench.coffer(&["list", "--vault", "notes.txt"], "").failed(
        8,
        "notes.txt is not a vault",
        "check the path",
    );
    bench
        .coffer(&["list", "--key-file", "notes.txt"], "")
        .failed(
            4,
            "the key file notes.txt cannot be used",
            "at least 32 random bytes",
        );
    bench.is_whole();
}

#[test]
fn a_damaged_file() {
    let bench = Bench::new();
    let mut bytes = fs::read(bench.vault()).unwrap();
    let at = bytes.len() / 2;
    bytes[at..].fill(0x5a);
    fs::write(bench.vault(), &bytes).unwrap();
    bench
        .coffer(&["get", "prod/db", "--reveal"], "")
        .failed(8, "is damaged", "coffer check");
}

/// A limit on file sizes stands for every disk that takes no more: the write fails half-way, whatever the user.
#[test]
fn a_write_that_the_disk_does_not_take() {
    let bench = Bench::new();
    let size = fs::metadata(bench.vault()).unwrap().len() / 1024 + 64;
    let script = format!("ulimit -f {} && exec {COFFER} put prod/large", size * 2);
    let run = run(
        &mut bench.wrapped(&["sh", "-c", &script]),
        &"x".repeat(900_000),
    );
    assert!(
        matches!(run.code, Some(6 | 7)),
        "{:?} {}",
        run.code,
        run.stderr
    );
    assert!(run.stderr.contains("help: "), "{}", run.stderr);
    bench.is_whole();
    bench
        .coffer(&["get", "prod/large"], "")
        .failed(3, "there is no secret", "coffer put");
}

/// A full disk, where this user may mount one of 400 KiB.
#[test]
fn a_full_disk() {
    let bench = Bench::new();
    let may = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    if !may.is_ok_and(|output| output.status.success()) {
        println!("skipped: this user may not mount a file system of its own");
        return;
    }
    let small = bench.folder().join("small");
    fs::create_dir(&small).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=400k,mode=700 none small && cp vault.db vault.key small/ && cd small && \
         head -c 300000 /dev/zero | {COFFER} put prod/large --keep-newline; echo \"code $?\"; \
         {COFFER} get prod/db --reveal && {COFFER} check"
    );
    let run = run(
        &mut bench.wrapped(&["unshare", "-rm", "sh", "-c", &script]),
        "",
    );
    assert!(
        run.stdout.contains("code 6"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(
        run.stderr.contains("no space is left") && run.stderr.contains("make room"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("only-for-tests") && run.stdout.contains("All is well"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn two_writers_at_once() {
    let bench = Bench::new();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let script = format!(
                "for i in 1 2 3 4 5; do echo $i | {COFFER} put shared && echo $i | {COFFER} put own/{writer} || exit 1; done"
            );
            bench.wrapped(&["sh", "-c", &script]).spawn().unwrap()
        })
        .collect();
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let versions = bench
        .coffer(&["versions", "shared", "--format", "json"], "")
        .succeeded();
    assert_eq!(versions.stdout.matches("\"version\"").count(), 20);
    assert_eq!(
        bench
            .coffer(&["list", "own/"], "")
            .succeeded()
            .stdout
            .lines()
            .count(),
        5
    );
    bench.is_whole();
}

#[test]
fn a_writer_that_holds_the_lock_is_waited_for() {
    let bench = Bench::new();
    let mut holder = bench
        .wrapped(&[
            "python3",
            "-c",
            "import sqlite3,sys,time\ndb=sqlite3.connect('vault.db',isolation_level=None)\ndb.execute('BEGIN IMMEDIATE')\nprint('held',flush=True)\nsys.stdin.readline()\ndb.execute('ROLLBACK')",
        ])
        .spawn()
        .unwrap();
    let mut told = [0; 4];
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut told).unwrap();
    run(
        bench
            .command()
            .args(["put", "prod/db", "--lock-timeout", "1"]),
        "other",
    )
    .failed(6, "was locked by another process for 1 seconds", "fuser");
    drop(holder.stdin.take());
    holder.wait().unwrap();
    bench.is_whole();
}

#[test]
fn a_token_that_may_not_and_one_that_was_revoked() {
    let bench = Bench::new();
    bench.coffer(&["scope", "add", "prod/"], "").succeeded();
    let made = bench
        .coffer(&["token", "create", "--scope", "prod/", "--uses", "9"], "")
        .succeeded();
    let accessor = made.stderr.rsplit("revoke ").next().unwrap();
    let accessor = accessor.split('`').next().unwrap().to_owned();
    let with = |arguments: &[&str], stdin: &str| {
        let mut command = bench.command();
        command
            .env_remove("COFFER_KEY_FILE")
            .env("COFFER_TOKEN", made.stdout.trim());
        run(command.args(arguments), stdin)
    };
    let value = with(&["get", "prod/db", "--reveal"], "").succeeded();
    assert_eq!(value.stdout, "only-for-tests");
    with(&["put", "prod/db"], "x").failed(4, "may not update \"prod/db\"", "policy");
    with(&["get", "dev/db"], "").failed(4, "may not", "policy");
    with(&["check"], "").failed(4, "may not check", "policy");
    let own = with(&["token", "lookup"], "").succeeded();
    assert!(
        own.stdout.contains(&accessor) && own.stdout.contains("Uses left        4"),
        "{}",
        own.stdout
    );
    let revoked = bench
        .coffer(&["token", "revoke", &accessor], "")
        .succeeded();
    assert!(revoked.stdout.contains("  prod/db"), "{}", revoked.stdout);
    with(&["get", "prod/db", "--reveal"], "").failed(4, "does not open the vault", "token create");
    bench.is_whole();
}

#[test]
fn a_ticket_that_someone_else_has_used() {
    let bench = Bench::new();
    let made = bench
        .coffer(&["token", "create", "--scope", "", "--ticket"], "")
        .succeeded();
    let with = |token: &str, arguments: &[&str]| {
        let mut command = bench.command();
        command
            .env_remove("COFFER_KEY_FILE")
            .env("COFFER_TOKEN", token.trim());
        run(command.args(arguments), "")
    };
    let token = with(&made.stdout, &["token", "exchange"])
        .succeeded()
        .stdout;
    let value = with(&token, &["get", "prod/db", "--reveal"]).succeeded();
    assert_eq!(value.stdout, "only-for-tests");
    with(&made.stdout, &["token", "exchange"]).failed(4, "it was revoked", "token create");
    let alerts = bench.coffer(&["audit", "alerts"], "");
    assert!(alerts.stdout.contains("refused-token"), "{}", alerts.stdout);
    bench.is_whole();
}
