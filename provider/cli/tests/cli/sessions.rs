//! Whole sessions with their output: `tests/cmd/*.trycmd`. `TRYCMD=overwrite` writes the output of today into them.

#[test]
fn sessions_read_as_they_did() {
    let cases = trycmd::TestCases::new();
    cases.env("COFFER_KEY_FILE", "vault.key");
    for variable in [
        "COFFER_VAULT_FILE",
        "COFFER_PASSPHRASE",
        "COFFER_TOKEN",
        "COFFER_ROLE_ID",
        "COFFER_SECRET_ID",
        "COFFER_AUDIT_FILE",
        "COFFER_AUDIT_SINK",
        "COFFER_WEBHOOK_KEY",
        "COFFER_REASON",
    ] {
        cases.env(variable, "");
    }
    cases.case("tests/cmd/*.trycmd");
}
