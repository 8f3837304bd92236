//! Terragrunt: what is included, and what is generated.

use crate::workspace::Workspace;

const MODULE: &str = "variable \"login\" {\n  sensitive = true\n}\n\nresource \"aws_db_instance\" \"d\" {\n  password_wo = var.login\n}\n";

/// Files of found credentials, the way that each took, and its line.
fn found(root: (&str, &str), child: &str) -> Vec<(String, usize, Vec<String>)> {
    let files = [
        root,
        ("live/shop/terragrunt.hcl", child),
        ("module/main.tf", MODULE),
    ];
    Workspace::new(&files)
        .find(&["credentials"])
        .into_iter()
        .map(|found| (found.file, found.line, found.hops))
        .collect()
}

#[test]
fn inputs_of_an_included_file_go_into_the_module() {
    let root = "inputs = {\n  login = \"Tr0ub4dor\"\n}\n";
    for (name, path) in [
        ("root.hcl", "find_in_parent_folders(\"root.hcl\")"),
        ("terragrunt.hcl", "find_in_parent_folders()"),
        ("terragrunt.hcl", "\"${find_in_parent_folders()}\""),
        ("live/all.hcl", "\"../all.hcl\""),
    ] {
        let child = format!(
            "include \"root\" {{\n  path = {path}\n}}\n\nterraform {{\n  source = \"../../module\"\n}}\n"
        );
        let wanted = (name.to_owned(), 2, vec!["module-input".to_owned()]);
        assert_eq!(found((name, root), &child), [wanted], "{path}");
    }
}

#[test]
fn a_file_reads_locals_of_what_it_includes() {
    let root = "locals {\n  word = \"Tr0ub4dor\"\n}\n";
    for (label, name) in [("\"root\" ", "include.root"), ("", "include")] {
        let child = format!(
            "include {label}{{\n  path   = find_in_parent_folders(\"root.hcl\")\n  expose = true\n}}\n\nterraform {{\n  source = \"../../module//.\"\n}}\n\ninputs = {{\n  login = {name}.locals.word\n}}\n"
        );
        let hops = ["local", "module-input"].map(str::to_owned).to_vec();
        assert_eq!(
            found(("root.hcl", root), &child),
            [("root.hcl".to_owned(), 2, hops)],
            "{name}"
        );
    }
}

#[test]
fn what_is_not_included_is_not_followed() {
    let root = "inputs = {\n  login = \"Tr0ub4dor\"\n}\n";
    let child = "terraform {\n  source = \"../../module\"\n}\n";
    assert_eq!(found(("root.hcl", root), child), []);
    let elsewhere = "include {\n  path = find_in_parent_folders(\"other.hcl\")\n}\nterraform {\n  source = \"../../module\"\n}\n";
    assert_eq!(found(("root.hcl", root), elsewhere), []);
}

#[test]
fn generated_code_is_looked_at() {
    let root = "generate \"provider\" {\n  path      = \"provider.tf\"\n  if_exists = \"overwrite\"\n  contents  = <<EOF\nprovider \"postgresql\" {\n  host     = \"db\"\n  password = \"kHJ4fake7Axf21\"\n}\nEOF\n}\n";
    let found = found(("root.hcl", root), "");
    let places: Vec<(&str, usize)> = found
        .iter()
        .map(|(file, line, _)| (file.as_str(), *line))
        .collect();
    assert_eq!(places, [("root.hcl", 7)]);
}
