//! What the audit trail tells with a plan.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use coffer_tests::scenario::{Scenario, unwrapped};

fn provider(alerts: &str) -> String {
    format!(
        "provider \"coffer\" {{\n  local {{\n    path = \"vault.db\"\n    key_file = \"vault.key\"\n  }}\n{alerts}\n}}\n\
         data \"coffer_secret_names\" \"all\" {{}}\n"
    )
}

/// A vault in whose trail someone reads what was destroyed.
fn noisy() -> Scenario {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-first-value");
    scenario.put("prod/db", "fake-second-value");
    scenario.coffer(&["destroy", "prod/db", "1"], "");
    let read = ["get", "prod/db", "--version", "1", "--reveal"];
    let read = scenario.coffer_command(&read).output().unwrap();
    assert!(!read.status.success());
    scenario
}

/// Takes one request, and gives its head and its body.
fn receive(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// A receiver of one message, and its address.
fn receiver() -> (String, JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/alerts", listener.local_addr().unwrap());
    let received = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let message = receive(&stream);
        let answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
        message
    });
    (address, received)
}

const LOOK: &str = "The audit trail of local deserves a look";

#[test]
fn a_plan_warns_of_what_deserves_a_look_and_sends_it() {
    let scenario = noisy().env("COFFER_WEBHOOK_KEY", "fake-webhook-key-of-tests");
    scenario.configure_all(&provider(""));
    assert!(!unwrapped(&scenario.ok(&["plan"])).contains("deserves a look"));

    let (address, received) = receiver();
    scenario.change_all(&provider(&format!(
        "alerts {{\n webhook = \"{address}\"\n}}"
    )));
    let told = unwrapped(&scenario.ok(&["plan"]));
    assert!(
        told.contains(LOOK) && told.contains("destroyed-read"),
        "{told}"
    );
    let (head, body) = received.join().unwrap();
    let head = head.to_ascii_lowercase();
    assert!(
        head.contains("coffer-event: alerts") && head.contains("coffer-signature: t="),
        "{head}"
    );
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["vault"], "local");
    assert_eq!(body["alerts"][0]["rule"], "destroyed-read");

    // Nobody listens there any more: the alerts are shown all the same.
    let told = unwrapped(&scenario.ok(&["plan"]));
    assert!(
        told.contains(LOOK) && told.contains("The alerts could not be sent"),
        "{told}"
    );
    for value in [
        "fake-first-value",
        "fake-second-value",
        "fake-webhook-key-of-tests",
    ] {
        scenario.insist_on_no_trace_of(value);
    }
}

#[test]
fn alerts_can_be_errors_and_rules_can_be_switched_off() {
    let scenario = noisy();
    scenario.configure_all(&provider("alerts {\n on_alert = \"error\"\n}"));
    let refused = scenario.fails(&["plan"]);
    assert!(refused.contains(LOOK), "{refused}");
    let off = "alerts {\n on_alert = \"error\"\n disabled = [\"destroyed-read\"]\n}";
    scenario.change_all(&provider(off));
    scenario.ok(&["plan"]);
    scenario.change_all(&provider("alerts {\n disabled = [\"chain-break\"]\n}"));
    let refused = scenario.fails(&["validate"]);
    assert!(refused.contains("There is no such rule"), "{refused}");
}
