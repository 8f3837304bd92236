//! Progress bars, on a terminal of the test's own.

use crate::bench::{Bench, COFFER, run};

/// Runs the program with a terminal, and gives all that it showed there.
fn on_a_terminal(bench: &Bench, arguments: &[&str]) -> String {
    let terminal =
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let mut command = bench.wrapped(&["python3", "-c", terminal, COFFER]);
    command.env("TERM", "xterm").args(arguments);
    run(&mut command, "").succeeded().stdout
}

#[test]
fn long_work_shows_how_far_it_is_on_a_terminal_and_nowhere_else() {
    let bench = Bench::new();
    for (arguments, shown) in [
        (vec!["check"], "checking secrets ["),
        (vec!["backup", "one.backup"], "writing the backup ["),
        (vec!["rotate-term", "--rewrap"], "rewrapping secrets ["),
        (
            vec!["restore", "one.backup", "--vault", "restored.db"],
            "reading the backup [",
        ),
        (vec!["prove", "vault.key"], "searching files ["),
        (
            vec!["rekey", "--new-key-file", "vault.key"],
            "replacing every key",
        ),
    ] {
        let told = on_a_terminal(&bench, &arguments);
        assert!(told.contains(shown), "{arguments:?}: {told}");
    }
    let quiet = bench.coffer(&["check"], "").succeeded();
    assert_eq!(quiet.stderr, "");
    let json = on_a_terminal(&bench, &["check", "--format", "json"]);
    assert!(!json.contains("checking"), "{json}");
}
