//! A real OpenBao that makes the credentials: static roles of its database engine on a real PostgreSQL, and certificates.

use coffer_backend::SecretStore;
use coffer_rotation::machine::{Demand, Done, Error};
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::schedule::Period;
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::openbao::{PkiRole, StaticRole};
use coffer_rotation::target::tls_certificate::CertificateSettings;
use coffer_rotation::value::Format;
use coffer_vault::{SignedDuration, VersionSelector};
use xtask::openbao::{OpenBao, ROOT_TOKEN};
use xtask::postgres::{ADMIN, ADMIN_PASSWORD};

use crate::bench::{Bench, FIRST_PASSWORD, InterruptAt, NAME, name, now};
use crate::steps::POINTS;

const SERVER_SECRET: &str = "prod/openbao";

async fn prepared() -> (Bench, OpenBao) {
    let bench = Bench::new().await;
    let bao = OpenBao::start().unwrap();
    let server = format!(r#"{{"address": "{}", "token": "{ROOT_TOKEN}"}}"#, bao.url());
    bench.put(SERVER_SECRET, &server).await;
    (bench, bao)
}

fn run(bao: &OpenBao, arguments: &[&str]) -> String {
    bao.bao(arguments).unwrap().unwrap()
}

fn role() -> Policy {
    Policy {
        target: Some(TargetSpec::OpenbaoStaticRole(StaticRole {
            role: "app".to_owned(),
            mount: None,
            server_secret: Some(SERVER_SECRET.to_owned()),
        })),
        ..Policy::default()
    }
}

async fn value(bench: &Bench) -> String {
    let read = bench.store.get(&name(NAME), VersionSelector::Current).await;
    read.unwrap().value.danger_expose_str().unwrap().to_owned()
}

fn accepts(bench: &Bench, password: &str) -> bool {
    let answer = bench.server.query("app_a", password, "SELECT 1").unwrap();
    answer.is_ok()
}

#[tokio::test]
async fn a_static_role_is_rotated_by_openbao_and_the_secret_follows() {
    let (bench, bao) = prepared().await;
    run(&bao, &["secrets", "enable", "database"]);
    let url = format!(
        "connection_url=postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{}/postgres?sslmode=disable",
        bench.server.port()
    );
    let admin = [
        format!("username={ADMIN}"),
        format!("password={ADMIN_PASSWORD}"),
    ];
    run(
        &bao,
        &[
            "write",
            "database/config/pg",
            "plugin_name=postgresql-database-plugin",
            "allowed_roles=*",
            &url,
            &admin[0],
            &admin[1],
        ],
    );
    run(
        &bao,
        &[
            "write",
            "database/static-roles/app",
            "db_name=pg",
            "username=app_a",
            "rotation_period=86400",
        ],
    );

    // OpenBao has changed the password when it took the role: that one is taken over, not replaced.
    assert!(!accepts(&bench, FIRST_PASSWORD));
    let kept = || {
        run(
            &bao,
            &["read", "-field=password", "database/static-creds/app"],
        )
    };
    let taken = kept();
    let policy = role();
    bench.rotate(&policy, &now()).await.unwrap();
    assert_eq!(value(&bench).await, taken);
    assert!(accepts(&bench, &taken));

    // From then on each rotation asks OpenBao for a new one, and whatever is interrupted ends well.
    for (point, _) in POINTS {
        let before = value(&bench).await;
        let stopped = bench
            .rotate_observed(&policy, &now(), &InterruptAt(point))
            .await;
        match stopped {
            Err(Error::Interrupted { .. }) => {}
            // A target that changes nothing outside when it is set has fewer points.
            done => panic!("{point:?}: {done:?}"),
        }
        bench.clock.advance(SignedDuration::from_mins(3));
        bench.rotate(&policy, &Demand::IfDue).await.unwrap();
        let after = value(&bench).await;
        assert_ne!(after, before, "{point:?}");
        assert_eq!(after, kept(), "{point:?}");
        assert!(
            accepts(&bench, &after) && !accepts(&bench, &before),
            "{point:?}"
        );
        assert_eq!(bench.found().await.pending, None, "{point:?}");
    }

    // What OpenBao rotates by itself is followed.
    let policy = Policy {
        detect_drift: true,
        value_format: Some(Format::Json),
        ..policy
    };
    run(&bao, &["write", "-f", "database/rotate-role/app"]);
    let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert!(
        matches!(done, Done::Rotated { .. } | Done::Nothing),
        "{done:?}"
    );
    bench.rotate(&policy, &now()).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&value(&bench).await).unwrap();
    assert_eq!(json["username"], "app_a");
    assert!(accepts(&bench, json["password"].as_str().unwrap()));
    run(&bao, &["write", "-f", "database/rotate-role/app"]);
    let before = bench.found().await.latest;
    let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert!(matches!(done, Done::Rotated { .. }), "{done:?}");
    assert_eq!(bench.found().await.latest, before + 1);
    let json: serde_json::Value = serde_json::from_str(&value(&bench).await).unwrap();
    assert_eq!(json["password"], kept());

    // A role that is not there is told, and nothing is pending.
    let policy = Policy {
        target: Some(TargetSpec::OpenbaoStaticRole(StaticRole {
            role: "nobody_knows".to_owned(),
            mount: None,
            server_secret: Some(SERVER_SECRET.to_owned()),
        })),
        ..policy
    };
    let error = bench.rotate(&policy, &now()).await.unwrap_err();
    assert!(!error.to_string().contains(ROOT_TOKEN), "{error}");
    assert_eq!(bench.found().await.pending, None);
}

#[tokio::test]
async fn a_certificate_of_the_pki_engine_is_renewed_before_its_end() {
    let (bench, bao) = prepared().await;
    run(&bao, &["secrets", "enable", "pki"]);
    run(
        &bao,
        &[
            "write",
            "pki/root/generate/internal",
            "common_name=Fake Authority",
            "ttl=700h",
        ],
    );
    let role = [
        "write",
        "pki/roles/web",
        "allowed_domains=example.com",
        "allow_subdomains=true",
        "max_ttl=600h",
    ];
    run(&bao, &role);
    let policy = Policy {
        target: Some(TargetSpec::TlsCertificate(CertificateSettings {
            authority_secret: None,
            pki: Some(PkiRole {
                role: "web".to_owned(),
                mount: None,
                server_secret: Some(SERVER_SECRET.to_owned()),
            }),
            names: vec!["web.example.com".to_owned(), "10.0.0.7".to_owned()],
            validity: Period::parse("20d").unwrap(),
            renew_before: Period::parse("5d").unwrap(),
            install: Vec::new(),
        })),
        grace_period: Some(Period::parse("1h").unwrap()),
        strategy: Strategy::Single,
        ..Policy::default()
    };
    bench.store.purge(&name(NAME)).await.unwrap();
    let done = bench.rotate(&policy, &now()).await.unwrap();
    assert!(matches!(done, Done::Rotated { version: 1, .. }), "{done:?}");
    let first = value(&bench).await;
    assert_eq!(first.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(
        first.starts_with("-----BEGIN PRIVATE KEY"),
        "a key comes first"
    );

    // Quiet until five days before the end.
    bench.clock.advance(SignedDuration::from_hours(14 * 24));
    assert_eq!(
        bench.rotate(&policy, &Demand::IfDue).await.unwrap(),
        Done::Nothing
    );
    bench.clock.advance(SignedDuration::from_hours(30));
    let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert!(
        matches!(&done, Done::Rotated { version: 2, reason, .. } if reason.contains("valid until")),
        "{done:?}"
    );
    assert_ne!(value(&bench).await, first);

    // The one before is revoked when its grace period is over.
    let revoked = || {
        bao.bao(&["list", "-format=json", "pki/certs/revoked"])
            .unwrap()
            .unwrap_or_default()
    };
    assert!(!revoked().contains('"'), "{}", revoked());
    bench.clock.advance(SignedDuration::from_hours(2));
    // The server's clock is not the bench's: what it issues by then is valid for no longer than the first.
    let mut patient = policy.clone();
    if let Some(TargetSpec::TlsCertificate(settings)) = &mut patient.target {
        settings.renew_before = Period::parse("1d").unwrap();
    }
    let done = bench.rotate(&patient, &Demand::IfDue).await.unwrap();
    assert_eq!(done, Done::Retired { version: 1 });
    assert_eq!(revoked().matches('"').count(), 2, "{}", revoked());

    // Certificates that end with the login are none to rely on.
    run(&bao, &[&role[..], &["generate_lease=true"]].concat());
    let error = bench.rotate(&policy, &now()).await.unwrap_err();
    assert!(error.to_string().contains("lease"), "{error}");
}
