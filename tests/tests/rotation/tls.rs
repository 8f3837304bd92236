//! PostgreSQL over TLS: who the server is, is verified before a credential is sent.

use coffer_rotation::machine::{Done, Error};
use coffer_rotation::policy::{Policy, Strategy};
use xtask::postgres::{ADMIN, ADMIN_PASSWORD};

use crate::bench::{ADMIN_SECRET, Bench, now, policy};
use crate::certificates::Certificates;
use crate::tls_door;

/// Rotates by the door at `port` in this mode, trusting this authority.
async fn rotate(
    bench: &Bench,
    port: u16,
    mode: &str,
    trusted: &Certificates,
) -> Result<Done, Error> {
    let policy: Policy = policy(Strategy::Single);
    let authority = trusted.authority_file.display();
    let connection = format!(
        "postgresql://{ADMIN}:{ADMIN_PASSWORD}@127.0.0.1:{port}/postgres?sslmode={mode}&sslrootcert={authority}"
    );
    bench.put(ADMIN_SECRET, &connection).await;
    let done = bench.rotate(&policy, &now()).await;
    bench.insist_that_one_works(&policy, mode).await;
    done
}

#[tokio::test]
async fn a_server_of_another_authority_gets_nothing_in_any_mode() {
    let own = Certificates::new(&["127.0.0.1"]);
    let other = Certificates::new(&["127.0.0.1"]);
    let bench = Bench::new().await;
    let port = tls_door::open(bench.server.port(), &own).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let done = rotate(&bench, port, mode, &own).await;
        assert!(matches!(done, Ok(Done::Rotated { .. })), "{mode}: {done:?}");
        let error = rotate(&bench, port, mode, &other).await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{mode}: {error}");
    }
    // Whoever may not speak without TLS is not let in, and nothing is changed.
    let done = rotate(&bench, port, "disable", &own).await;
    assert!(matches!(done, Err(Error::Stopped { .. })), "{done:?}");
}

#[tokio::test]
async fn a_server_with_another_name_gets_nothing_in_any_mode() {
    let misnamed = Certificates::new(&["elsewhere.example"]);
    let bench = Bench::new().await;
    let port = tls_door::open(bench.server.port(), &misnamed).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = rotate(&bench, port, mode, &misnamed).await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{mode}: {error}");
    }
}
