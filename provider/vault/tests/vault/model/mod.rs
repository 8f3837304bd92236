//! Random histories against a model: whatever is done, in whatever order and by whichever handle, the vault and the model
//! tell the same.

mod memory;

use coffer_vault::{
    ErrorKind, Expect, MetadataChange, PutRequest, Timestamp, VersionSelector, VersionState,
};
use proptest::prelude::*;

use crate::bench::{Bench, name, secret, text};
use memory::{End, Model};

/// Something that is done to a vault.
#[derive(Clone, Debug)]
enum Step {
    Put {
        at: usize,
        value: u8,
        pending: bool,
        expect: Option<u64>,
        token: Option<u8>,
    },
    Promote {
        at: usize,
        version: u64,
    },
    Enable {
        at: usize,
        version: u64,
        enabled: bool,
    },
    Destroy {
        at: usize,
        version: u64,
    },
    Delete {
        at: usize,
    },
    Restore {
        at: usize,
    },
    Purge {
        at: usize,
    },
    Keep {
        at: usize,
        versions: u32,
    },
    AddScope {
        at: usize,
    },
    RotateTerm {
        rewrap: bool,
    },
    Rekey,
    Reopen,
}

const NAMES: [&str; 4] = ["a", "prod/a", "prod/b", "prod/deep/c"];
const SCOPES: [&str; 2] = ["prod/", "prod/deep/"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let at = 0..NAMES.len();
    let version = 1_u64..5;
    let put = (
        at.clone(),
        0_u8..4,
        any::<bool>(),
        proptest::option::weighted(0.3, 0_u64..4),
        proptest::option::weighted(0.4, 0_u8..3),
    )
        .prop_map(|(at, value, pending, expect, token)| Step::Put {
            at,
            value,
            pending,
            expect,
            token,
        });
    let step = prop_oneof![
        8 => put,
        3 => (at.clone(), version.clone()).prop_map(|(at, version)| Step::Promote { at, version }),
        2 => (at.clone(), version.clone(), any::<bool>()).prop_map(|(at, version, enabled)| Step::Enable { at, version, enabled }),
        2 => (at.clone(), version).prop_map(|(at, version)| Step::Destroy { at, version }),
        1 => at.clone().prop_map(|at| Step::Delete { at }),
        2 => at.clone().prop_map(|at| Step::Restore { at }),
        1 => at.clone().prop_map(|at| Step::Purge { at }),
        1 => (at, 0_u32..3).prop_map(|(at, versions)| Step::Keep { at, versions }),
        1 => (0..SCOPES.len()).prop_map(|at| Step::AddScope { at }),
        1 => any::<bool>().prop_map(|rewrap| Step::RotateTerm { rewrap }),
        1 => Just(Step::Rekey),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..40)
}

/// Does a step in both, and returns how it ended in each.
fn run(bench: &mut Bench, model: &mut Model, step: &Step) -> Option<(End, End)> {
    let vault = &bench.vault;
    let own = |at: &usize| name(NAMES[*at]);
    let kind = |error: coffer_vault::Error| error.kind();
    Some(match step {
        Step::Put {
            at,
            value,
            pending,
            expect,
            token,
        } => {
            let value = format!("value {value}");
            let mut request = PutRequest::new(secret(&value));
            if *pending {
                request = request.pending();
            }
            if let Some(expect) = expect {
                request = request.expect(if *expect == 0 {
                    Expect::Absent
                } else {
                    Expect::Latest(*expect)
                });
            }
            if let Some(token) = token {
                request = request.idempotency_token(format!("token {token}"));
            }
            let stored = vault.put(&own(at), request).map(|stored| stored.version);
            (
                stored.map_err(kind),
                model.put(*at, &value, *pending, *expect, *token),
            )
        }
        Step::Promote { at, version } => {
            let done = vault.promote(&own(at), *version, MetadataChange::default());
            (
                done.map(|_| *version).map_err(kind),
                model.promote(*at, *version),
            )
        }
        Step::Enable {
            at,
            version,
            enabled,
        } => {
            let done = vault.set_enabled(&own(at), *version, *enabled);
            (
                done.map(|_| *version).map_err(kind),
                model.enable(*at, *version, *enabled),
            )
        }
        Step::Destroy { at, version } => {
            let done = vault.destroy(&own(at), &[*version]);
            (
                done.map(|_| *version).map_err(kind),
                model.destroy(*at, *version),
            )
        }
        Step::Delete { at } => {
            let done = vault.delete(&own(at), Timestamp::MAX);
            let expected = model.live(*at).map(|known| known.deleted = true);
            (done.map(|_| 0).map_err(kind), expected.map(|()| 0))
        }
        Step::Restore { at } => {
            let expected = model.0.get_mut(at).map(|known| known.deleted = false);
            (
                vault.restore(&own(at)).map(|_| 0).map_err(kind),
                expected.map(|()| 0).ok_or(ErrorKind::NotFound),
            )
        }
        Step::Purge { at } => {
            let expected = model.0.remove(at).map(|_| 0).ok_or(ErrorKind::NotFound);
            (vault.purge(&own(at)).map(|()| 0).map_err(kind), expected)
        }
        Step::Keep { at, versions } => {
            let change = MetadataChange {
                versions_to_keep: Some(*versions),
                ..MetadataChange::default()
            };
            let expected = model.live(*at).map(|known| {
                known.keep = *versions as usize;
                known.destroy_old();
            });
            (
                vault.update(&own(at), change).map(|_| 0).map_err(kind),
                expected.map(|()| 0),
            )
        }
        Step::AddScope { at } => {
            let _ = vault.add_scope(SCOPES[*at]);
            return None;
        }
        Step::RotateTerm { rewrap } => {
            vault.rotate_term("").unwrap();
            if *rewrap {
                vault.rewrap("", 100).unwrap();
            }
            return None;
        }
        Step::Rekey => {
            vault
                .rekey(&[(crate::bench::key(), String::new())])
                .unwrap();
            return None;
        }
        Step::Reopen => {
            bench.vault = bench.reopen();
            return None;
        }
    })
}

/// Everything that can be seen of a secret is what the model remembers.
fn compare(bench: &Bench, model: &Model) -> Result<(), TestCaseError> {
    for (at, path) in NAMES.iter().enumerate() {
        let Some(known) = model.0.get(&at) else {
            prop_assert_eq!(
                bench.vault.metadata(&name(path)).unwrap_err().kind(),
                ErrorKind::NotFound
            );
            continue;
        };
        let told = bench.vault.metadata(&name(path)).unwrap();
        let stage = |stage: Option<usize>| stage.map(|number| number as u64);
        prop_assert_eq!(told.deleted.is_some(), known.deleted);
        prop_assert_eq!(
            (told.current, told.pending, told.previous),
            (
                stage(known.current),
                stage(known.pending),
                stage(known.previous)
            )
        );
        for (version, expected) in bench
            .vault
            .versions(&name(path))
            .unwrap()
            .iter()
            .zip(&known.versions)
        {
            let found = match version.state {
                VersionState::Destroyed(_) => None,
                VersionState::Enabled => Some(true),
                VersionState::Disabled => Some(false),
            };
            prop_assert_eq!(found, expected.as_ref().map(|(_, enabled)| *enabled));
            if let (Some((value, true)), false) = (expected, known.deleted) {
                let read = bench
                    .vault
                    .get(&name(path), VersionSelector::Version(version.version))
                    .unwrap();
                prop_assert_eq!(text(&read.value), value);
            }
        }
        prop_assert_eq!(told.latest, known.versions.len() as u64);
    }
    let listed = bench.vault.list("").unwrap().len();
    prop_assert_eq!(
        listed,
        model.0.values().filter(|known| !known.deleted).count()
    );
    Ok(())
}

/// How many histories are tried. `COFFER_HISTORIES` sets it for long runs.
fn histories() -> ProptestConfig {
    let cases = std::env::var("COFFER_HISTORIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(24);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(histories())]
    #[test]
    fn every_history_ends_as_the_model_says(steps in steps()) {
        let mut bench = Bench::new();
        let mut model = Model::default();
        for step in &steps {
            if let Some((found, expected)) = run(&mut bench, &mut model, step) {
                prop_assert_eq!(found, expected, "{:?}", step);
            }
        }
        compare(&bench, &model)?;
        let report = bench.vault.check().unwrap();
        prop_assert!(report.problems.is_empty(), "{:?}", report.problems);
    }
}
