//! The stores, and the services behind them.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coffer_backend::aws::{AwsSettings, ParameterStore, SecretsManager};
use coffer_backend::{
    GoogleSettings, GoogleStore, Patience, SecretStore, VaultLogin, VaultSettings, VaultStore,
};
use coffer_vault::{PutRequest, Secret, SecretName};
use xtask::faults::{Fault, FaultProxy, Request};
use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

use crate::google_server::Server;

/// How often a request is repeated.
pub(crate) const RETRIES: u32 = 2;

/// How patient the stores are here.
const PATIENCE: Patience = Patience {
    retries: RETRIES,
    attempt: Duration::from_secs(3),
    total: Duration::from_secs(10),
};

static OPENBAO: LazyLock<OpenBao> = LazyLock::new(|| OpenBao::start().unwrap());
static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap());
static GOOGLE: LazyLock<Server> = LazyLock::new(Server::start);

/// A store and how its service speaks.
pub(crate) struct Subject {
    /// The service's URL.
    url: String,
    /// A store on the service at a URL.
    make: fn(&str) -> Box<dyn SecretStore>,
    /// What is part of the operation that reads a value.
    reads: &'static str,
    /// What is part of the operation that stores one.
    writes: &'static str,
    /// The service's answer to who asks too often.
    pub(crate) throttled: (u16, &'static str),
    /// Its answer to who is logged in no more.
    pub(crate) expired: (u16, &'static str),
}

impl Subject {
    /// The store on another URL.
    pub(crate) fn at(&self, url: &str) -> Box<dyn SecretStore> {
        (self.make)(url)
    }

    /// The store without a fault.
    pub(crate) fn sound(&self) -> Box<dyn SecretStore> {
        self.at(&self.url)
    }

    /// A secret that no other test has, with a value.
    pub(crate) async fn stored(&self, value: &str) -> SecretName {
        static NAMES: AtomicU64 = AtomicU64::new(0);
        let number = NAMES.fetch_add(1, Ordering::Relaxed);
        let name = SecretName::parse(&format!("faults/{}/{number}", std::process::id())).unwrap();
        let request = PutRequest::new(Secret::copy_from(value.as_bytes()));
        self.sound().put(&name, request).await.unwrap();
        name
    }

    /// The store behind a proxy: the reading requests, counted from 0, have the fates that `fate` says.
    pub(crate) fn reading(
        &self,
        fate: impl Fn(usize) -> Fault + Send + Sync + 'static,
    ) -> (Box<dyn SecretStore>, Behind) {
        self.behind(self.reads, fate)
    }

    /// The same for the requests that store a value.
    pub(crate) fn writing(
        &self,
        fate: impl Fn(usize) -> Fault + Send + Sync + 'static,
    ) -> (Box<dyn SecretStore>, Behind) {
        self.behind(self.writes, fate)
    }

    fn behind(
        &self,
        part: &'static str,
        fate: impl Fn(usize) -> Fault + Send + Sync + 'static,
    ) -> (Box<dyn SecretStore>, Behind) {
        let count = AtomicU64::new(0);
        let decide = move |request: &Request| {
            if !request.operation().contains(part) {
                return Fault::None;
            }
            let before = count.fetch_add(1, Ordering::SeqCst);
            fate(usize::try_from(before).unwrap())
        };
        let proxy = FaultProxy::start(&self.url, decide).unwrap();
        (self.at(&proxy.url()), Behind { proxy, part })
    }
}

/// A proxy, and the requests that it is there for.
pub(crate) struct Behind {
    proxy: FaultProxy,
    part: &'static str,
}

impl Behind {
    /// How many of the requests came.
    pub(crate) fn count(&self) -> usize {
        let seen = self.proxy.seen();
        seen.iter().filter(|it| it.contains(self.part)).count()
    }
}

/// HashiCorp Vault's protocol: a real OpenBao.
pub(crate) fn vault() -> Subject {
    Subject {
        url: OPENBAO.url(),
        make: |url| {
            Box::new(VaultStore::new(VaultSettings {
                address: Some(url.to_owned()),
                login: Some(VaultLogin::Token(
                    Secret::copy_from(ROOT_TOKEN.as_bytes()).into(),
                )),
                kv_version: Some(2),
                patience: PATIENCE,
                ..VaultSettings::default()
            }))
        },
        reads: "GET /v1/secret/data/",
        writes: "POST /v1/secret/data/",
        throttled: (429, r#"{"errors":["fake: request rate limit exceeded"]}"#),
        expired: (403, r#"{"errors":["permission denied", "invalid token"]}"#),
    }
}

fn aws_settings(url: &str) -> AwsSettings {
    AwsSettings {
        region: Some("us-east-1".to_owned()),
        endpoint: Some(url.to_owned()),
        access_key: Some("test".to_owned()),
        secret_key: Some(Secret::copy_from(b"test")),
        max_attempts: Some(RETRIES + 1),
        attempt_limit: Some(PATIENCE.attempt),
        call_limit: Some(PATIENCE.total),
        ..AwsSettings::default()
    }
}

/// AWS Secrets Manager: moto.
pub(crate) fn aws() -> Subject {
    Subject {
        url: MOTO.url(),
        make: |url| Box::new(SecretsManager::new(aws_settings(url))),
        reads: "GetSecretValue",
        writes: "PutSecretValue",
        throttled: (
            400,
            r#"{"__type":"ThrottlingException","message":"fake: Rate exceeded"}"#,
        ),
        expired: (
            400,
            r#"{"__type":"ExpiredTokenException","message":"fake: the token has expired"}"#,
        ),
    }
}

/// The Parameter Store: moto.
pub(crate) fn ssm() -> Subject {
    Subject {
        make: |url| Box::new(ParameterStore::new(aws_settings(url))),
        reads: "GetParameter",
        writes: "PutParameter",
        ..aws()
    }
}

/// Google Secret Manager: a server that keeps to the REST reference.
pub(crate) fn google() -> Subject {
    Subject {
        url: GOOGLE.url.clone(),
        make: |url| {
            Box::new(GoogleStore::new(GoogleSettings {
                endpoint: Some(url.to_owned()),
                patience: PATIENCE,
                ..GOOGLE.settings()
            }))
        },
        reads: ":access",
        writes: ":addVersion",
        throttled: (
            429,
            r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"fake: quota exceeded"}}"#,
        ),
        expired: (
            401,
            r#"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"fake: the token has expired"}}"#,
        ),
    }
}
