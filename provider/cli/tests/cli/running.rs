//! `coffer run`: what the program gets, and what is left after it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use crate::bench::{Bench, run};

#[test]
fn a_program_gets_the_values_and_not_the_keys() {
    let bench = Bench::new();
    bench
        .coffer(&["put", "prod/app/db-user"], "app")
        .succeeded();
    let got = bench.coffer(
        &[
            "run",
            "--env",
            "PASSWORD=prod/db",
            "--below",
            "prod/app/",
            "--",
            "sh",
            "-c",
            "echo $PASSWORD $DB_USER key:$COFFER_KEY_FILE; exit 7",
        ],
        "",
    );
    assert_eq!(got.stdout, "only-for-tests app key:\n");
    assert_eq!((got.code, got.stderr.as_str()), (Some(7), ""));
}

#[test]
fn files_are_private_in_memory_and_gone_afterwards() {
    let bench = Bench::new();
    let script = "cat $KEY; stat -c ' %a' $KEY; stat -f -c %T $KEY; echo $KEY; exit 3";
    let got = bench.coffer(
        &[
            "run",
            "--files",
            "--env",
            "KEY=prod/db",
            "--",
            "sh",
            "-c",
            script,
        ],
        "",
    );
    assert_eq!(got.code, Some(3), "{}", got.stderr);
    let lines: Vec<&str> = got.stdout.lines().collect();
    assert_eq!(
        lines[..2],
        ["only-for-tests 600", "tmpfs"],
        "{}",
        got.stdout
    );
    let path = Path::new(lines[2]);
    assert!(!path.exists() && !path.parent().unwrap().exists());
}

#[test]
fn a_signal_reaches_the_program_and_the_files_go_with_it() {
    let bench = Bench::new();
    let script = "trap 'echo asked; exit 5' TERM; echo $KEY; while true; do sleep 0.05; done";
    let mut child = bench
        .command()
        .args([
            "run",
            "--files",
            "--env",
            "KEY=prod/db",
            "--",
            "sh",
            "-c",
            script,
        ])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let path = lines.next().unwrap().unwrap();
    assert!(Path::new(&path).exists());
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(lines.next().unwrap().unwrap(), "asked");
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert!(!Path::new(&path).exists());
}

#[test]
fn what_cannot_be_run_is_told() {
    let bench = Bench::new();
    let env = |value: &'static str| ["run", "--env", value, "--", "true"];
    bench
        .coffer(&["run", "--", "true"], "")
        .failed(2, "no secret is named", "--env");
    bench
        .coffer(&env("PASSWORD=prod/nothing"), "")
        .failed(3, "there is no secret", "coffer");
    let missing = bench.coffer(&["run", "--env", "P=prod/db", "--", "no-such-program"], "");
    assert!(
        missing.stderr.contains("no-such-program did not start"),
        "{}",
        missing.stderr
    );
    let named = run(bench.command().args(env("9=prod/db")), "");
    assert_eq!(named.code, Some(2), "{}", named.stderr);
    let bytes = bench.folder().join("bytes");
    std::fs::write(&bytes, [0xff, 0xfe]).unwrap();
    bench
        .coffer(&["put", "bytes", "--file", "bytes"], "")
        .succeeded();
    bench
        .coffer(&env("B=bytes"), "")
        .failed(2, "is not text", "--files");
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = bench.coffer(&["completions", shell], "").succeeded().stdout;
        assert!(
            script.contains("rotate-term") && script.contains("audit"),
            "{shell}"
        );
    }
    bench.coffer(&["man", "pages"], "").succeeded();
    let page =
        |name: &str| std::fs::read_to_string(bench.folder().join("pages").join(name)).unwrap();
    assert!(page("coffer.1").contains("coffer\\-put"));
    assert!(page("coffer-audit-verify.1").contains("checkpoint"));
}

#[test]
fn a_machine_logs_in_with_a_role_and_a_secret_id() {
    let bench = Bench::new();
    let role = bench.coffer(&["role", "create", "runner", "--scope", ""], "");
    let role = role.succeeded().stdout;
    let secret_id = || {
        bench
            .coffer(&["role", "secret-id", "runner"], "")
            .succeeded()
            .stdout
    };
    let machine = |secret_id: &str, arguments: &[&str]| {
        let mut command = bench.command();
        command
            .env_remove("COFFER_KEY_FILE")
            .env("COFFER_ROLE_ID", role.trim())
            .env("COFFER_SECRET_ID", secret_id.trim());
        run(command.args(arguments), "")
    };
    let first = secret_id();
    let value = machine(&first, &["get", "prod/db"]).succeeded();
    assert_eq!(value.stdout, "only-for-tests");
    machine(&first, &["get", "prod/db"]).failed(4, "revoked", "coffer token create");

    let token = machine(&secret_id(), &["role", "login"]).succeeded().stdout;
    for _ in 0..2 {
        let mut command = bench.command();
        command
            .env_remove("COFFER_KEY_FILE")
            .env("COFFER_TOKEN", token.trim());
        let value = run(command.args(["get", "prod/db"]), "").succeeded();
        assert_eq!(value.stdout, "only-for-tests");
    }
    machine("", &["list"]).failed(4, "COFFER_SECRET_ID is not set", "key file");
    // Neither reaches a program that is run.
    let shown = machine(
        &secret_id(),
        &[
            "run",
            "--env",
            "A=prod/db",
            "--",
            "sh",
            "-c",
            "echo [$COFFER_SECRET_ID$COFFER_ROLE_ID]",
        ],
    );
    assert_eq!(shown.succeeded().stdout, "[]\n");
}
