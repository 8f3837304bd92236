//! OpenBao in place of the embedded vault: the same configuration with another provider block.

use coffer_tests::scenario::{AWS, ROTATED_PASSWORD, Scenario};
use serde_json::Value;
use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

const VAULT: &str = r#"
provider "coffer" {
  vault {}
}
"#;

fn stored(server: &OpenBao) -> String {
    let read = server.bao(&["kv", "get", "-format=json", "secret/prod/db"]);
    let read: Value = serde_json::from_str(&read.unwrap().unwrap()).unwrap();
    read["data"]["data"]["value"].as_str().unwrap().to_owned()
}

#[test]
fn a_secret_is_made_rotated_and_handed_over_without_a_trace() {
    let (server, moto) = (OpenBao::start().unwrap(), Moto::start().unwrap());
    let scenario = Scenario::with_aws(&moto)
        .env("BAO_ADDR", &server.url())
        .env("VAULT_ADDR", "http://127.0.0.1:9")
        .env("VAULT_TOKEN", ROOT_TOKEN);
    let round = |number: &str| {
        let text = ROTATED_PASSWORD.replace("ROUND", number);
        format!("{AWS}{VAULT}{text}")
    };
    scenario.configure_all(&round("1"));
    scenario.apply(&[]);
    let first = stored(&server);
    assert_eq!(moto.parameter("/prod/db").unwrap(), first);
    scenario.insist_on_an_empty_plan();

    scenario.change_all(&round("2"));
    scenario.apply(&[]);
    let second = stored(&server);
    assert_ne!(second, first);
    assert_eq!(moto.parameter("/prod/db").unwrap(), second);
    scenario.insist_on_an_empty_plan();
    for value in [first, second, ROOT_TOKEN.to_owned()] {
        scenario.insist_on_no_trace_of(&value);
    }
}
