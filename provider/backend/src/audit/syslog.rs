//! Syslog (RFC 5424): over the machine's own socket, UDP (RFC 5426), TCP with counted messages (RFC 6587) and TLS
//! (RFC 5425).
//!
//! Syslog has no acknowledgement. A datagram that UDP loses is not noticed; TCP and TLS notice a server that is not
//! there or breaks off. Whoever needs more takes a webhook, which answers.

mod message;
mod stream;

use std::io;
use std::net::UdpSocket;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};

use coffer_vault::{Actor, AuditRecord, AuditSink, checkpoint_line};

/// How messages travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// A socket of this machine.
    Local(PathBuf),
    /// Host and port.
    Udp((String, u16)),
    /// Host and port.
    Tcp((String, u16)),
    /// Host and port.
    Tls((String, u16)),
}

/// A syslog server.
pub(super) struct SyslogSink {
    transport: Transport,
}

impl SyslogSink {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    fn send(&self, messages: &[Vec<u8>]) -> Result<(), String> {
        match &self.transport {
            Transport::Local(path) => local(path, messages).map_err(|error| error.to_string()),
            Transport::Udp(server) => datagrams(server, messages),
            Transport::Tcp(server) => stream::tcp(server, messages),
            Transport::Tls(server) => stream::tls(server, messages),
        }
    }
}

impl AuditSink for SyslogSink {
    fn describe(&self) -> String {
        match &self.transport {
            Transport::Local(path) => format!("syslog at {}", path.display()),
            Transport::Udp((host, port)) => format!("syslog at {host}:{port} over UDP"),
            Transport::Tcp((host, port)) => format!("syslog at {host}:{port} over TCP"),
            Transport::Tls((host, port)) => format!("syslog at {host}:{port} over TLS"),
        }
    }

    fn deliver(&self, records: &[AuditRecord]) -> Result<(), String> {
        let messages: Result<Vec<_>, String> = records.iter().map(message::of_row).collect();
        self.send(&messages?)
    }

    fn deliver_checkpoint(&self, note: &str) -> Result<(), String> {
        let line = checkpoint_line(note)?;
        let actor = Actor::this_process("audit");
        self.send(&[message::of_checkpoint(line.trim_ascii_end(), &actor)])
    }
}

/// Most systems listen for datagrams, a few for a stream in which a zero byte ends each message.
fn local(path: &Path, messages: &[Vec<u8>]) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    match socket.connect(path) {
        Ok(()) => {
            socket.set_write_timeout(Some(stream::TIMEOUT))?;
            for message in messages {
                socket.send(message)?;
            }
            Ok(())
        }
        Err(error) if error.raw_os_error() == Some(WRONG_KIND_OF_SOCKET) => {
            let mut socket = UnixStream::connect(path)?;
            socket.set_write_timeout(Some(stream::TIMEOUT))?;
            for message in messages {
                io::Write::write_all(&mut socket, &[message.as_slice(), b"\0"].concat())?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// EPROTOTYPE.
const WRONG_KIND_OF_SOCKET: i32 = rustix::io::Errno::PROTOTYPE.raw_os_error();

fn datagrams(server: &(String, u16), messages: &[Vec<u8>]) -> Result<(), String> {
    let address = stream::resolve(server)?
        .into_iter()
        .next()
        .ok_or("the host has no address")?;
    let any = if address.is_ipv6() {
        "[::]:0"
    } else {
        "0.0.0.0:0"
    };
    let told = |error: io::Error| error.to_string();
    let socket = UdpSocket::bind(any).map_err(told)?;
    socket.connect(address).map_err(told)?;
    for message in messages {
        socket.send(message).map_err(|error| {
            format!("a message of {} bytes was not sent: {error}", message.len())
        })?;
    }
    Ok(())
}
