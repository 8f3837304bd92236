//! What Terraform stores: settled, changed, imported, moved, upgraded.

use std::fs;

use serde_json::{Value, json};

use super::scene::Scene;

#[test]
fn a_block_an_attribute_and_a_value_of_every_kind_settle() {
    let scene = Scene::new(
        r#"
        resource "corner_ward" "w" {
          name              = "north"
          secret_wo         = "hunter2"
          secret_wo_version = 1
          budget            = 0.1
          words             = ["b", "a", "b"]
          labels            = { a = "1", "" = "empty" }
          anything          = { list = [1, "two", null], deep = { yes = true } }
          leader            = { name = "Ada", age = null }
          bed {
            patient = "x"
            note_wo = "hunter3"
          }
          bed {
            patient = "y"
          }
          visitor {
            name = "v"
          }
          visitor {
            name = "w"
          }
          door "front" {
            open = true
          }
          timeouts {
            create = "60m"
          }
        }
        data "corner_view" "all" {
          depends_on = [corner_ward.w]
        }
        output "names" {
          value = data.corner_view.all.names
        }
        "#,
    );
    scene.apply();
    assert!(scene.is_settled());
    let attributes = scene.attributes();
    assert_eq!(attributes["words"], json!(["a", "b"]));
    assert_eq!(attributes["bed"][1]["number"], 2);
    assert_eq!(attributes["secret_wo"], Value::Null);
    assert_eq!(
        scene.ok(&["output", "-json", "names"]).trim(),
        "[\"north\"]"
    );
    assert!(!scene.state_text().contains("hunter"));
    scene.ok(&["destroy", "-auto-approve"]);
    assert!(scene.notes().contains(&"delete north".to_owned()));
}

#[test]
fn a_change_updates_or_replaces() {
    let config = |name: &str, floor: &str| {
        format!("resource \"corner_ward\" \"w\" {{\n  name = {name:?}\n  floor = {floor:?}\n}}\n")
    };
    let scene = Scene::new(&config("north", "first"));
    scene.apply();
    scene.change(&config("north", "second"));
    scene.apply();
    assert_eq!(scene.attributes()["revision"], 2);
    scene.change(&config("south", "second"));
    let planned = scene.ok(&["plan", "-no-color"]);
    assert!(planned.contains("forces replacement"), "{planned}");
    scene.apply();
    assert_eq!(scene.attributes()["id"], "ward-south");
    // One that was taken away outside is made again.
    fs::remove_file(scene.folder.path().join("south.ward")).unwrap();
    assert!(!scene.is_settled());
    scene.apply();
    assert!(scene.is_settled());
}

#[test]
fn an_import_stores_no_write_only_value() {
    let scene = Scene::new(
        r#"
        import {
          to = corner_ward.w
          id = "north"
        }
        resource "corner_ward" "w" {
          name      = "north"
          secret_wo = "hunter2"
        }
        "#,
    );
    fs::write(scene.folder.path().join("north.ward"), "old").unwrap();
    scene.apply();
    assert_eq!(scene.attributes()["secret_wo"], Value::Null);
    assert!(!scene.state_text().contains("mistake"));
    assert!(scene.is_settled());

    let missing = Scene::new(
        r#"
        import {
          to = corner_ward.w
          id = "south"
        }
        resource "corner_ward" "w" {
          name = "south"
        }
        "#,
    );
    let said = missing.fails(&["apply", "-auto-approve"]);
    assert!(said.contains("non-existent remote object"), "{said}");
}

#[test]
fn a_move_from_another_type_stores_no_write_only_value() {
    let scene = Scene::new("resource \"corner_cot\" \"c\" {\n  title = \"north\"\n}\n");
    scene.apply();
    scene.change(
        r#"
        moved {
          from = corner_cot.c
          to   = corner_ward.w
        }
        resource "corner_ward" "w" {
          name = "north"
        }
        "#,
    );
    scene.apply();
    assert_eq!(scene.attributes()["name"], "north");
    assert!(!scene.state_text().contains("mistake"));
    assert!(scene.is_settled());
}

#[test]
fn old_state_is_upgraded_without_a_write_only_value_and_newer_state_refused() {
    let scene = Scene::new("resource \"corner_ward\" \"w\" {\n  name = \"north\"\n}\n");
    scene.apply();
    let made: Value = serde_json::from_str(&scene.state_text()).unwrap();
    let store = |version: u64, attributes: Value| {
        let mut state = made.clone();
        let instance = &mut state["resources"][0]["instances"][0];
        instance["schema_version"] = version.into();
        instance["attributes"] = attributes;
        fs::write(scene.state_file(), state.to_string()).unwrap();
    };
    store(0, json!({ "title": "north" }));
    scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
    assert_eq!(scene.attributes()["name"], "north");
    assert!(!scene.state_text().contains("mistake"));
    scene.apply();
    assert!(scene.is_settled());

    store(2, json!({ "name": "north" }));
    let said = scene.fails(&["plan"]);
    assert!(
        said.contains("newer") || said.contains("version 2"),
        "{said}"
    );
}
