//! The gatherer in front of a store that counts how it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A store of one value under every name, which counts how it is asked and batches or not.
struct Counting {
    batches: bool,
    gets: AtomicUsize,
    batched: AtomicUsize,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl Counting {
    fn new(batches: bool) -> Arc<Self> {
        Arc::new(Self {
            batches,
            gets: AtomicUsize::new(0),
            batched: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }
}

fn nothing<T>() -> Result<T> {
    Err(Error::Stopped)
}

#[async_trait]
impl SecretStore for Counting {
    fn kind(&self) -> &'static str {
        "aws"
    }

    fn capabilities(&self) -> Capabilities {
        let batch_read = if self.batches {
            Support::Native
        } else {
            Support::Missing
        };
        Capabilities {
            batch_read,
            ..Capabilities::ALL
        }
    }

    async fn get(&self, name: &SecretName, _: VersionSelector) -> Result<SecretVersion> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(under_way, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        if name.as_str() == "missing" {
            return Err(Error::NotFound {
                system: "a test",
                name: name.clone(),
            });
        }
        let version = VersionMetadata::new(name.clone(), 1, Timestamp::now());
        Ok(SecretVersion::new(
            Secret::copy_from(name.as_str().as_bytes()),
            version,
        ))
    }

    async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        self.batched.fetch_add(1, Ordering::SeqCst);
        let mut answers = Vec::new();
        for (name, which) in wanted {
            answers.push(self.get(name, *which).await);
        }
        Ok(answers)
    }

    async fn put(&self, name: &SecretName, _: PutRequest) -> Result<VersionMetadata> {
        Ok(VersionMetadata::new(name.clone(), 2, Timestamp::now()))
    }

    async fn metadata(&self, _: &SecretName) -> Result<SecretMetadata> {
        nothing()
    }

    async fn version_metadata(
        &self,
        _: &SecretName,
        _: VersionSelector,
    ) -> Result<VersionMetadata> {
        nothing()
    }

    async fn versions(&self, _: &SecretName) -> Result<Vec<VersionMetadata>> {
        nothing()
    }

    async fn list(&self, _: &str) -> Result<Vec<SecretMetadata>> {
        nothing()
    }

    async fn update(&self, _: &SecretName, _: MetadataChange) -> Result<SecretMetadata> {
        nothing()
    }

    async fn promote(&self, _: &SecretName, _: u64, _: MetadataChange) -> Result<SecretMetadata> {
        nothing()
    }

    async fn unstage(&self, _: &SecretName, _: Stage) -> Result<SecretMetadata> {
        nothing()
    }

    async fn set_enabled(&self, _: &SecretName, _: u64, _: bool) -> Result<VersionMetadata> {
        nothing()
    }

    async fn destroy(&self, _: &SecretName, _: &[u64]) -> Result<Vec<VersionMetadata>> {
        nothing()
    }

    async fn delete(&self, _: &SecretName, _: Timestamp) -> Result<SecretMetadata> {
        nothing()
    }

    async fn restore(&self, _: &SecretName) -> Result<SecretMetadata> {
        nothing()
    }

    async fn purge(&self, _: &SecretName) -> Result<()> {
        nothing()
    }
}

fn name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}

async fn read(store: &GatheredReads, names: &[String]) -> Vec<Result<SecretVersion>> {
    let names: Vec<_> = names.iter().map(|it| name(it)).collect();
    join_all(
        names
            .iter()
            .map(|name| store.get(name, VersionSelector::Current)),
    )
    .await
}

#[tokio::test]
async fn reads_at_the_same_time_share_round_trips_and_get_each_its_own_answer() {
    let counting = Counting::new(true);
    let store = GatheredReads::new(counting.clone(), 8, None);
    let mut names: Vec<_> = (0..30).map(|number| format!("s{number}")).collect();
    names.push("missing".to_owned());
    let answers = read(&store, &names).await;
    for (name, answer) in names.iter().zip(&answers) {
        match answer {
            Ok(found) => assert_eq!(found.value.danger_expose(), name.as_bytes()),
            Err(error) => assert!(error.is_missing_secret() && name == "missing"),
        }
    }
    assert!(counting.batched.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn the_same_value_is_asked_for_once_and_kept_only_if_that_is_wanted() {
    for (keep_for, asked_for) in [(None, 2), (Some(Duration::from_secs(60)), 1)] {
        let counting = Counting::new(false);
        let store = GatheredReads::new(counting.clone(), 8, keep_for);
        let names = vec!["same".to_owned(); 10];
        assert!(read(&store, &names).await.iter().all(Result::is_ok));
        assert!(read(&store, &names).await.iter().all(Result::is_ok));
        assert_eq!(counting.gets.load(Ordering::SeqCst), asked_for);
    }
}

#[tokio::test]
async fn a_write_ends_what_is_kept() {
    let counting = Counting::new(false);
    let store = GatheredReads::new(counting.clone(), 8, Some(Duration::from_secs(60)));
    let names = ["same".to_owned()];
    read(&store, &names).await;
    let put = PutRequest::new(Secret::copy_from(b"fake"));
    store.put(&name("same"), put).await.unwrap();
    read(&store, &names).await;
    assert_eq!(counting.gets.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_asked_for_after_a_write_is_not_answered_by_a_read_from_before() {
    let counting = Counting::new(false);
    let store = GatheredReads::new(counting.clone(), 8, Some(Duration::from_secs(60)));
    let same = name("same");
    let early = store.get(&same, VersionSelector::Current);
    let late = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let put = PutRequest::new(Secret::copy_from(b"fake"));
        store.put(&same, put).await.unwrap();
        store.get(&same, VersionSelector::Current).await
    };
    let (early, late) = tokio::join!(early, late);
    assert!(early.is_ok() && late.is_ok());
    assert_eq!(counting.gets.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
    let counting = Counting::new(false);
    let store = GatheredReads::new(counting.clone(), 3, None);
    let wanted: Vec<_> = (0..12).map(|number| name(&format!("s{number}"))).collect();
    let wanted: Vec<_> = wanted
        .into_iter()
        .map(|name| (name, VersionSelector::Current))
        .collect();
    let answers = store.get_many(&wanted).await.unwrap();
    assert!(answers.iter().all(Result::is_ok));
    assert!(counting.most.load(Ordering::SeqCst) <= 3);
}
