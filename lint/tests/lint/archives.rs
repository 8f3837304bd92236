//! Archives, as module registries serve them and as attackers build them.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use coffer_lint::run::{self, Options, Outcome};
use coffer_lint::source::discover::Walk;

use crate::workspace::Workspace;

const MODULE: &[(&str, &str)] = &[
    (
        "module/main.tf",
        "module \"db\" {\n  source = \"./db\"\n  login  = \"Tr0ub4dor\"\n}\n",
    ),
    (
        "module/db/main.tf",
        "variable \"login\" {\n  sensitive = true\n}\n\nresource \"aws_db_instance\" \"d\" {\n  password_wo = var.login\n}\n",
    ),
];

fn check(path: &Path, walk: Walk) -> Outcome {
    run::run(Options {
        paths: vec![path.to_owned()],
        walk,
        ..Options::default()
    })
    .unwrap()
}

fn tar(workspace: &Workspace, flags: &str, name: &str) {
    let output = Command::new("tar")
        .current_dir(workspace.path())
        .args([flags, name, "--format=posix", "module"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn zip(path: &Path, files: &[(&str, &str)]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn the_modules_of_an_archive_are_followed() {
    let workspace = Workspace::new(MODULE);
    tar(&workspace, "-cf", "a.tar");
    tar(&workspace, "-czf", "a.tar.gz");
    std::fs::copy(
        workspace.path().join("a.tar.gz"),
        workspace.path().join("a.tgz"),
    )
    .unwrap();
    zip(&workspace.path().join("a.zip"), MODULE);
    for name in ["a.tar", "a.tar.gz", "a.tgz", "a.zip"] {
        let outcome = check(&workspace.path().join(name), Walk::default());
        assert!(outcome.lost.is_empty(), "{name}: {:?}", outcome.lost);
        let rules: Vec<&str> = outcome.findings.iter().map(|one| one.rule.id).collect();
        assert_eq!(rules, ["literal-in-module-input"], "{name}");
        let file = outcome.file(outcome.findings[0].file).unwrap();
        assert!(
            file.path.ends_with(format!("{name}/module/main.tf")),
            "{:?}",
            file.path
        );
    }
}

#[test]
fn archives_in_folders_are_opened_where_that_is_wanted() {
    let workspace = Workspace::new(&[("other.tf", "")]);
    zip(&workspace.path().join("a.zip"), MODULE);
    assert!(
        check(&workspace.path(), Walk::default())
            .findings
            .is_empty()
    );
    let walk = Walk {
        archives: true,
        ..Walk::default()
    };
    assert_eq!(check(&workspace.path(), walk).findings.len(), 1);
}

#[test]
fn names_that_lead_out_of_the_archive_stay_in_it() {
    let workspace = Workspace::new::<&str, &str>(&[]);
    let path = workspace.path().join("a.zip");
    zip(
        &path,
        &[("../../etc/main.tf", MODULE[0].1), ("/abs/db/main.tf", "")],
    );
    let outcome = check(&path, Walk::default());
    for file in &outcome.files {
        assert!(file.path.starts_with(&path), "{:?}", file.path);
    }
}

#[test]
fn long_names_and_large_files_are_read_and_left_out() {
    let deep = format!("module/{}/main.tf", "long-name/".repeat(30));
    let leak = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";
    for format in ["--format=posix", "--format=gnu"] {
        let workspace = Workspace::new(&[(deep.as_str(), leak)]);
        std::fs::write(workspace.path().join("module/large.tf"), "#".repeat(9000)).unwrap();
        let made = Command::new("tar")
            .current_dir(workspace.path())
            .args(["-cf", "a.tar", format, "module"])
            .status()
            .unwrap();
        assert!(made.success());
        let walk = Walk {
            max_size: 8192,
            ..Walk::default()
        };
        let path = workspace.path().join("a.tar");
        // The archive itself may be larger: it is what it holds that counts.
        let outcome = check(&path, walk);
        assert_eq!(outcome.files.len(), 1, "{format}");
        assert!(
            outcome.files[0].path.ends_with(&deep),
            "{:?}",
            outcome.files[0].path
        );
    }
}

#[test]
fn a_bomb_is_given_up_and_named() {
    let workspace = Workspace::new::<&str, &str>(&[]);
    let path = workspace.path().join("bomb.tar.gz");
    let file = std::fs::File::create(&path).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    // One entry that says it holds 8 GiB and gives 600 MiB of them.
    let mut header = [0_u8; 512];
    header[..9].copy_from_slice(b"module.tf");
    header[124..135].copy_from_slice(b"77777777777");
    header[156] = b'0';
    packed.write_all(&header).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..600 {
        packed.write_all(&zeros).unwrap();
    }
    packed.finish().unwrap();
    let outcome = check(&path, Walk::default());
    assert!(outcome.files.is_empty());
    let (lost, error) = &outcome.lost[0];
    assert_eq!(lost, &path);
    assert!(
        error.to_string().contains("unpacks to more than"),
        "{error}"
    );
}

#[test]
fn what_is_no_archive_is_named() {
    for name in ["a.tar", "a.tar.gz", "a.zip"] {
        let workspace = Workspace::new(&[(name, "x".repeat(2000))]);
        let outcome = check(&workspace.path().join(name), Walk::default());
        assert_eq!(outcome.lost.len(), 1, "{name}");
    }
}
