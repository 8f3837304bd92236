//! What goes wrong with the vault, as whoever runs Terraform sees it: a cause, a remedy, and nothing lost.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use coffer_tests::scenario::{Scenario, text, unwrapped};

const STORE: &str = r#"
resource "coffer_secret" "db" {
  name     = "prod/db"
  value_wo = "fake-failing-value"
}
"#;

fn with_passphrase(passphrase: &str) -> String {
    format!(
        "provider \"coffer\" {{\n  local {{\n    path = \"vault.db\"\n    passphrase = \"{passphrase}\"\n  }}\n}}\n{STORE}"
    )
}

fn insist(printed: &str, parts: &[&str]) {
    for part in parts {
        assert!(printed.contains(part), "«{part}» is missing in:\n{printed}");
    }
}

#[test]
fn a_missing_vault_is_told_with_the_way_to_make_one() {
    let scenario = Scenario::without_vault();
    scenario.configure(STORE);
    let printed = scenario.fails(&["plan"]);
    insist(
        &printed,
        &[
            "There is no vault at vault.db",
            "`coffer init`",
            "coffer_secret.db",
        ],
    );
    assert!(!scenario.file("vault.db").exists(), "a plan makes no vault");
}

#[test]
fn a_wrong_passphrase_is_told_and_never_shown() {
    let scenario = Scenario::without_vault();
    let made = scenario
        .coffer_command(&["init"])
        .env_remove("COFFER_KEY_FILE")
        .env("COFFER_PASSPHRASE", "fake right passphrase")
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", text(&made));
    scenario.configure_all(&with_passphrase("fake right passphrase"));
    scenario.apply(&[]);
    scenario.change_all(&with_passphrase("fake wrong passphrase"));
    let printed = scenario.fails(&["plan"]);
    insist(&printed, &["does not open the vault", "COFFER_PASSPHRASE"]);
    for passphrase in ["fake wrong passphrase", "fake right passphrase"] {
        scenario.insist_on_no_trace_of(passphrase);
    }
    scenario.change_all(&with_passphrase("fake right passphrase"));
    scenario.insist_on_an_empty_plan();
}

#[test]
fn no_key_at_all_is_told_with_the_ways_to_give_one() {
    let scenario = Scenario::new();
    scenario.configure_all(&format!("provider \"coffer\" {{}}\n{STORE}"));
    let printed = scenario.fails(&["plan"]);
    insist(
        &printed,
        &["No key was given", "COFFER_KEY_FILE", "COFFER_PASSPHRASE"],
    );
}

#[test]
fn loose_permissions_are_refused_with_the_command_that_mends_them() {
    let scenario = Scenario::new();
    scenario.configure(STORE);
    fs::set_permissions(scenario.file("vault.db"), fs::Permissions::from_mode(0o644)).unwrap();
    insist(
        &scenario.fails(&["plan"]),
        &[
            "vault.db has mode 0644: other users",
            "Run `chmod 600 vault.db`",
        ],
    );
    fs::set_permissions(scenario.file("vault.db"), fs::Permissions::from_mode(0o600)).unwrap();
    scenario.apply(&[]);
}

#[test]
fn a_read_only_file_is_told_and_works_again_when_it_can_be_written() {
    // The permission bits do not bind the superuser.
    if rustix::process::geteuid().is_root() {
        return;
    }
    let scenario = Scenario::new();
    scenario.configure(STORE);
    fs::set_permissions(scenario.file("vault.db"), fs::Permissions::from_mode(0o400)).unwrap();
    insist(
        &scenario.fails(&["apply", "-auto-approve"]),
        &["cannot be written", "writable"],
    );
    fs::set_permissions(scenario.file("vault.db"), fs::Permissions::from_mode(0o600)).unwrap();
    scenario.apply(&[]);
}

#[test]
fn a_damaged_file_is_told_and_not_written() {
    let scenario = Scenario::new();
    scenario.configure(STORE);
    scenario.apply(&[]);
    let path = scenario.file("vault.db");
    let size = fs::metadata(&path).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    for page in 1..size / 4096 {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0x5a; 512]).unwrap();
    }
    drop(file);
    let before = fs::read(&path).unwrap();
    insist(&scenario.fails(&["plan"]), &["damaged", "coffer check"]);
    assert!(
        fs::read(&path).unwrap() == before,
        "the damaged file was changed"
    );

    fs::write(&path, b"this is no vault, and too short to be one").unwrap();
    insist(
        &scenario.fails(&["plan"]),
        &["is not a vault", "The file was not changed"],
    );
}

/// Values of some size, so that a few of them fill what is left.
const BIG: &str = r#"
resource "coffer_secret" "big" {
  count    = 8
  name     = "big/${count.index}"
  value_wo = join("", [for n in range(1000) : format("fake-value-%0100d", n)])
}
"#;

/// Applies [`BIG`] after `preparation` in the same shell.
fn apply_in_a_shell(scenario: &Scenario, preparation: &str) -> Output {
    let terraform = scenario.command(&["apply", "-auto-approve"]);
    let arguments: Vec<_> = terraform
        .get_args()
        .map(|it| it.to_string_lossy())
        .collect();
    let mut shell = Command::new("sh");
    shell
        .current_dir(scenario.folder())
        .args(["-c", &format!("{preparation}; exec terraform {}", arguments.join(" "))])
        .envs(terraform.get_envs().filter_map(|(name, value)| Some((name, value?))))
        // Nothing but the vault shall meet the limit.
        .env("TF_LOG", "");
    shell.output().unwrap()
}

fn insist_that_all_is_well_again(scenario: &Scenario) {
    assert_eq!(scenario.value_of("kept"), "fake-kept-value");
    scenario.coffer(&["check"], "");
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.names().len(), 9);
}

#[test]
fn a_limit_on_file_sizes_is_told_and_nothing_is_lost() {
    let scenario = Scenario::new();
    scenario.put("kept", "fake-kept-value");
    scenario.configure(BIG);
    let output = apply_in_a_shell(&scenario, "trap '' XFSZ; ulimit -f 1200");
    let printed = unwrapped(&text(&output));
    assert!(!output.status.success(), "{printed}");
    insist(
        &printed,
        &[
            "Cannot store the secret big/",
            "the vault vault.db",
            "limit on file sizes",
        ],
    );
    insist_that_all_is_well_again(&scenario);
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let scenario = Scenario::new();
    let small = scenario.file("small");
    fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=2500k,mode=700", "tmpfs"])
        .arg(&small)
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        // Only the superuser makes a small disk; the limit on file sizes above stands in for it elsewhere.
        return;
    }
    let _unmount = Unmount(small);
    for name in ["vault.db", "vault.key"] {
        let (here, there) = (scenario.file(name), scenario.file("small").join(name));
        fs::copy(&here, there).unwrap();
        fs::remove_file(&here).unwrap();
        std::os::unix::fs::symlink(Path::new("small").join(name), scenario.file(name)).unwrap();
    }
    scenario.put("kept", "fake-kept-value");
    scenario.configure(BIG);
    let output = apply_in_a_shell(&scenario, "head -c 1700000 /dev/zero > small/filler");
    let printed = unwrapped(&text(&output));
    assert!(!output.status.success(), "{printed}");
    insist(
        &printed,
        &[
            "Cannot store the secret big/",
            "No space is left",
            "Make room on the disk",
        ],
    );
    fs::remove_file(scenario.file("small/filler")).unwrap();
    insist_that_all_is_well_again(&scenario);
}

struct Unmount(PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

#[test]
fn four_applies_at_once_on_one_vault_lose_nothing() {
    const SECRETS: usize = 25;
    let one = Scenario::new();
    let mut all = vec![("a", one)];
    for prefix in ["b", "c", "d"] {
        all.push((prefix, Scenario::without_vault()));
    }
    let (file, key) = (all[0].1.file("vault.db"), all[0].1.file("vault.key"));
    for (prefix, scenario) in &all {
        scenario.configure_all(&format!(
            "provider \"coffer\" {{\n  local {{\n    path     = {file:?}\n    key_file = {key:?}\n  }}\n}}\n\
             resource \"coffer_secret\" \"many\" {{\n  count = {SECRETS}\n  name  = \"{prefix}/${{count.index}}\"\n  generate {{}}\n}}\n"
        ));
    }
    let running: Vec<_> = all
        .iter()
        .map(|(_, scenario)| {
            let mut apply = scenario.command(&["apply", "-auto-approve"]);
            apply.stdout(Stdio::piped()).stderr(Stdio::piped());
            apply.spawn().unwrap()
        })
        .collect();
    for apply in running {
        let output = apply.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    let names = all[0].1.names();
    for (prefix, scenario) in &all {
        let own = format!("{prefix}/");
        let count = names.iter().filter(|name| name.starts_with(&own)).count();
        assert_eq!(count, SECRETS, "of {prefix}");
        scenario.insist_on_an_empty_plan();
    }
    all[0].1.coffer(&["check"], "");
}
