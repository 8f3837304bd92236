//! Measures the embedded vault: `cargo run --release --package coffer-bench --bin vault [SECRETS]`.
//!
//! What depends on the disk is interleaved with plain appends and syncs of the same file system and told as a ratio to
//! them, so that the numbers of two machines can be compared. The rest runs in memory (/dev/shm).
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use coffer_vault::{Actor, KeySource, PutRequest, Secret, SecretName, Vault, VersionSelector};

type Outcome<T> = Result<T, Box<dyn Error>>;

const CURRENT: VersionSelector = VersionSelector::Current;
/// How often each thing is measured; the median is told.
const ROUNDS: usize = 300;

fn main() -> Outcome<()> {
    let many = std::env::args()
        .nth(1)
        .map_or(Ok(100_000), |count| count.parse())?;
    against_the_disk()?;
    batch()?;
    growth(many)
}

/// Single audited reads and puts against one append and sync.
fn against_the_disk() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let vault = vault(folder.path())?;
    let db = name("prod/db")?;
    vault.put(&db, PutRequest::new(value()))?;
    let mut raw = File::create(folder.path().join("raw"))?;
    let (mut syncs, mut gets, mut puts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        syncs.push(timed(|| {
            raw.write_all(&[7; 4096])?;
            raw.sync_data()?;
            Ok(())
        })?);
        gets.push(timed(|| {
            vault.get(&db, CURRENT).map(drop).map_err(Into::into)
        })?);
        puts.push(timed(|| {
            vault
                .put(&db, PutRequest::new(value()))
                .map(drop)
                .map_err(Into::into)
        })?);
    }
    let sync = median(&mut syncs);
    for (what, times) in [("audited read", &mut gets), ("put", &mut puts)] {
        let time = median(times);
        println!(
            "{what}: {time:?}, {:.2} times one append and sync ({sync:?})",
            ratio(time, sync)
        );
    }
    Ok(())
}

/// A thousand values in one call, and what one of them costs without a sync of its own.
fn batch() -> Outcome<()> {
    let folder = tempfile::tempdir_in("/dev/shm")?;
    let vault = vault(folder.path())?;
    let mut wanted = Vec::new();
    for at in 0..1000 {
        let name = name(&format!("prod/{at}"))?;
        vault.put(&name, PutRequest::new(value()))?;
        wanted.push((name, CURRENT));
    }
    let mut times = Vec::new();
    for _ in 0..20 {
        times.push(timed(|| {
            vault.get_many(&wanted).map(drop).map_err(Into::into)
        })?);
    }
    let time = median(&mut times);
    println!("1000 values in one call: {time:?}, {:?} each", time / 1000);
    Ok(())
}

/// A vault with many secrets of three versions against one with a hundred.
fn growth(many: usize) -> Outcome<()> {
    let mut all = Vec::new();
    for count in [100, many] {
        let folder = tempfile::tempdir_in("/dev/shm")?;
        let vault = vault(folder.path())?;
        for version in 0..3 {
            for at in 0..count {
                let request = PutRequest::new(Secret::from(format!("value {version}")));
                vault.put(&name(&format!("app{}/secret{at}", at / 10))?, request)?;
            }
        }
        let path = vault.path().to_path_buf();
        drop(vault);
        let size = std::fs::metadata(&path)?.len() as usize / count;
        println!("{count} secrets with 3 versions: {size} bytes each");
        let mut times: [Vec<Duration>; 4] = Default::default();
        for round in 0..ROUNDS {
            let at = round.wrapping_mul(7919) % count;
            let name = name(&format!("app{}/secret{at}", at / 10))?;
            let prefix = format!("app{}/", at / 10);
            let [open, get, put, list] = &mut times;
            let start = Instant::now();
            let vault = Vault::open(&path, &key(), Actor::this_process("bench"))?;
            open.push(start.elapsed());
            get.push(timed(|| {
                vault.get(&name, CURRENT).map(drop).map_err(Into::into)
            })?);
            put.push(timed(|| {
                vault
                    .put(&name, PutRequest::new(value()))
                    .map(drop)
                    .map_err(Into::into)
            })?);
            list.push(timed(|| vault.list(&prefix).map(drop).map_err(Into::into))?);
        }
        all.push(times.map(|mut times| median(&mut times)));
    }
    let [few, many] = all.as_slice() else {
        return Ok(());
    };
    for ((what, few), many) in ["open", "get", "put", "list 10 by prefix"]
        .iter()
        .zip(few)
        .zip(many)
    {
        println!(
            "{what}: {few:?} of a hundred, {many:?} of many: {:.2} times",
            ratio(*many, *few)
        );
    }
    Ok(())
}

fn vault(folder: &Path) -> Outcome<Vault> {
    Ok(Vault::init(
        &folder.join("vault.db"),
        &key(),
        Actor::this_process("bench"),
    )?)
}

fn key() -> KeySource {
    KeySource::KeyBytes(Secret::new(vec![7; 32]))
}

fn value() -> Secret {
    Secret::new(vec![b'x'; 1024])
}

fn name(text: &str) -> Outcome<SecretName> {
    Ok(SecretName::parse(text)?)
}

fn timed(run: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let start = Instant::now();
    run()?;
    Ok(start.elapsed())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
