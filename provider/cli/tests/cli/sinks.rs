//! Audit sinks that need the network or the system, each with a listener that is really there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::bench::{Bench, Run, run};

const PATIENCE: Duration = Duration::from_secs(20);
const KEY: &str = "only-for-tests-only-for-tests";

/// Reads `prod/db` with a sink.
fn get(bench: &Bench, sink: &str) -> Run {
    coffer(bench, sink, &["get", "prod/db", "--reveal"])
}

fn coffer(bench: &Bench, sink: &str, arguments: &[&str]) -> Run {
    let mut command = bench.command();
    command.env("COFFER_AUDIT_SINK", sink);
    run(command.args(arguments), "")
}

/// Checks a message of syslog and gives its JSON.
fn row(message: &[u8], id: &str) -> Value {
    let text = std::str::from_utf8(message).unwrap();
    let fields: Vec<&str> = text.splitn(8, ' ').collect();
    let [version, time, host, app, process, what, data, json] = fields[..] else {
        panic!("{text}");
    };
    assert!(
        version.starts_with('<') && version.ends_with(">1"),
        "{text}"
    );
    assert!(time.ends_with('Z') && !host.is_empty(), "{text}");
    assert!(process.parse::<u32>().is_ok(), "{text}");
    assert_eq!((app, what, data), ("coffer", id, "-"), "{text}");
    assert!(!text.contains("only-for-tests"), "a value in {text}");
    serde_json::from_str(json).unwrap()
}

fn is_the_read(message: &[u8]) {
    let row = row(message, "get");
    assert_eq!(
        (&row["items"][0]["name"], &row["outcome"]),
        (&"prod/db".into(), &"ok".into())
    );
    assert!(message.starts_with(b"<110>1 "), "log audit, informational");
}

/// Messages that each stand after their length.
fn counted(mut stream: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while !stream.is_empty() {
        let space = stream.iter().position(|byte| *byte == b' ').unwrap();
        let length: usize = std::str::from_utf8(&stream[..space])
            .unwrap()
            .parse()
            .unwrap();
        messages.push(stream[space + 1..space + 1 + length].to_vec());
        stream = &stream[space + 1 + length..];
    }
    messages
}

#[test]
fn syslog_over_the_machines_socket() {
    let bench = Bench::new();
    let datagrams = UnixDatagram::bind(bench.folder().join("log")).unwrap();
    datagrams.set_read_timeout(Some(PATIENCE)).unwrap();
    let got = get(&bench, "syslog:log").succeeded();
    assert_eq!(got.stdout, "only-for-tests");
    let mut buffer = [0; 65_536];
    let length = datagrams.recv(&mut buffer).unwrap();
    is_the_read(&buffer[..length]);

    coffer(&bench, "syslog:log", &["get", "prod/none"]);
    let length = datagrams.recv(&mut buffer).unwrap();
    assert!(
        buffer[..length].starts_with(b"<109>1 "),
        "a failure is a notice"
    );

    let listener = UnixListener::bind(bench.folder().join("stream")).unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut text).unwrap();
        text
    });
    get(&bench, "syslog:stream").succeeded();
    let text = reader.join().unwrap();
    is_the_read(text.strip_suffix(b"\0").unwrap());

    std::fs::remove_file(bench.folder().join("log")).unwrap();
    get(&bench, "syslog:log").failed(6, "the audit sink syslog at log", "mend the sink");
}

#[test]
fn syslog_over_udp() {
    let bench = Bench::new();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let sink = format!("syslog+udp://{}", socket.local_addr().unwrap());
    get(&bench, &sink).succeeded();
    let mut buffer = [0; 65_536];
    let length = socket.recv(&mut buffer).unwrap();
    is_the_read(&buffer[..length]);
}

#[test]
fn syslog_over_tcp_and_without_a_server_nothing_is_handed_out() {
    let bench = Bench::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sink = format!("syslog+tcp://{}", listener.local_addr().unwrap());
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut text).unwrap();
        text
    });
    get(&bench, &sink).succeeded();
    let messages = counted(&reader.join().unwrap());
    assert_eq!(messages.len(), 1);
    is_the_read(&messages[0]);

    get(&bench, &sink).failed(6, "refused", "mend the sink");
    let rows = bench
        .coffer(&["audit", "query", "--operation", "get"], "")
        .succeeded();
    assert_eq!(
        rows.stdout.lines().count(),
        3,
        "the read is in the vault's own trail: {}",
        rows.stdout
    );
    bench.is_whole();
}

/// A certificate for this machine, and the server's part of TLS with it.
fn tls(bench: &Bench) -> Arc<rustls::ServerConfig> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(bench.folder().join("ca.pem"), made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    Arc::new(config)
}

#[test]
fn syslog_over_tls_only_to_a_server_that_is_trusted() {
    let bench = Bench::new();
    let config = tls(&bench);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sink = format!(
        "syslog+tls://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let reader = std::thread::spawn(move || {
        [(); 2].map(|()| {
            let (mut tcp, _) = listener.accept().unwrap();
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut text = Vec::new();
            let read = rustls::Stream::new(&mut tls, &mut tcp).read_to_end(&mut text);
            read.map(|_| text).map_err(|error| error.to_string())
        })
    });
    let mut trusting = bench.command();
    trusting
        .env("COFFER_AUDIT_SINK", &sink)
        .env("SSL_CERT_FILE", "ca.pem");
    run(trusting.args(["get", "prod/db", "--reveal"]), "").succeeded();
    get(&bench, &sink).failed(6, "certificate", "mend the sink");
    let [trusted, distrusted] = reader.join().unwrap();
    is_the_read(&counted(&trusted.unwrap())[0]);
    assert!(distrusted.unwrap_or_default().is_empty());
}

/// A request as a web server sees it.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// A web server that answers each request with the next of these.
fn web_server(answers: &'static [&'static str]) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let _ = sender.send(serve(stream, answer));
        }
    });
    (address, receiver)
}

fn serve(stream: TcpStream, answer: &str) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let request = Request {
        head,
        body: Vec::new(),
    };
    let length = request.header("content-length").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    write!(
        reader.into_inner(),
        "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    Request { body, ..request }
}

fn is_signed(request: &Request) {
    let signature = request.header("coffer-signature").unwrap();
    let (time, mac) = signature.split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let mut expected = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    expected.update(format!("{time}.").as_bytes());
    expected.update(&request.body);
    let expected: String = expected
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(mac, expected);
}

#[test]
fn a_webhook_gets_signed_rows_and_is_asked_again_when_it_is_busy() {
    let bench = Bench::new();
    let (address, requests) = web_server(&["503 Busy", "200 OK"]);
    let mut command = bench.command();
    command
        .env("COFFER_AUDIT_SINK", &address)
        .env("COFFER_WEBHOOK_KEY", KEY);
    run(command.args(["get", "prod/db", "--reveal"]), "").succeeded();
    let [first, second] = [(); 2].map(|()| requests.recv_timeout(PATIENCE).unwrap());
    assert_eq!(first.body, second.body);
    assert!(second.head.starts_with("POST /hook "), "{}", second.head);
    assert_eq!(second.header("coffer-event"), Some("audit"));
    is_signed(&second);
    let row: Value = serde_json::from_slice(&second.body).unwrap();
    assert_eq!(row["items"][0]["name"], "prod/db");
}

#[test]
fn what_a_webhook_does_not_take_is_not_handed_out() {
    let bench = Bench::new();
    let (address, requests) = web_server(&["403 No"]);
    get(&bench, &address).failed(6, "answered 403", "mend the sink");
    assert!(
        requests
            .recv_timeout(PATIENCE)
            .unwrap()
            .header("coffer-signature")
            .is_none()
    );

    // A redirect is an answer like any other: it could lead anywhere.
    let (address, _requests) = web_server(&["302 Found\r\nlocation: http://127.0.0.1:9/"]);
    get(&bench, &address).failed(6, "answered 302", "mend the sink");

    let (address, requests) = web_server(&["500 No", "502 No", "429 No"]);
    get(&bench, &address).failed(6, "tried 3 times", "mend the sink");
    assert_eq!(requests.iter().count(), 3);
    bench.is_whole();
}

#[test]
fn an_https_webhook_has_to_be_trusted() {
    let bench = Bench::new();
    let config = tls(&bench);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!(
        "https://localhost:{}/hook",
        listener.local_addr().unwrap().port()
    );
    let server = std::thread::spawn(move || {
        loop {
            let (mut tcp, _) = listener.accept().unwrap();
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
            let mut text = [0; 4096];
            let mut seen = Vec::new();
            while !seen.ends_with(b"}\n") {
                match stream.read(&mut text) {
                    Ok(length) if length > 0 => seen.extend_from_slice(&text[..length]),
                    _ => break,
                }
            }
            if seen.ends_with(b"}\n") {
                stream.write_all(b"HTTP/1.1 204 Fine\r\n\r\n").unwrap();
                stream.flush().unwrap();
                return;
            }
        }
    });
    get(&bench, &address).failed(6, "certificate", "mend the sink");
    let mut trusting = bench.command();
    trusting
        .env("COFFER_AUDIT_SINK", &address)
        .env("SSL_CERT_FILE", "ca.pem");
    run(trusting.args(["get", "prod/db", "--reveal"]), "").succeeded();
    server.join().unwrap();
}

#[test]
fn the_standard_streams_get_rows_as_lines() {
    let bench = Bench::new();
    let got = get(&bench, "stderr").succeeded();
    assert_eq!(got.stdout, "only-for-tests");
    let row: Value = serde_json::from_str(&got.stderr).unwrap();
    assert_eq!(row["operation"], "get");
    let got = coffer(&bench, "", &["list", "--audit-sink", "stdout"]);
    let row: Value = serde_json::from_str(got.succeeded().stdout.lines().next().unwrap()).unwrap();
    assert_eq!(row["operation"], "list");
}

#[test]
fn checkpoints_go_to_every_sink() {
    let bench = Bench::new();
    let (address, requests) = web_server(&["200 OK", "200 OK"]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let sinks = format!(
        "{address} syslog+udp://{} file:audit.jsonl",
        socket.local_addr().unwrap()
    );
    let note = coffer(&bench, &sinks, &["audit", "checkpoint"])
        .succeeded()
        .stdout;
    let told = [(); 2].map(|()| requests.recv_timeout(PATIENCE).unwrap());
    assert_eq!(told[1].header("coffer-event"), Some("checkpoint"));
    let mut buffer = [0; 65_536];
    socket.recv(&mut buffer).unwrap();
    let length = socket.recv(&mut buffer).unwrap();
    let syslog = row(&buffer[..length], "checkpoint");
    let webhook: Value = serde_json::from_slice(&told[1].body).unwrap();
    let file = std::fs::read_to_string(bench.folder().join("audit.jsonl")).unwrap();
    let file: Value = serde_json::from_str(file.lines().last().unwrap()).unwrap();
    for kept in [&syslog, &webhook, &file] {
        assert_eq!(kept["checkpoint"], note.as_str());
    }
    // What a sink has kept is what the trail is compared with.
    let kept = bench.folder().join("kept");
    std::fs::write(&kept, syslog["checkpoint"].as_str().unwrap()).unwrap();
    bench
        .coffer(&["audit", "verify", "--checkpoint", "kept"], "")
        .succeeded();
}

#[test]
fn a_setting_that_is_none_stops_everything() {
    let bench = Bench::new();
    get(&bench, "https://hooks.example.com/x journal").failed(2, "none of file:PATH", "");
    let mut command = bench.command();
    command
        .env("COFFER_AUDIT_SINK", "https://hooks.example.com/x")
        .env("COFFER_WEBHOOK_KEY", "short");
    run(command.args(["list"]), "").failed(2, "5 bytes and needs 16", "");
}

#[test]
fn alerts_are_sent_to_a_webhook() {
    let bench = Bench::new();
    let (address, requests) = web_server(&["200 OK"]);
    let alerts = |address: &str| {
        let mut command = bench.command();
        command.env("COFFER_WEBHOOK_KEY", KEY);
        run(command.args(["audit", "alerts", "--webhook", address]), "")
    };
    alerts(&address).succeeded();
    bench.coffer(&["destroy", "prod/db", "1"], "").succeeded();
    bench.coffer(&["get", "prod/db", "--version", "1"], "");
    assert_eq!(alerts(&address).code, Some(8));
    // A quiet trail has sent nothing: this is the first request.
    let told = requests.recv_timeout(PATIENCE).unwrap();
    assert_eq!(told.header("coffer-event"), Some("alerts"));
    is_signed(&told);
    let body: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(body["alerts"][0]["rule"], "destroyed-read");
    // The alert is told where the webhook is gone, too.
    let lost = alerts(&address);
    assert_eq!(lost.code, Some(8));
    assert!(
        lost.stderr.contains("did not take the alerts"),
        "{}",
        lost.stderr
    );
}
