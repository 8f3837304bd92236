//! Certificates are renewed by their end.

use coffer_rotation::generator::Authority;
use coffer_rotation::machine::{Demand, Done};
use coffer_rotation::policy::Policy;
use coffer_rotation::schedule::Period;
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::tls_certificate::CertificateSettings;
use coffer_vault::{SignedDuration, Timestamp, VersionSelector};

use crate::bench::{Bench, now};

const AUTHORITY: &str = "prod/authority";

#[tokio::test]
async fn a_certificate_is_renewed_before_its_end_and_not_earlier() {
    let bench = Bench::new();
    let until = Timestamp::now() + SignedDuration::from_hours(24 * 365);
    let authority = Authority::generate("Fake Authority", Timestamp::now(), until).unwrap();
    bench.put(AUTHORITY, &authority.to_secret()).await;
    // Nothing but its end makes it due.
    let policy = Policy {
        target: Some(TargetSpec::TlsCertificate(CertificateSettings {
            authority_secret: Some(AUTHORITY.to_owned()),
            pki: None,
            names: vec!["db.internal.example".to_owned()],
            validity: Period::parse("30d").unwrap(),
            renew_before: Period::parse("10d").unwrap(),
            install: Vec::new(),
        })),
        ..Policy::default()
    };
    bench.rotate(&policy, &now()).await.unwrap();
    let found = bench.found().await;
    assert_eq!(found.current, Some(1));
    let first = bench.value(VersionSelector::Current).await.unwrap();
    let expires = found.expires.unwrap();

    bench.in_days(19);
    let early = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert_eq!(early, Done::Nothing);
    assert_eq!(bench.found().await.current, Some(1));

    bench.in_days(21);
    let renewed = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert_eq!(
        renewed,
        Done::Rotated {
            version: 2,
            reason: format!("The current version is valid until {expires:.0}."),
            resumed_at: None
        }
    );
    let second = bench.value(VersionSelector::Current).await.unwrap();
    assert_ne!(second, first);
    assert!(second.contains("BEGIN CERTIFICATE"));

    // The end that counts from now on is the new one's.
    assert!(bench.found().await.expires > Some(expires));
    bench.in_days(19);
    let quiet = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert_eq!(quiet, Done::Nothing);
}
