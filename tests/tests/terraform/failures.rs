//! What goes wrong with the vault, as whoever runs Terraform sees it: a cause, a remedy, and nothing lost.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use coffer_tests::scenario::{Scenario, text};

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

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let scenario = Scenario::new();
    scenario.put("kept", "fake-kept-value");
    scenario.configure(
        "resource \"coffer_secret\" \"big\" {\n  count    = 8\n  name     = \"big/${count.index}\"\n  \
         value_wo = join(\"\", [for n in range(1000) : \"fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value-fake-value\"])\n}\n",
    );
    // A limit on the size of files stands for the end of the disk: it fails at the same place, the write.
    let apply = scenario.command(&["apply", "-auto-approve"]);
    let arguments = apply
        .get_args()
        .map(|it| it.to_string_lossy().into_owned())
        .collect::<Vec<_>>();
    let mut limited = Command::new("sh");
    limited
        .current_dir(scenario.folder())
        .arg("-c")
        .arg(format!(
            "trap '' XFSZ; ulimit -f 1200; exec terraform {}",
            arguments.join(" ")
        ))
        .envs(
            apply
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("TF_LOG", "");
    let output = limited.output().unwrap();
    let printed = text(&output);
    assert!(!output.status.success(), "{printed}");
    let printed = printed
        .split_whitespace()
        .filter(|word| *word != "│")
        .collect::<Vec<_>>()
        .join(" ");
    insist(
        &printed,
        &["No space is left for the vault", "Make room on the disk"],
    );

    assert_eq!(scenario.value_of("kept"), "fake-kept-value");
    scenario.coffer(&["check"], "");
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
}

#[test]
fn two_applies_at_once_on_one_vault_lose_nothing() {
    let one = Scenario::new();
    let other = Scenario::without_vault();
    let many = |prefix: &str| {
        format!(
            "provider \"coffer\" {{\n  local {{\n    path = {:?}\n    key_file = {:?}\n  }}\n}}\n\
             resource \"coffer_secret\" \"many\" {{\n  count = 40\n  name = \"{prefix}/${{count.index}}\"\n  generate {{}}\n}}\n",
            one.file("vault.db"),
            one.file("vault.key"),
        )
    };
    one.configure_all(&many("one"));
    other.configure_all(&many("other"));
    let first = one
        .command(&["apply", "-auto-approve"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    other.apply(&[]);
    let first = first.wait_with_output().unwrap();
    assert!(first.status.success(), "{}", text(&first));
    one.insist_on_an_empty_plan();
    other.insist_on_an_empty_plan();
    let names = one.names();
    for prefix in ["one/", "other/"] {
        assert_eq!(
            names.iter().filter(|name| name.starts_with(prefix)).count(),
            40
        );
    }
    one.coffer(&["check"], "");
}
