//! The life of an ephemeral resource.

use coffer_tests::host::{Flavour, Program, Value, Walk};

use crate::corner::{Corner, PROGRAM, said};

fn pass(corner: &Corner) -> coffer_tests::host::Ephemeral<'_> {
    corner.host.ephemeral("corner_pass").unwrap()
}

#[tokio::test]
async fn it_is_opened_renewed_and_closed_by_every_host() {
    for flavour in Flavour::ALL {
        let corner = Corner::start_by(flavour).await;
        let pass = pass(&corner);
        let config = pass.config([("name", "ada".into()), ("renew_ms", 500.into())]);
        let mut open = pass.open(&config).await.unwrap();
        assert_eq!(open.result, config.with("token", "token-of-ada"));
        let first = open.renew_at.unwrap();
        pass.renew(&mut open).await.unwrap();
        pass.renew(&mut open).await.unwrap();
        assert!(open.renew_at.unwrap() > first);
        // OpenTofu closes with what the last renewal noted, so that has to be the same.
        assert_eq!(open.renewed_with, open.opened_with);
        pass.close(open).await.unwrap();
        assert_eq!(
            corner.notes(),
            [
                "configure",
                "open ada",
                "renew ada",
                "renew ada",
                "close ada"
            ],
            "{flavour:?}"
        );
    }
}

#[tokio::test]
async fn unknown_values_are_no_fault_and_known_ones_are_judged() {
    let corner = Corner::start().await;
    let pass = pass(&corner);
    let unknown = pass.config([
        ("name", Value::Unknown),
        ("renew_ms", Value::Unknown),
        ("mode", Value::Unknown),
    ]);
    assert_eq!(pass.validate(&unknown).await.unwrap(), []);
    let nobody = pass.config([("name", "nobody".into())]);
    assert_eq!(
        said(pass.validate(&nobody).await),
        "error at name: No such person: Name another."
    );
}

#[tokio::test]
async fn a_result_may_be_unknown_while_terraform_plans() {
    let corner = Corner::run(Program::new(PROGRAM), Walk::Plan).await;
    let pass = pass(&corner);
    let config = pass.config([("name", "ada".into()), ("mode", "later".into())]);
    let open = pass.open(&config).await.unwrap();
    assert!(open.result.get("token").is_unknown());
}

#[tokio::test]
async fn several_are_open_at_once_each_with_its_own_lease() {
    let corner = Corner::start().await;
    let pass = pass(&corner);
    let config = |name: &str| pass.config([("name", name.into())]);
    let (a, b) = (config("ada"), config("bob"));
    let (first, second) = tokio::join!(pass.open(&a), pass.open(&b));
    let (first, second) = (first.unwrap(), second.unwrap());
    pass.close(second).await.unwrap();
    pass.close(first).await.unwrap();
    assert_eq!(corner.notes()[3..], ["close bob", "close ada"]);
}

#[tokio::test]
async fn a_failed_opening_is_not_closed() {
    let corner = Corner::start().await;
    let pass = pass(&corner);
    let config = pass.config([("name", "ada".into()), ("mode", "fail".into())]);
    assert_eq!(
        said(pass.open(&config).await),
        "error at mode: Failed: As asked."
    );
    let (ended, left) = corner.shutdown().await;
    ended.unwrap();
    assert_eq!(left.notes(), ["configure", "farewell"]);
}

#[tokio::test]
async fn what_was_noted_cannot_be_forged_or_lost_without_a_word() {
    let corner = Corner::start().await;
    let pass = pass(&corner);
    let config = pass.config([("name", "ada".into())]);
    for noted in [
        None,
        Some(Vec::new()),
        Some(b"{".to_vec()),
        Some(vec![0xff; 9]),
    ] {
        let mut open = pass.open(&config).await.unwrap();
        open.opened_with = noted.clone();
        open.renewed_with = noted;
        assert!(!said(pass.renew(&mut open).await).is_empty());
        assert!(!said(pass.close(open).await).is_empty());
    }
}
