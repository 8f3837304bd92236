//! KV engines of one OpenBao server, which all tests share.

use std::sync::LazyLock;

use coffer_backend::{VaultLogin, VaultSettings, VaultStore};
use coffer_vault::Secret;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

use crate::subject::Subject;

static SERVER: LazyLock<OpenBao> = LazyLock::new(|| {
    let server = OpenBao::start().unwrap();
    let mounted = server.bao(&["secrets", "enable", "-path=kv1", "-version=1", "kv"]);
    mounted.unwrap().unwrap();
    server
});

fn settings() -> VaultSettings {
    let token = Secret::copy_from(ROOT_TOKEN.as_bytes());
    VaultSettings {
        address: Some(SERVER.url()),
        login: Some(VaultLogin::Token(token.into())),
        ..VaultSettings::default()
    }
}

/// KV v2, found out.
#[allow(
    clippy::unused_async,
    reason = "other stores have something to wait for"
)]
pub(crate) async fn version_2() -> Subject {
    Subject::new(VaultStore::new(settings()), ())
}

/// KV v1, as the settings say it: what it can do is asked for before the first request.
#[allow(
    clippy::unused_async,
    reason = "other stores have something to wait for"
)]
pub(crate) async fn version_1() -> Subject {
    let settings = VaultSettings {
        mount: "kv1".to_owned(),
        kv_version: Some(1),
        ..settings()
    };
    Subject::new(VaultStore::new(settings), ())
}
