//! The services, and secrets in them that other programs have made.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

use crate::Outcome;

fn name(number: usize) -> String {
    format!("bench-{number}")
}

/// A value as long as most passwords and tokens are.
fn value(number: usize) -> String {
    format!("fake-value-of-the-bench-{number:040}")
}

pub(crate) fn fill_moto(moto: &Moto, count: usize) -> Outcome<()> {
    for number in 0..count {
        let request = json!({ "Name": name(number), "SecretString": value(number) });
        moto.call("secretsmanager", "secretsmanager.CreateSecret", &request)?;
    }
    Ok(())
}

pub(crate) fn fill_openbao(server: &OpenBao, count: usize) -> Outcome<()> {
    let headers = format!("X-Vault-Token: {ROOT_TOKEN}\r\n");
    for number in 0..count {
        let body = json!({ "data": { "value": value(number) } });
        let path = format!("/v1/secret/data/{}", name(number));
        post(&server.url(), &path, &headers, &body)?;
    }
    Ok(())
}

/// The server that the contract tests of Google's store use.
pub(crate) struct GoogleServer {
    process: Child,
    url: String,
}

impl GoogleServer {
    pub(crate) fn start() -> Outcome<Self> {
        let mut process = Command::new("python3")
            .arg(xtask::programs::root().join("provider/backend/tests/google_contract.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut port = String::new();
        let output = process.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut port)?;
        Ok(Self {
            process,
            url: format!("http://127.0.0.1:{}", port.trim()),
        })
    }

    pub(crate) fn fill(&self, count: usize) -> Outcome<()> {
        let headers = "Authorization: Bearer fake-google-token\r\n";
        for number in 0..count {
            let secrets = "/v1/projects/fake-project/secrets";
            let secret = json!({ "replication": { "automatic": {} } });
            let path = format!("{secrets}?secretId={}", name(number));
            post(&self.url, &path, headers, &secret)?;
            let encoded =
                base64::Engine::encode(&base64::engine::general_purpose::STANDARD, value(number));
            let path = format!("{secrets}/{}:addVersion", name(number));
            post(
                &self.url,
                &path,
                headers,
                &json!({ "payload": { "data": encoded } }),
            )?;
        }
        Ok(())
    }

    pub(crate) fn block(&self) -> String {
        format!(
            "provider \"coffer\" {{\n  google {{\n    project      = \"fake-project\"\n    endpoint     = \"{}\"\n    \
             access_token = \"fake-google-token\"\n  }}\n}}\n",
            self.url
        )
    }
}

impl Drop for GoogleServer {
    fn drop(&mut self) {
        // A process that is already gone cannot be killed again; nothing is lost.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn post(url: &str, path: &str, headers: &str, body: &Value) -> Outcome<()> {
    let address = url.trim_start_matches("http://");
    let body = body.to_string();
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let is_success = answer
        .lines()
        .next()
        .is_some_and(|line| line.contains(" 20"));
    match is_success {
        true => Ok(()),
        false => Err(format!("{path}: {answer}").into()),
    }
}
