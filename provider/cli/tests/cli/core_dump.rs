//! What a core dump of the program holds after it has used a value: not the value, and not the key.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::bench::{Bench, run};

const VALUE: &str = "canary-that-no-core-dump-may-hold";

#[test]
fn a_core_dump_holds_neither_the_value_nor_the_key() {
    let bench = Bench::new();
    run(bench.command().args(["put", "prod/canary"]), VALUE).succeeded();
    let key = std::fs::read(bench.folder().join("vault.key")).unwrap();
    // The program has used the value, and waits for the other one to end.
    let script = "echo ready; read line";
    let mut child = bench
        .command()
        .args([
            "run",
            "--files",
            "--env",
            "KEY=prod/canary",
            "--",
            "sh",
            "-c",
            script,
        ])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let dumped = Command::new("gcore")
        .args(["-o", "core", &child.id().to_string()])
        .current_dir(bench.folder())
        .stdin(Stdio::null())
        .output();
    let core = bench.folder().join(format!("core.{}", child.id()));
    let core = std::fs::read(core).ok();
    drop(child.stdin.take());
    child.wait().unwrap();
    match (dumped, core) {
        (Err(_), _) => println!("skipped: gcore is not there (Debian: apt install gdb)"),
        (Ok(output), None) => {
            // What the program asks for: the kernel lets nobody but root look into it.
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(told.contains("not permitted"), "{told}");
        }
        (Ok(_), Some(core)) => {
            let holds = |what: &[u8]| core.windows(what.len()).any(|window| window == what);
            assert!(holds(b"KEY=prod/canary"), "the search itself finds nothing");
            assert!(!holds(VALUE.as_bytes()), "the value is in the core dump");
            assert!(
                !holds(&VALUE.as_bytes()[..20]),
                "half of the value is in the core dump"
            );
            assert!(!holds(&key[..32]), "the key is in the core dump");
        }
    }
}
