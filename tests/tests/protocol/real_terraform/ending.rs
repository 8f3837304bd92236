//! Runs that fail, time out, panic, are interrupted or killed.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::scene::{Scene, WAITING, printed};
use crate::corner::WORDS_OF_A_PANIC;

#[test]
fn what_a_failed_apply_leaves_open_is_closed_all_the_same() {
    let scene = Scene::new(
        r#"
        ephemeral "corner_pass" "p" {
          name = "ada"
        }
        resource "corner_ward" "w" {
          name      = "north"
          secret_wo = ephemeral.corner_pass.p.token
          mode      = "fail"
        }
        "#,
    );
    let said = scene.fails(&["apply", "-auto-approve"]);
    assert!(
        said.contains("Failed") && said.contains("mode = \"fail\""),
        "{said}"
    );
    let count = |wanted: &str| scene.notes().iter().filter(|note| *note == wanted).count();
    assert_eq!(count("open ada"), 2);
    assert_eq!(count("close ada"), 2);
}

#[test]
fn a_timeouts_block_ends_what_takes_too_long() {
    let scene = Scene::new(
        r#"
        resource "corner_ward" "w" {
          name = "north"
          mode = "wait"
          timeouts {
            create = "100ms"
          }
        }
        "#,
    );
    let said = scene.fails(&["apply", "-auto-approve"]);
    assert!(said.contains("Gave up"), "{said}");
}

#[test]
fn an_interrupt_stops_a_slow_operation_and_nothing_is_lost() {
    let scene = Scene::new(WAITING);
    let terraform = scene
        .project
        .command(&["apply", "-auto-approve", "-no-color"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    scene.until("create north waits");
    let id = Pid::from_raw(terraform.id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let output = terraform.wait_with_output().unwrap();
    assert!(!output.status.success());
    let said = printed(&output);
    assert!(
        said.contains("Gave up") && said.contains("interrupted in time"),
        "{said}"
    );
    let notes = scene.notes();
    assert!(
        notes.contains(&"create north was interrupted".to_owned()),
        "{notes:?}"
    );
    assert_eq!(notes[notes.len() - 2..], ["close ada", "farewell"]);
}

#[test]
fn when_terraform_is_killed_the_provider_interrupts_its_work_closes_what_is_open_and_ends() {
    let scene = Scene::new(WAITING);
    let mut terraform = scene
        .project
        .command(&["apply", "-auto-approve"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    scene.until("create north waits");
    terraform.kill().unwrap();
    terraform.wait().unwrap();
    let last = || scene.notes().last().cloned();
    while last().as_deref() != Some("farewell") {
        std::thread::sleep(Duration::from_millis(20));
    }
    let notes = scene.notes();
    for note in ["create north was interrupted", "close ada"] {
        assert!(notes.iter().any(|own| own == note), "{notes:?}");
    }
}

#[test]
fn a_panic_is_told_without_its_words_even_in_the_log() {
    let scene =
        Scene::new("resource \"corner_ward\" \"w\" {\n  name = \"north\"\n  mode = \"panic\"\n}\n");
    let log = scene.project.outside("log");
    let output = scene
        .project
        .command(&["apply", "-auto-approve", "-no-color"])
        .env("TF_LOG", "TRACE")
        .env("TF_LOG_PATH", &log)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = printed(&output);
    assert!(said.contains("ApplyResourceChange panicked"), "{said}");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("mode.rs"));
    for text in [said, log] {
        assert!(!text.contains(WORDS_OF_A_PANIC));
    }
}
