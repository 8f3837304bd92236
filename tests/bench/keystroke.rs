//! The time from a keystroke in a module of 200 files to its diagnostics, as an editor sees it. `COFFER_LINT` names the program.
#![allow(clippy::expect_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Files of the module.
const FILES: usize = 200;
/// Keystrokes.
const STROKES: usize = 60;

/// A file of the size that files of modules have: variables, locals, and resources that use them.
fn file(number: usize) -> String {
    let mut text = String::new();
    for n in 0..8 {
        let name = format!("f{number}_{n}");
        write!(
            text,
            r#"
variable "login_{name}" {{
  type      = string
  sensitive = true
}}

locals {{
  settings_{name} = merge(var.tags, {{ name = "{name}", login = var.login_{name} }})
}}

resource "aws_db_instance" "{name}" {{
  identifier          = local.settings_{name}.name
  engine              = "postgres"
  username            = "app"
  password_wo         = local.settings_{name}.login
  password_wo_version = 1
  tags                = local.settings_{name}
}}
"#
        )
        .expect("text");
    }
    text
}

fn message(method: &str, params: &str) -> Vec<u8> {
    let body = format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#);
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Reads messages until one holds the text.
fn read_until(output: &mut BufReader<ChildStdout>, text: &str) {
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            output.read_line(&mut line).expect("a header");
            match line.trim().split_once(": ") {
                Some((_, value)) => length = value.parse().expect("a length"),
                None => break,
            }
        }
        let mut body = vec![0; length];
        output.read_exact(&mut body).expect("a message");
        if String::from_utf8_lossy(&body).contains(text) {
            return;
        }
    }
}

fn main() {
    let program = std::env::var_os("COFFER_LINT").unwrap_or_else(|| "coffer-lint".into());
    let folder = tempfile::tempdir().expect("a folder");
    let mut bytes = 0;
    for number in 0..FILES {
        let text = file(number);
        bytes += text.len();
        std::fs::write(folder.path().join(format!("f{number}.tf")), text).expect("a file");
    }
    let mut server = Command::new(program)
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("coffer-lint on the PATH, or where COFFER_LINT says");
    let mut input = server.stdin.take().expect("its input");
    let mut output = BufReader::new(server.stdout.take().expect("its output"));
    let root = format!("file://{}", folder.path().display());
    let start = Instant::now();
    let initialize = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"capabilities":{{}},"rootUri":"{root}"}}}}"#
    );
    let header = format!("Content-Length: {}\r\n\r\n", initialize.len());
    input
        .write_all(&[header.as_bytes(), initialize.as_bytes()].concat())
        .expect("sent");
    read_until(&mut output, "capabilities");
    println!(
        "{FILES} files, {} kB, read in {:?}",
        bytes / 1000,
        start.elapsed()
    );
    let uri = format!("{root}/main.tf");
    let opened = format!(
        r#"{{"textDocument":{{"uri":"{uri}","languageId":"terraform","version":1,"text":"resource \"aws_db_instance\" \"typed\" {{\n  password_wo = \"\"\n}}\n"}}}}"#
    );
    input
        .write_all(&message("textDocument/didOpen", &opened))
        .expect("sent");
    let mut times = Vec::new();
    for stroke in 0..STROKES {
        // Each keystroke adds a letter to a password, or takes one off, so that the diagnostics change.
        let (text, marker) = match stroke % 2 {
            0 => ("Tr0ub4dor", "main.tf\""),
            _ => ("", "\"diagnostics\":[]"),
        };
        let changed = format!(
            r#"{{"textDocument":{{"uri":"{uri}","version":{}}},"contentChanges":[{{"text":"resource \"aws_db_instance\" \"typed\" {{\n  password_wo = \"{text}\"\n}}\n"}}]}}"#,
            stroke + 2
        );
        let start = Instant::now();
        input
            .write_all(&message("textDocument/didChange", &changed))
            .expect("sent");
        read_until(&mut output, marker);
        times.push(start.elapsed());
    }
    times.sort();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or(Duration::ZERO)
    };
    println!(
        "keystroke to diagnostics: median {:?}, 95% {:?}",
        at(50),
        at(95)
    );
    drop(input);
    server.wait().expect("its end");
}
