//! Slots, scopes, terms and a new root key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use coffer_vault::{Error, KeySource, KeyWrap, PutRequest, Secret, Vault, VersionSelector};

use crate::bench::{Bench, actor, key, name, put, secret, text};

const CURRENT: VersionSelector = VersionSelector::Current;

fn other_key() -> KeySource {
    KeySource::KeyBytes(Secret::copy_from(&[b'o'; 32]))
}

/// A key system of the test: adds its number to every byte.
struct System {
    number: u8,
    is_reachable: AtomicBool,
}

impl System {
    fn new(number: u8) -> Arc<Self> {
        let is_reachable = AtomicBool::new(true);
        Arc::new(Self {
            number,
            is_reachable,
        })
    }

    fn answer<T>(&self, answer: T) -> Result<T, String> {
        if self.is_reachable.load(Ordering::Relaxed) {
            Ok(answer)
        } else {
            Err("connection refused".into())
        }
    }
}

impl KeyWrap for System {
    fn kind(&self) -> &str {
        "transit"
    }

    fn describe(&self) -> String {
        format!("the test's key {}", self.number)
    }

    fn wrap(&self, key: &Secret) -> Result<String, String> {
        let bytes = key.danger_expose().iter();
        self.answer(format!(
            "{}:{}",
            self.number,
            bytes
                .map(|byte| format!("{:02x}", byte.wrapping_add(self.number)))
                .collect::<String>()
        ))
    }

    fn unwrap_key(&self, wrapped: &str) -> Result<Secret, String> {
        let (number, hex) = wrapped.split_once(':').unwrap();
        if number != self.number.to_string() {
            return Err("wrapped by another key".into());
        }
        let byte = |at: usize| {
            u8::from_str_radix(&hex[at..at + 2], 16)
                .unwrap()
                .wrapping_sub(self.number)
        };
        self.answer(Secret::new((0..hex.len()).step_by(2).map(byte).collect()))
    }
}

#[test]
fn a_system_that_wraps_keys_opens_its_own_slot_and_says_when_it_cannot() {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    let (own, other) = (System::new(1), System::new(2));
    for system in [&own, &other] {
        bench
            .vault
            .add_slot(&KeySource::Wrapped(system.clone()), "")
            .unwrap();
        assert!(opens(&bench, &KeySource::Wrapped(system.clone())));
    }
    let stranger = KeySource::Wrapped(System::new(3));
    match Vault::open(&bench.path, &stranger, actor()) {
        Err(error @ Error::KeySystem { .. }) => {
            assert_eq!(
                error.to_string(),
                "the test's key 3 gave no key: wrapped by another key"
            );
        }
        _ => panic!("a stranger opened the vault"),
    }
    own.is_reachable.store(false, Ordering::Relaxed);
    let source = KeySource::Wrapped(own);
    assert!(matches!(
        Vault::open(&bench.path, &source, actor()),
        Err(Error::KeySystem { .. })
    ));
    assert!(matches!(
        bench.vault.add_slot(&source, ""),
        Err(Error::KeySystem { .. })
    ));
    assert_eq!(bench.vault.slots().unwrap().len(), 3);
    is_whole(&bench.vault);
}

fn opens(bench: &Bench, key: &KeySource) -> bool {
    match Vault::open(&bench.path, key, actor()) {
        Ok(vault) => {
            assert_eq!(
                text(&vault.get(&name("prod/db"), CURRENT).unwrap().value),
                "one"
            );
            true
        }
        Err(Error::WrongKey { .. } | Error::NoSuchSlot { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

fn is_whole(vault: &Vault) {
    let report = vault.check().unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[test]
fn any_slot_opens_the_vault_and_the_last_one_stays() {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    assert!(!opens(&bench, &other_key()));
    let added = bench.vault.add_slot(&other_key(), "second").unwrap();
    let passphrase = KeySource::Passphrase(secret("test-only words"));
    bench.vault.add_slot(&passphrase, "").unwrap();
    assert!(opens(&bench, &other_key()) && opens(&bench, &passphrase) && opens(&bench, &key()));
    assert_eq!(bench.vault.slots().unwrap().len(), 3);
    bench.vault.remove_slot(added.id).unwrap();
    assert!(!opens(&bench, &other_key()) && opens(&bench, &key()));
    bench.vault.remove_slot(1).unwrap();
    let last = bench.vault.slots().unwrap()[0].id;
    assert!(matches!(
        bench.vault.remove_slot(last),
        Err(Error::LastSlot { .. })
    ));
    is_whole(&bench.vault);
}

#[test]
fn after_a_rekey_only_the_new_keys_open_and_open_handles_of_others_end() {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    let before = std::fs::read(&bench.path).unwrap();
    let other_handle = bench.reopen();
    bench.vault.rekey(&[(other_key(), "new".into())]).unwrap();
    assert!(opens(&bench, &other_key()) && !opens(&bench, &key()));
    assert_eq!(
        text(&bench.vault.get(&name("prod/db"), CURRENT).unwrap().value),
        "one"
    );
    put(&bench.vault, "prod/new", "x");
    assert!(other_handle.get(&name("prod/db"), CURRENT).is_err());
    is_whole(&bench.vault);
    assert!(bench.vault.verify_audit(&[]).unwrap().problems.is_empty());
    // The slot's record of before is nowhere in the file any more.
    let slot = before
        .windows(4)
        .position(|bytes| bytes == b"CFR1")
        .unwrap();
    let sealed = &before[slot + 10..slot + 74];
    let after = std::fs::read(&bench.path).unwrap();
    assert!(!after.windows(64).any(|bytes| bytes == sealed));
}

#[test]
fn a_new_term_rewrites_nothing_until_it_is_rewrapped() {
    let bench = Bench::new();
    for at in ["a", "b", "c"] {
        put(&bench.vault, at, at);
    }
    let term = bench.vault.rotate_term("").unwrap();
    assert_eq!((term.term, term.terms), (2, 2));
    put(&bench.vault, "d", "d");
    let first = bench.vault.rewrap("", 2).unwrap();
    assert_eq!((first.done, first.left), (2, 1));
    let second = bench.vault.rewrap("", 2).unwrap();
    assert_eq!((second.done, second.left), (1, 0));
    assert_eq!(bench.vault.scopes().unwrap()[0].terms, 1);
    let other = bench.reopen();
    for at in ["a", "b", "c", "d"] {
        assert_eq!(text(&other.get(&name(at), CURRENT).unwrap().value), at);
    }
    is_whole(&other);
}

#[test]
fn a_new_term_is_used_by_handles_that_were_open_before() {
    let bench = Bench::new();
    let other = bench.reopen();
    put(&other, "a", "1");
    bench.vault.rotate_term("").unwrap();
    put(&other, "a", "2");
    assert_eq!(
        text(&bench.vault.get(&name("a"), CURRENT).unwrap().value),
        "2"
    );
    assert_eq!(
        bench.vault.rewrap("", 9).unwrap().done,
        1,
        "version 1 is under term 1"
    );
}

#[test]
fn a_scope_takes_the_secrets_below_its_prefix_along() {
    let bench = Bench::new();
    for at in [
        "prod/db",
        "prod/payments/key",
        "prod/payments/card/pin",
        "dev/db",
    ] {
        put(&bench.vault, at, at);
        put(&bench.vault, at, at);
    }
    bench
        .vault
        .destroy(&name("prod/payments/key"), &[1])
        .unwrap();
    bench.vault.add_scope("prod/payments/card/").unwrap();
    bench.vault.add_scope("prod/").unwrap();
    bench.vault.add_scope("prod/payments/").unwrap();
    let counts: Vec<(String, u64)> = bench
        .vault
        .scopes()
        .unwrap()
        .into_iter()
        .map(|s| (s.prefix, s.secrets))
        .collect();
    let expected = [
        ("", 1),
        ("prod/", 1),
        ("prod/payments/", 1),
        ("prod/payments/card/", 1),
    ];
    assert_eq!(
        counts,
        expected.map(|(prefix, count)| (prefix.to_owned(), count))
    );
    let other = bench.reopen();
    for at in [
        "prod/db",
        "prod/payments/key",
        "prod/payments/card/pin",
        "dev/db",
    ] {
        assert_eq!(text(&other.get(&name(at), CURRENT).unwrap().value), at);
    }
    let listed = |prefix: &str| other.list(prefix).unwrap().len();
    assert_eq!(
        (listed(""), listed("prod/"), listed("prod/payments/")),
        (4, 3, 2)
    );
    assert_eq!(
        (listed("prod/payments/c"), listed("p"), listed("dev/")),
        (1, 3, 1)
    );
    put(&other, "prod/payments/new", "x");
    assert_eq!(bench.vault.scopes().unwrap()[2].secrets, 2);
    is_whole(&other);
    assert!(bench.vault.add_scope("prod").is_err());
    assert!(bench.vault.add_scope("prod/").is_err());
}

#[test]
fn an_idempotency_token_outlives_a_move_to_another_scope_and_a_rekey() {
    let bench = Bench::new();
    let once = || PutRequest::new(secret("one")).idempotency_token("run 7");
    let first = bench.vault.put(&name("prod/db"), once()).unwrap();
    bench.vault.add_scope("prod/").unwrap();
    bench.vault.rekey(&[(key(), String::new())]).unwrap();
    let again = bench.vault.put(&name("prod/db"), once()).unwrap();
    assert!(again.repeated);
    assert_eq!(again.version, first.version);
}
