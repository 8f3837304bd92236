//! A value is followed from its literal to its sink.

use crate::workspace::{Workspace, credentials};

const SINK: &str = "resource \"aws_db_instance\" \"d\" {\n  username = \"app\"\n  password = ";

/// The expression, put into a password, is found; the rest is the surroundings.
fn flows(expression: &str, rest: &str) {
    let text = format!("{SINK}{expression}\n}}\n{rest}");
    assert_eq!(credentials("main.tf", &text).len(), 1, "{text}");
}

fn silent(expression: &str, rest: &str) {
    let text = format!("{SINK}{expression}\n}}\n{rest}");
    assert_eq!(credentials("main.tf", &text), [], "{text}");
}

#[test]
fn through_locals_and_collections() {
    flows(
        "local.a",
        "locals {\n  a = local.b\n  b = \"Tr0ub4dor\"\n}\n",
    );
    flows(
        "local.m.x[0]",
        "locals {\n  m = { x = [\"Tr0ub4dor\"] }\n}\n",
    );
    flows(
        "local.m[\"x\"]",
        "locals {\n  m = { x = \"Tr0ub4dor\" }\n}\n",
    );
    flows(
        "lookup(local.m, \"x\", var.y)",
        "locals {\n  m = { x = \"Tr0ub4dor\" }\n}\n",
    );
    flows(
        "element(local.m, 0)",
        "locals {\n  m = [\"Tr0ub4dor\"]\n}\n",
    );
    flows(
        "merge(local.m, {}).x",
        "locals {\n  m = { x = \"Tr0ub4dor\" }\n}\n",
    );
}

#[test]
fn through_functions_and_conditions() {
    for expression in [
        "var.x != \"\" ? var.x : \"Tr0ub4dor\"",
        "coalesce(var.x, \"Tr0ub4dor\")",
        "try(var.x, \"Tr0ub4dor\")",
        "upper(\"Tr0ub4dor\")",
        "format(\"%s%s\", \"Tr0ub\", \"4dor\")",
        "base64decode(\"VHIwdWI0ZG9y\")",
        "replace(\"Tr0ub-4dor\", \"-\", \"\")",
        "sensitive(\"Tr0ub4dor\")",
        "[for x in [\"Tr0ub4dor\"] : x][0]",
    ] {
        flows(expression, "");
    }
}

#[test]
fn references_are_never_literals() {
    for expression in [
        "var.password",
        "data.vault_kv_secret_v2.x.data[\"password\"]",
        "random_password.x.result",
        "ephemeral.coffer_secret.x.value",
        "file(\"password.txt\")",
        "\"${var.prefix}-${var.suffix}\"",
        "null",
        "\"\"",
        "\"<password>\"",
        "\"your-password-here\"",
        "\"{{resolve:secretsmanager:x}}\"",
        "sha256(\"x\")",
    ] {
        silent(expression, "");
    }
}

#[test]
fn cycles_end() {
    silent("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n");
    silent("var.a", "variable \"a\" {\n  default = var.a\n}\n");
}

#[test]
fn explosions_are_bounded() {
    let mut text = String::from("locals {\n  l0 = [\"a\", \"b\"]\n");
    for n in 1..40 {
        text.push_str(&format!("  l{n} = concat(local.l{0}, local.l{0})\n", n - 1));
    }
    text.push_str("}\n");
    Workspace::new(&[("main.tf", text)]).find(&[]);
}

#[test]
fn through_modules_in_both_directions() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "module \"m\" {\n  source = \"./m\"\n  pw = \"Tr0ub4dor\"\n}\nresource \"aws_db_instance\" \"e\" {\n  password = module.m.out\n}\n",
        ),
        (
            "m/main.tf",
            "variable \"pw\" {}\noutput \"out\" {\n  value = \"0ut-Tr0ub4dor\"\n}\nresource \"aws_db_instance\" \"d\" {\n  password = var.pw\n}\n",
        ),
    ]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].file.as_str(), found[0].line), ("m/main.tf", 3));
    assert_eq!(found[0].hops, ["module-output"]);
    assert_eq!((found[1].file.as_str(), found[1].line), ("main.tf", 3));
    assert_eq!(found[1].hops, ["module-input"]);
}

#[test]
fn from_definition_files_of_a_folder_below() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "variable \"login\" {}\nresource \"aws_db_instance\" \"d\" {\n  password = var.login\n}\n",
        ),
        ("env/prod.tfvars", "login = \"Tr0ub4dor\"\n"),
    ]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(
        (found[0].rule.as_str(), found[0].file.as_str()),
        ("literal-in-tfvars", "env/prod.tfvars")
    );
}

#[test]
fn through_for_each_and_dynamic_blocks() {
    let text = "locals {\n  users = { app = { pw = \"Tr0ub4dor\" } }\n}\nresource \"aws_mq_broker\" \"b\" {\n  dynamic \"user\" {\n    for_each = local.users\n    content {\n      username = user.key\n      password = user.value.pw\n    }\n  }\n}\n";
    assert_eq!(credentials("main.tf", text), [(2, "Tr0ub4dor".to_owned())]);
}

#[test]
fn fingerprints_survive_moves_of_lines() {
    let workspace = Workspace::new(&[("main.tf", "")]);
    let fingerprint = |text: &str| {
        std::fs::write(workspace.path().join("main.tf"), text).unwrap();
        workspace.run(&["credentials"]).findings[0]
            .fingerprint
            .clone()
    };
    let text = format!("{SINK}\"Tr0ub4dor\"\n}}\n");
    let first = fingerprint(&text);
    assert_eq!(first, fingerprint(&format!("\n\n# moved\n{text}")));
    assert_ne!(first, fingerprint(&text.replace("Tr0ub4dor", "Tr0ub4dor2")));
}

#[test]
fn from_terragrunt_inputs_into_a_local_module() {
    let workspace = Workspace::new(&[
        (
            "live/terragrunt.hcl",
            "terraform {\n  source = \"../modules//db\"\n}\ninputs = {\n  login = \"Tr0ub4dor\"\n}\n",
        ),
        (
            "modules/db/main.tf",
            "variable \"login\" {}\nresource \"aws_db_instance\" \"d\" {\n  password = var.login\n}\n",
        ),
    ]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].file.as_str(), found[0].line),
        ("live/terragrunt.hcl", 5)
    );
}

#[test]
fn into_scripts_that_a_configuration_reads() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "resource \"aws_instance\" \"a\" {\n  user_data = file(\"${path.module}/setup.sh\")\n}\n",
        ),
        ("setup.sh", "#!/bin/sh\nexport DB_PASSWORD=Tr0ub4dor3\n"),
        ("unrelated.sh", "export DB_PASSWORD=Tr0ub4dor3\n"),
    ]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].file.as_str(), found[0].line), ("setup.sh", 2));
}
