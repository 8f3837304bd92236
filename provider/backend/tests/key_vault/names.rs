//! Names that differ only in case: two secrets to coffer, and one to Key Vault.

use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::{MetadataChange, VersionSelector};

use crate::{in_ten_days, name, read, request, started};

const CURRENT: VersionSelector = VersionSelector::Current;

#[tokio::test]
async fn a_name_in_another_case_neither_reads_nor_changes_the_secret() {
    for (own, other) in [("prod/db", "prod/DB"), ("Prod", "prod"), ("db", "Db")] {
        let (_server, store) = started();
        let (own, other) = (name(own), name(other));
        store.put(&own, request("fake-own")).await.unwrap();
        let refusals = [
            store.get(&other, CURRENT).await.err(),
            store.put(&other, request("fake-other")).await.err(),
            store.metadata(&other).await.err(),
            store.update(&other, MetadataChange::default()).await.err(),
            store.delete(&other, in_ten_days()).await.err(),
            store.purge(&other).await.err(),
        ];
        for (at, refusal) in refusals.into_iter().enumerate() {
            let refusal = refusal.unwrap_or_else(|| panic!("call {at} on {other}"));
            assert_eq!(refusal.kind(), ErrorKind::Invalid, "call {at}: {refusal}");
            assert!(refusal.to_string().contains(own.as_str()), "{refusal}");
        }
        assert_eq!(read(&store, &own, CURRENT).await, "fake-own");
        assert_eq!(store.versions(&own).await.unwrap().len(), 1);

        store.delete(&own, in_ten_days()).await.unwrap();
        assert!(store.restore(&other).await.is_err());
        assert!(store.purge(&other).await.is_err());
        assert!(store.metadata(&other).await.is_err());
        store.restore(&own).await.unwrap();
        assert_eq!(read(&store, &own, CURRENT).await, "fake-own");
    }
}

#[tokio::test]
async fn a_secret_of_another_program_is_read_in_any_case_and_listed_as_coffer_writes_it() {
    let (server, store) = started();
    server
        .official_client(&["write", "DbPassword", "fake-theirs"])
        .unwrap();
    for spelled in ["DbPassword", "dbpassword"] {
        assert_eq!(read(&store, &name(spelled), CURRENT).await, "fake-theirs");
    }
    let ours = name("dbpassword");
    store.put(&ours, request("fake-ours")).await.unwrap();
    // Whatever another program stores later, the name stays.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    server
        .official_client(&["write", "DbPassword", "fake-later"])
        .unwrap();
    assert!(store.get(&name("DbPassword"), CURRENT).await.is_err());
    assert_eq!(read(&store, &ours, CURRENT).await, "fake-later");
    let listed = store.list("db").await.unwrap();
    let names: Vec<&str> = listed.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["dbpassword"]);
}
