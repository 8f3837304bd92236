//! What is left of a value in memory after it was used: nothing.

use std::io::{Read, Seek, SeekFrom};
use std::process::Command;

use coffer_vault::{PutRequest, Secret, VersionSelector};

use crate::bench::{Bench, name};

/// The value, each byte changed, so that the program's own text does not hold it.
const CHANGED: [u8; 40] = {
    let mut bytes = *b"canary-that-memory-must-have-forgotten-!";
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] ^= 0x5a;
        at += 1;
    }
    bytes
};

fn value() -> Secret {
    let mut bytes = Vec::with_capacity(CHANGED.len());
    bytes.extend(std::hint::black_box(CHANGED).iter().map(|byte| byte ^ 0x5a));
    Secret::new(bytes)
}

/// How often at least half of the value stands in this process's memory.
fn sightings() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let half = CHANGED.len() / 2;
    let mut found = 0;
    for line in maps.lines().filter(|line| {
        line.split(' ')
            .nth(1)
            .is_some_and(|mode| mode.starts_with("rw"))
    }) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let from = u64::from_str_radix(from, 16).unwrap();
        let length = u64::from_str_radix(to, 16).unwrap() - from;
        let mut bytes = Vec::new();
        if memory.seek(SeekFrom::Start(from)).is_err() {
            continue;
        }
        let _ = memory.by_ref().take(length).read_to_end(&mut bytes);
        found += bytes
            .windows(half)
            .filter(|window| {
                let is = |part: &[u8]| window.iter().zip(part).all(|(a, b)| *a == *b ^ 0x5a);
                is(&CHANGED[..half]) || is(&CHANGED[half..])
            })
            .count();
    }
    found
}

/// The child: uses a value in every way there is, drops it, and looks for it.
#[test]
#[ignore = "runs only as the child of the test below"]
fn user() {
    let held = value();
    assert!(sightings() > 0, "the search itself finds nothing");
    drop(held);
    let bench = Bench::new();
    let at = name("prod/db");
    bench
        .vault
        .put(&at, PutRequest::new(value()).idempotency_token("once"))
        .unwrap();
    bench
        .vault
        .put(&at, PutRequest::new(value()).idempotency_token("once"))
        .unwrap();
    for _ in 0..3 {
        let found = bench.vault.get(&at, VersionSelector::Current).unwrap();
        assert!(found.value.ct_eq(&value()));
        bench
            .vault
            .get_many(&[(at.clone(), VersionSelector::Current)])
            .unwrap();
    }
    assert!(bench.vault.matches_current(&at, &value()).unwrap());
    bench.vault.fingerprint(&at, &value()).unwrap();
    bench.vault.rotate_term("").unwrap();
    bench.vault.rewrap("", 9).unwrap();
    bench.vault.check().unwrap();
    bench
        .vault
        .backup(&bench.folder.path().join("backup"))
        .unwrap();
    println!("sightings {}", sightings());
}

#[test]
fn a_value_is_forgotten_after_use() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::user", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        told.contains("sightings 0\n"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
