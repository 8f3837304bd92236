use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

pub(crate) fn run() {
    let scenarios: [(&str, fn()); 6] = [
        (
            "a human is told what this program is",
            a_human_is_told_what_this_program_is,
        ),
        (
            "a host of another time is told",
            a_host_of_another_time_is_told,
        ),
        (
            "the handshake is one line and the socket private",
            the_handshake_is_one_line,
        ),
        ("an interrupt is ignored and a termination obeyed", signals),
        (
            "the host chooses where the socket is",
            the_host_chooses_where_the_socket_is,
        ),
        (
            "a provider whose host dies ends by itself",
            a_provider_whose_host_dies_ends_by_itself,
        ),
    ];
    for (name, scenario) in scenarios {
        scenario();
        println!("ok: {name}");
    }
}

fn command() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .env("PLUGIN_UNDER_TEST", "1")
        .env_remove("PLUGIN_CLIENT_CERT")
        .env_remove("PLUGIN_UNIX_SOCKET_DIR")
        .env_remove("PLUGIN_MULTIPLEX_GRPC")
        .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running provider and the path of its socket.
struct Running {
    child: Child,
    line: String,
    socket: PathBuf,
}

fn start(command: &mut Command) -> Running {
    let mut child = command
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let fields: Vec<&str> = line.trim_end().split('|').collect();
    assert_eq!(fields[..3], ["1", "5", "unix"], "{line}");
    let socket = PathBuf::from(fields[3]);
    Running {
        child,
        line,
        socket,
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits as long as it takes; a test that hangs has failed.
fn until_gone(path: &Path) {
    while path.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn a_human_is_told_what_this_program_is() {
    for cookie in [None, Some("wrong")] {
        let mut command = command();
        match cookie {
            None => command.env_remove("TF_PLUGIN_MAGIC_COOKIE"),
            Some(cookie) => command.env("TF_PLUGIN_MAGIC_COOKIE", cookie),
        };
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("required_providers")
        );
    }
}

fn a_host_of_another_time_is_told() {
    let mut command = command();
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("protocol version 5")
    );
}

fn the_handshake_is_one_line() {
    let mut running = start(&mut command());
    assert_eq!(running.line.matches('|').count(), 5, "{}", running.line);
    let directory = running.socket.parent().unwrap();
    assert_eq!(
        fs::metadata(directory).unwrap().permissions().mode() & 0o777,
        0o700
    );
    signal(&running.child, "TERM");
    let mut rest = String::new();
    running
        .child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(
        rest, "",
        "nothing but the handshake goes to standard output"
    );
    running
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "", "a quiet life is not worth a line");
    assert!(running.child.wait().unwrap().success());
    assert!(!running.socket.parent().unwrap().exists());

    let mut running = start(command().env("PLUGIN_MULTIPLEX_GRPC", "true"));
    assert!(
        running.line.trim_end().ends_with("|grpc||false"),
        "{}",
        running.line
    );
    signal(&running.child, "TERM");
    running.child.wait().unwrap();
}

fn signals() {
    let mut running = start(&mut command());
    signal(&running.child, "INT");
    signal(&running.child, "INT");
    std::thread::sleep(Duration::from_millis(50));
    assert!(
        running.child.try_wait().unwrap().is_none(),
        "an interrupt ended it"
    );
    signal(&running.child, "TERM");
    assert!(running.child.wait().unwrap().success());
    assert!(!running.socket.parent().unwrap().exists());
}

fn the_host_chooses_where_the_socket_is() {
    let place = std::env::temp_dir().join(format!("host-{}", std::process::id()));
    fs::create_dir_all(&place).unwrap();
    let mut running = start(command().env("PLUGIN_UNIX_SOCKET_DIR", &place));
    assert!(running.socket.starts_with(&place));
    signal(&running.child, "TERM");
    running.child.wait().unwrap();
    assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
    fs::remove_dir(&place).unwrap();
}

fn a_provider_whose_host_dies_ends_by_itself() {
    // The shell is the host, and stays the provider's parent while it waits for it.
    let mut host = Command::new("sh");
    host.args(["-c", "\"$0\" & wait"])
        .arg(std::env::current_exe().unwrap())
        .env("PLUGIN_UNDER_TEST", "1")
        .env("PLUGIN_PROTOCOL_VERSIONS", "5")
        .env_remove("PLUGIN_CLIENT_CERT")
        .env_remove("PLUGIN_UNIX_SOCKET_DIR")
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut running = start(&mut host);
    assert!(running.socket.exists());
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    until_gone(running.socket.parent().unwrap());
}
