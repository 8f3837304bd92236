//! What the README shows, run.

use coffer_tests::scenario::Scenario;
use xtask::moto::Moto;
use xtask::programs;

#[test]
fn the_readmes_configuration_applies() {
    let readme = std::fs::read_to_string(programs::root().join("README.md")).unwrap();
    let shown = readme.split("```hcl\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto).env("AWS_REGION", "us-east-1");
    scenario.configure_all(shown);
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of(&scenario.value_of("prod/db"));
}
