//! `docs/threat-model.md` names the tests that hold its promises: each must exist.

use std::path::Path;

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let mut named = 0;
    for line in page.lines().filter(|line| line.starts_with("- `")) {
        let mut quoted = line.split('`').skip(1).step_by(2);
        let file = quoted.next().unwrap();
        let code = std::fs::read_to_string(root.join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        for test in quoted {
            assert!(
                code.contains(&format!("fn {test}(")),
                "{file} has no test {test}"
            );
            named += 1;
        }
    }
    assert!(named > 30, "only {named} tests are named");
}
