//! A proxy that does to requests what networks and services do on bad days.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a request that is never answered keeps its connection.
const STALL: Duration = Duration::from_secs(120);

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is served.
    None,
    /// It never reaches the service, which this answer is said to come from: a status, further headers, a body.
    Answer {
        /// The status.
        status: u16,
        /// Further headers, each with `\r\n` at its end.
        headers: String,
        /// The body.
        body: Vec<u8>,
    },
    /// The service does what it is asked for, and this status comes back in place of its answer.
    Masked(u16),
    /// The connection ends before the request reaches the service.
    CutBefore,
    /// The service does what it is asked for, and the connection ends before its answer comes back.
    CutAfter,
    /// Half of the service's answer comes back.
    CutMidway,
    /// The service's answer comes back one byte at a time, with this pause after each.
    Trickle(Duration),
    /// Nothing comes back, and the connection stays.
    Stall,
}

impl Fault {
    /// An answer in JSON.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: "Content-Type: application/x-amz-json-1.1\r\n".to_owned(),
            body: body.as_bytes().to_vec(),
        }
    }
}

/// A request as the proxy sees it.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST /v1/secret/data/db HTTP/1.1` and the headers.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
    /// How many requests came before.
    pub before: usize,
}

impl Request {
    /// The method and the path, and of AWS the operation: what a request is told by.
    #[must_use]
    pub fn operation(&self) -> String {
        let line = self.head.lines().next().unwrap_or_default();
        let line = line
            .rsplit_once(' ')
            .map_or(line, |(operation, _)| operation);
        let target = self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("x-amz-target")
                .then(|| value.trim())
        });
        match target {
            Some(target) => format!("{line} {target}"),
            None => line.to_owned(),
        }
    }
}

/// A proxy before a service that speaks HTTP without TLS. It lives as long as the process.
pub struct FaultProxy {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl FaultProxy {
    /// A proxy before the service at `url`; `decide` is asked what happens to each request.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(
        url: &str,
        decide: impl Fn(&Request) -> Fault + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let upstream: Arc<str> = url
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .into();
        let (decide, requests) = (Arc::new(decide), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (decide, requests) = (Arc::clone(&decide), Arc::clone(&requests));
                let upstream = Arc::clone(&upstream);
                // A connection that fails is what the tests are about; nobody waits for the thread.
                thread::spawn(move || {
                    let _ = serve(stream, &upstream, &*decide, &requests);
                });
            }
        });
        Ok(Self { address, seen })
    }

    /// The proxy's URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The operations that were asked for, in their order.
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Serves the one request of a connection.
fn serve(
    mut stream: TcpStream,
    upstream: &str,
    decide: &(impl Fn(&Request) -> Fault + ?Sized),
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let Some((head, body)) = read(&mut stream)? else {
        return Ok(());
    };
    let mut request = Request {
        head,
        body,
        before: 0,
    };
    {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        request.before = seen.len();
        seen.push(request.operation());
    }
    let forwarded = || forward(upstream, &request.head, &request.body);
    match decide(&request) {
        Fault::None => stream.write_all(&forwarded()?),
        Fault::Answer {
            status,
            headers,
            body,
        } => answer(&mut stream, status, &headers, &body),
        Fault::Masked(status) => {
            forwarded()?;
            answer(&mut stream, status, "", b"{}")
        }
        Fault::CutBefore => stream.shutdown(Shutdown::Both),
        Fault::CutAfter => {
            forwarded()?;
            stream.shutdown(Shutdown::Both)
        }
        Fault::CutMidway => {
            let answer = forwarded()?;
            let half = answer.split_at(answer.len() / 2).0;
            stream.write_all(half)?;
            stream.shutdown(Shutdown::Both)
        }
        Fault::Trickle(pause) => {
            for byte in forwarded()? {
                stream.write_all(&[byte])?;
                thread::sleep(pause);
            }
            Ok(())
        }
        Fault::Stall => {
            thread::sleep(STALL);
            Ok(())
        }
    }
}

fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} Fault\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

/// The head and the body of a request; None where the connection ends before.
fn read(stream: &mut TcpStream) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 16 * 1024];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Ok(None);
        }
        bytes.extend(buffer.iter().take(read));
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        });
        let (head, length) = (head.to_owned(), length.unwrap_or(0_usize));
        // Heads are ASCII: the lossy text is as long as the bytes.
        let body = bytes
            .get(head.len().saturating_add(4)..)
            .unwrap_or_default();
        if body.len() >= length {
            return Ok(Some((head, body.to_vec())));
        }
    }
}

/// The service's answer. The connection is closed after it, so that its end is known without reading its head.
fn forward(upstream: &str, head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream)?;
    let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let headers = headers
        .split("\r\n")
        .filter(|header| !header.to_ascii_lowercase().starts_with("connection:"));
    let headers: Vec<&str> = headers.collect();
    let head = format!(
        "{line}\r\n{}\r\nConnection: close\r\n\r\n",
        headers.join("\r\n")
    );
    server.write_all(head.as_bytes())?;
    server.write_all(body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}
