//! The conformance checks, run over the corner provider and over coffer's own, by every kind of host.

use std::process::Command;

use coffer_tests::conformance::{Life, Subject};
use coffer_tests::host::{Flavour, Program, Value};
use xtask::programs;

use crate::corner::PROGRAM;

/// The corner provider, with a folder.
fn corner(folder: &str) -> Subject {
    let bed = Value::object([
        ("patient", "ada".into()),
        ("note_wo", "hunter3".into()),
        ("number", Value::Null),
    ]);
    Subject {
        program: Program::new(PROGRAM),
        provider: vec![("folder", folder.into())],
        ephemerals: vec![(
            "corner_pass",
            vec![("name", "ada".into()), ("renew_ms", 60_000.into())],
        )],
        resources: vec![
            Life {
                name: "corner_ward",
                config: vec![
                    ("name", "north".into()),
                    ("secret_wo", "hunter2".into()),
                    ("secret_wo_version", 1.into()),
                    ("bed", Value::list([bed])),
                ],
                change: vec![("floor", "first".into())],
                import: Some("north".to_owned()),
            },
            Life {
                name: "corner_cot",
                config: vec![("title", "cot".into())],
                change: vec![("title", "crib".into())],
                import: None,
            },
        ],
        secrets: vec!["hunter2", "hunter3", "secret-by-mistake"],
    }
}

#[tokio::test]
async fn the_corner_provider_conforms_with_every_host() {
    for flavour in Flavour::ALL {
        let folder = tempfile::tempdir().unwrap();
        let subject = corner(&folder.path().display().to_string());
        assert_eq!(
            subject.faults(flavour).await,
            Vec::<String>::new(),
            "{flavour:?}"
        );
        assert_eq!(subject.uncovered().await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_provider_that_does_not_conform_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut subject = corner(&folder.path().display().to_string());
    // A value that is stored, called a secret.
    subject.secrets = vec!["first"];
    subject.resources.truncate(1);
    // A resource that cannot be imported.
    subject.resources[0].import = Some("a/b".to_owned());
    let faults = subject.faults(Flavour::Terraform1_11).await;
    let found = |what: &str| faults.iter().any(|fault| fault.starts_with(what));
    assert!(found("corner_ward stores no secret"), "{faults:?}");
    assert!(found("corner_ward is imported: "), "{faults:?}");
    assert_eq!(subject.uncovered().await.unwrap(), ["resource corner_cot"]);
}

/// The coffer provider, with a vault of its own in `folder`.
fn coffer(folder: &std::path::Path) -> Subject {
    let (vault, key) = (folder.join("vault.db"), folder.join("vault.key"));
    let made = Command::new(programs::Program::Coffer.path().unwrap())
        .arg("init")
        .env("COFFER_VAULT_FILE", &vault)
        .env("COFFER_KEY_FILE", &key)
        .env_remove("COFFER_PASSPHRASE")
        .env_remove("COFFER_TOKEN")
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let mut program = Program::new(programs::Program::Provider.path().unwrap());
    for name in [
        "COFFER_VAULT_FILE",
        "COFFER_KEY_FILE",
        "COFFER_PASSPHRASE",
        "COFFER_TOKEN",
        "COFFER_PHASE",
    ] {
        program = program.without_env(name);
    }
    let local = Value::object([
        ("path", vault.display().to_string().into()),
        ("key_file", key.display().to_string().into()),
    ]);
    Subject {
        program,
        provider: vec![("local", Value::list([local]))],
        ephemerals: vec![
            ("coffer_secret", vec![("name", "prod/db".into())]),
            ("coffer_password", vec![]),
        ],
        resources: vec![Life {
            name: "coffer_secret",
            config: vec![
                ("name", "prod/db".into()),
                ("value_wo", "correct-horse-battery".into()),
            ],
            change: vec![("description", "the database".into())],
            import: Some("prod/db".to_owned()),
        }],
        secrets: vec!["correct-horse-battery"],
    }
}

#[tokio::test]
async fn the_coffer_provider_conforms_with_every_host() {
    for flavour in Flavour::ALL {
        let folder = tempfile::tempdir().unwrap();
        let subject = coffer(folder.path());
        assert_eq!(
            subject.faults(flavour).await,
            Vec::<String>::new(),
            "{flavour:?}"
        );
    }
}
