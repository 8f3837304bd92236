//! A moto server: the AWS API that the real AWS provider talks to in the tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::step::{Failure, Outcome};
use crate::{programs, tools};

/// How long the server may take to answer; it imports a good part of botocore first.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running server; it ends with this value.
pub struct Moto {
    process: Child,
    address: SocketAddr,
}

impl Moto {
    /// Starts a server on a free loopback port and waits until it answers.
    ///
    /// # Errors
    /// When the tools are not fetched, or the server does not answer in time.
    pub fn start() -> Outcome<Self> {
        let address = free_address()?;
        let process = Command::new(tools::python()?)
            .arg(programs::root().join("tests/tools/aws_server.py"))
            .args(["-H", "127.0.0.1", "-p"])
            .arg(address.port().to_string())
            // The server ends with this pipe, also where a test keeps it to the very end.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| Failure::Start {
                program: "moto".to_owned(),
                source,
            })?;
        let server = Self { process, address };
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if TcpStream::connect(address).is_ok() {
                return Ok(server);
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(Failure::Step(format!(
            "moto did not answer within {} s",
            START_LIMIT.as_secs()
        )))
    }

    /// The server's URL, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The decrypted value of a parameter of SSM.
    ///
    /// # Errors
    /// When the server does not answer, or has no such parameter.
    pub fn parameter(&self, name: &str) -> Outcome<String> {
        let request = serde_json::json!({ "Name": name, "WithDecryption": true });
        let answer = self.call("ssm", "AmazonSSM.GetParameter", &request)?;
        answer
            .pointer("/Parameter/Value")
            .and_then(serde_json::Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| Failure::Step(format!("there is no parameter {name}")))
    }

    /// Calls one JSON operation of the AWS API, as `secretsmanager.GetSecretValue`, and gives its answer.
    ///
    /// # Errors
    /// When the server does not answer with JSON.
    pub fn call(
        &self,
        service: &str,
        target: &str,
        body: &serde_json::Value,
    ) -> Outcome<serde_json::Value> {
        let body = body.to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {service}.us-east-1.amazonaws.com\r\nX-Amz-Target: {target}\r\n\
             Content-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=test\r\n\r\n{body}",
            body.len()
        );
        let io = |source| Failure::Start {
            program: "moto".to_owned(),
            source,
        };
        let mut stream = TcpStream::connect(self.address).map_err(io)?;
        stream.write_all(request.as_bytes()).map_err(io)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(io)?;
        let json = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(json)
            .map_err(|error| Failure::Step(format!("{target}: {error}: {answer}")))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // A process that is already gone cannot be killed again; nothing is lost.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> Outcome<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|source| Failure::Start {
            program: "moto".to_owned(),
            source,
        })
}
