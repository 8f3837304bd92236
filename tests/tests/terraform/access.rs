//! Limited keys: policies, tokens for one run, and what is left of them after a run that went wrong.

use coffer_tests::scenario::{LOCAL, Scenario, text};
use serde_json::Value;

/// A token for a second provider block, which reads with it.
fn with_token(more: &str) -> String {
    format!(
        r#"{LOCAL}
resource "coffer_policy" "reader" {{
  name = "reader"
  rule {{
    path         = "prod/*"
    capabilities = ["read", "list"]
  }}
}}

ephemeral "coffer_token" "reader" {{
  scopes   = [""]
  policies = [coffer_policy.reader.name]
  label    = "reader"
}}

provider "coffer" {{
  alias = "limited"
  local {{
    path  = "vault.db"
    token = ephemeral.coffer_token.reader.client_token
  }}
}}

ephemeral "coffer_secret" "db" {{
  provider = coffer.limited
  name     = "prod/db"
}}

resource "coffer_secret" "copy" {{
  name     = "copy"
  value_wo = ephemeral.coffer_secret.db.value
}}
{more}"#
    )
}

fn tokens(scenario: &Scenario) -> usize {
    let listed = scenario.coffer(&["token", "list", "--format", "json"], "");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed["tokens"].as_array().unwrap().len()
}

fn leases(scenario: &Scenario) -> usize {
    let listed = scenario.coffer(&["lease", "list", "--format", "json"], "");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed["leases"].as_array().unwrap().len()
}

#[test]
fn a_token_opens_what_it_was_granted_and_ends_with_the_run() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-limited-value");
    scenario.put("dev/db", "fake-other-value");
    scenario.configure_all(&with_token(""));
    scenario.apply(&["-target=coffer_policy.reader"]);
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("copy"), "fake-limited-value");
    scenario.insist_on_an_empty_plan();
    assert_eq!((tokens(&scenario), leases(&scenario)), (0, 0));

    scenario.change_all(&with_token("").replace("\"prod/db\"", "\"dev/db\""));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("The token may not read \"dev/db\""),
        "{refused}"
    );
    assert_eq!((tokens(&scenario), leases(&scenario)), (0, 0));
    scenario.insist_on_no_trace_of("fake-other-value");
}

#[test]
fn no_token_outlives_a_failed_run() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-limited-value");
    let failing_apply = r#"
resource "terraform_data" "failing" {
  depends_on = [coffer_secret.copy]
  input      = ephemeralasnull(ephemeral.coffer_token.reader.accessor)
  provisioner "local-exec" {
    command = "exit 3"
  }
}
"#;
    scenario.configure_all(&with_token(failing_apply));
    scenario.apply(&["-target=coffer_policy.reader"]);
    scenario.fails(&["apply", "-auto-approve"]);
    assert_eq!(
        (tokens(&scenario), leases(&scenario)),
        (0, 0),
        "after a failed apply"
    );

    let failing_condition = with_token("").replace(
        "  label    = \"reader\"\n",
        "  label    = \"reader\"\n  lifecycle {\n    postcondition {\n      condition     = self.accessor == \"x\"\n      error_message = \"it never is\"\n    }\n  }\n",
    );
    scenario.change_all(&failing_condition);
    scenario.fails(&["apply", "-auto-approve"]);
    assert_eq!(
        (tokens(&scenario), leases(&scenario)),
        (0, 0),
        "after a failed postcondition"
    );
}

/// A run that waits while the token is open.
const WAITING: &str = r#"
resource "terraform_data" "waiting" {
  depends_on = [coffer_secret.copy]
  input      = timestamp()
  provisioner "local-exec" {
    command     = "touch waiting; sleep 30"
    environment = { TOKEN = ephemeral.coffer_token.reader.accessor }
  }
}
"#;

#[test]
fn no_token_outlives_an_interrupt() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-limited-value");
    scenario.configure_all(&with_token(WAITING));
    scenario.apply(&["-target=coffer_policy.reader"]);
    let process = scenario.start_apply_until("waiting");
    assert!(
        tokens(&scenario) > 0,
        "a token is open while the apply waits"
    );
    let id = rustix::process::Pid::from_child(&process);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(!output.status.success(), "{}", text(&output));
    assert_eq!((tokens(&scenario), leases(&scenario)), (0, 0));
}

#[test]
fn a_token_of_a_killed_provider_ends_with_the_next_run() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-limited-value");
    scenario.configure_all(&with_token(WAITING));
    scenario.apply(&["-target=coffer_policy.reader"]);
    let mut process = scenario.start_apply_until("waiting");
    // Terraform and its providers at once, as when the machine's memory runs out.
    coffer_tests::processes::kill_children(process.id());
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(tokens(&scenario) > 0, "nobody has revoked it yet");

    scenario.change("data \"coffer_secret_names\" \"all\" {}\n");
    scenario.ok(&["plan"]);
    assert_eq!((tokens(&scenario), leases(&scenario)), (0, 0));
}

#[test]
fn a_plan_needs_no_right_to_read_when_reading_is_left_to_apply() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-planless-value");
    scenario.configure(
        r#"
ephemeral "coffer_secret" "db" {
  name    = "prod/db"
  open_on = "apply"
}

resource "coffer_secret" "copy" {
  name             = "copy"
  value_wo         = ephemeral.coffer_secret.db.value
  value_wo_version = 1
}
"#,
    );
    scenario.apply(&[]);
    let token = scenario.coffer(
        &[
            "token", "create", "--scope", "", "--allow", "list:*", "--ttl", "1h",
        ],
        "",
    );
    let token = token
        .split_whitespace()
        .find(|word| word.len() > 40)
        .unwrap()
        .to_owned();
    scenario.change_all(
        &std::fs::read_to_string(scenario.file("main.tf"))
            .unwrap()
            .replace("key_file = \"vault.key\"", &format!("token = \"{token}\""))
            .split_once("provider \"coffer\"")
            .map(|(_, rest)| format!("provider \"coffer\"{rest}"))
            .unwrap(),
    );
    scenario.insist_on_an_empty_plan();
    let plain = std::fs::read_to_string(scenario.file("main.tf")).unwrap();
    std::fs::write(
        scenario.file("main.tf"),
        plain.replace("open_on = \"apply\"", ""),
    )
    .unwrap();
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("The token may not read \"prod/db\""),
        "{refused}"
    );
    scenario.insist_on_no_trace_of(&token);
}

#[test]
fn policies_are_kept_in_step_and_imported() {
    let scenario = Scenario::new();
    let policy = |capabilities: &str| {
        format!(
            "resource \"coffer_policy\" \"it\" {{\n  name = \"it\"\n  rule {{\n    path = \"prod/*\"\n    capabilities = {capabilities}\n  }}\n}}\n"
        )
    };
    scenario.configure(&policy("[\"read\"]"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    scenario.coffer(
        &["policy", "write", "it", "--allow", "read,delete:prod/*"],
        "",
    );
    let actions = scenario.planned_actions(&[]);
    assert_eq!(
        actions,
        [("coffer_policy.it".to_owned(), "update".to_owned())]
    );
    scenario.apply(&[]);
    let shown = scenario.coffer(&["policy", "show", "it", "--format", "json"], "");
    assert!(!shown.contains("delete"), "{shown}");

    scenario.change(&policy("[\"raed\"]"));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("\"raed\" does not exist; there are create"),
        "{refused}"
    );

    scenario.change(&policy("[\"read\"]"));
    scenario.ok(&["state", "rm", "coffer_policy.it"]);
    scenario.ok(&["import", "coffer_policy.it", "it"]);
    scenario.insist_on_an_empty_plan();
    scenario.ok(&["destroy", "-auto-approve"]);
    assert!(
        !scenario
            .coffer(&["policy", "list", "--format", "json"], "")
            .contains("\"it\"")
    );
}

#[test]
fn a_copy_follows_its_source_and_reads_nothing_while_planning() {
    let scenario = Scenario::new();
    scenario.put("prod/db", r#"{"password": "fake-first-value"}"#);
    scenario.configure(
        "resource \"coffer_secret_copy\" \"app\" {\n  name   = \"app/password\"\n  source = \"prod/db\"\n  key    = \"password\"\n}\n",
    );
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("app/password"), "fake-first-value");
    let before = scenario.audit("get", "prod/db");
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.audit("get", "prod/db"), before);

    scenario.put("prod/db", r#"{"password": "fake-second-value"}"#);
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("app/password"), "fake-second-value");
    scenario.put("app/password", "fake-drifted-value");
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("app/password"), "fake-second-value");
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of("fake-second-value");
}

#[test]
fn a_revocation_takes_versions_out_of_use_once() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-first-value");
    scenario.put("prod/db", "fake-second-value");
    let revocation = |mode: &str, trigger: &str| {
        format!(
            "resource \"coffer_revocation\" \"it\" {{\n  name = \"prod/db\"\n  mode = \"{mode}\"\n  versions = [1]\n  triggers = {{ incident = \"{trigger}\" }}\n}}\n"
        )
    };
    scenario.configure(&revocation("disable", "1"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(
        scenario.state_of("coffer_revocation.it")["revoked_count"],
        1
    );
    let output = scenario
        .coffer_command(&["get", "prod/db", "--version", "1", "--reveal"])
        .output()
        .unwrap();
    assert!(text(&output).contains("is disabled"), "{}", text(&output));
    assert_eq!(scenario.value_of("prod/db"), "fake-second-value");
    scenario.change(&revocation("destroy", "2"));
    scenario.apply(&[]);
    let versions = scenario.coffer(&["versions", "prod/db", "--format", "json"], "");
    assert!(versions.contains("destroyed"), "{versions}");
}

#[test]
fn a_role_is_made_anew_when_what_it_may_do_changes() {
    let scenario = Scenario::new();
    scenario.put("prod/app/key", "fake-key-of-the-app");
    scenario.put("prod/db", "fake-password-of-the-db");
    let role = |path: &str| {
        format!(
            "resource \"coffer_access\" \"runner\" {{\n  name               = \"runner\"\n  scopes             = [\"\"]\n  secret_id_num_uses = 10\n\n  rule {{\n    path         = \"{path}\"\n    capabilities = [\"read\"]\n  }}\n}}\n"
        )
    };
    scenario.configure(&role("prod/app/*"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let first = scenario.state_of("coffer_access.runner")["role_id"].clone();
    let secret_id = scenario.coffer(&["role", "secret-id", "runner"], "");

    let read_as = |role_id: &Value, secret_id: &str, name: &str| {
        let mut command = scenario.coffer_command(&["get", name, "--reveal"]);
        command
            .env_remove("COFFER_KEY_FILE")
            .env("COFFER_ROLE_ID", role_id.as_str().unwrap())
            .env("COFFER_SECRET_ID", secret_id.trim());
        command.output().unwrap()
    };
    let read = read_as(&first, &secret_id, "prod/app/key");
    assert_eq!(
        String::from_utf8_lossy(&read.stdout).trim(),
        "fake-key-of-the-app"
    );
    assert!(!read_as(&first, &secret_id, "prod/db").status.success());

    scenario.change(&role("prod/db"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let second = scenario.state_of("coffer_access.runner")["role_id"].clone();
    assert_ne!(first, second);
    assert!(!read_as(&first, &secret_id, "prod/app/key").status.success());

    scenario.change("");
    scenario.apply(&[]);
    assert!(!scenario.coffer(&["role", "list"], "").contains("runner"));
}

/// A provider block whose vault is opened by `key`, and a resource that uses a value of it.
fn opened_by(key: &str, name: &str) -> String {
    format!(
        r#"
provider "coffer" {{
  local {{
    path = "vault.db"
{key}
  }}
}}

ephemeral "coffer_secret" "it" {{
  name = "{name}"
}}

resource "terraform_data" "uses" {{
  provisioner "local-exec" {{
    command     = "test -n \"$VALUE\""
    environment = {{ VALUE = ephemeral.coffer_secret.it.value }}
  }}
}}
"#
    )
}

#[test]
fn a_machine_logs_in_with_a_role_and_a_secret_id_that_is_an_ephemeral_value() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-role-value");
    scenario.put("dev/db", "fake-other-value");
    scenario.coffer(&["scope", "add", "prod/"], "");
    let role = scenario.coffer(
        &[
            "role",
            "create",
            "runner",
            "--scope",
            "prod/",
            "--secret-id-uses",
            "20",
        ],
        "",
    );
    let secret_id = scenario.coffer(&["role", "secret-id", "runner"], "");
    let secret_id = secret_id.trim().to_owned();
    let scenario = scenario.env("TF_VAR_secret_id", &secret_id);
    let login = format!(
        "    role_id = \"{}\"\n    secret_id = var.secret_id",
        role.trim()
    );
    let variable =
        "\nvariable \"secret_id\" {\n  type = string\n  sensitive = true\n  ephemeral = true\n}\n";
    scenario.configure_all(&(opened_by(&login, "prod/db") + variable));
    scenario.apply(&[]);
    assert!(scenario.audit("get", "prod/db") > 0);
    scenario.insist_on_no_trace_of("fake-role-value");
    scenario.insist_on_no_trace_of(&secret_id);

    scenario.change_all(&(opened_by(&login, "dev/db") + variable));
    let refused = scenario.fails(&["plan"]);
    assert!(refused.contains("dev/db"), "{refused}");
    scenario.insist_on_no_trace_of("fake-other-value");

    scenario.coffer(&["role", "delete", "runner"], "");
    scenario.change_all(&(opened_by(&login, "prod/db") + variable));
    let refused = scenario.fails(&["plan"]);
    assert!(refused.contains("coffer role secret-id"), "{refused}");
    scenario.insist_on_no_trace_of(&secret_id);
}

#[test]
fn a_roles_id_without_a_secret_id_is_refused_with_the_remedy() {
    let scenario = Scenario::new();
    scenario.configure_all(&opened_by("    role_id = \"0123456789abcdef\"", "prod/db"));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("A role's id opens nothing by itself"),
        "{refused}"
    );
    assert!(refused.contains("coffer role secret-id"), "{refused}");
}

#[test]
fn audit_sinks_get_every_row_and_without_them_nothing_is_handed_out() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-audited-value");
    let with_sink = |sink: &str| {
        let key = format!("    key_file = \"vault.key\"\n    audit_sinks = [\"{sink}\"]");
        opened_by(&key, "prod/db")
    };
    scenario.configure_all(&with_sink("file:audit.jsonl"));
    scenario.apply(&[]);
    let lines = std::fs::read_to_string(scenario.file("audit.jsonl")).unwrap();
    let reads = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|row| row["operation"] == "get" && row["items"][0]["name"] == "prod/db")
        .count();
    assert!(reads > 0, "{lines}");
    assert_eq!(reads, scenario.audit("get", "prod/db"));
    scenario.insist_on_no_trace_of("fake-audited-value");

    // A folder takes no lines.
    std::fs::create_dir(scenario.file("folder")).unwrap();
    scenario.change_all(&with_sink("file:folder"));
    let refused = scenario.fails(&["plan"]);
    assert!(refused.contains("folder"), "{refused}");
    scenario.change_all(&with_sink("fax:1234"));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("The audit sink is none of file:PATH"),
        "{refused}"
    );
}
