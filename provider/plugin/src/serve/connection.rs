//! Connections of the host: accepted, authenticated, counted.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tonic::transport::server::Connected;

use crate::log;

use super::host::{ConnectionGuard, HostWatch};
use super::mtls::Identity;
use super::socket::Listener;

/// A peer that connects and then says nothing is let go.
const TLS_HANDSHAKE: Duration = Duration::from_secs(10);

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// An authenticated connection.
pub(super) struct Connection {
    io: Box<dyn Io>,
    _guard: ConnectionGuard,
}

/// Accepts connections. Each TLS handshake has a task of its own, so that none holds up the others.
pub(super) fn accept(
    listener: Listener,
    identity: Option<Identity>,
    host: HostWatch,
) -> impl Stream<Item = io::Result<Connection>> {
    let (sender, mut receiver) = mpsc::channel(8);
    let acceptor = identity.map(|identity| identity.acceptor());
    tokio::spawn(async move {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    let fields = [("error", error.to_string().into())];
                    log::sdk(
                        log::Level::Warn,
                        "Connection could not be accepted",
                        &fields,
                    );
                    // Such as too many open files, which takes a moment to pass.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let (sender, host, acceptor) = (sender.clone(), host.clone(), acceptor.clone());
            tokio::spawn(async move {
                let io: Box<dyn Io> = match acceptor {
                    // The permissions of the socket are the only guard then, and the host wants it so.
                    None => Box::new(stream),
                    Some(acceptor) => {
                        match tokio::time::timeout(TLS_HANDSHAKE, acceptor.accept(stream)).await {
                            Ok(Ok(stream)) => Box::new(stream),
                            Ok(Err(error)) => return refused(&error.to_string()),
                            Err(_) => return refused("the TLS handshake took too long"),
                        }
                    }
                };
                let connection = Connection {
                    io,
                    _guard: host.connected(),
                };
                // The server has ended if nobody takes it.
                let _ = sender.send(Ok(connection)).await;
            });
        }
    });
    poll_fn(move |context| receiver.poll_recv(context))
}

fn refused(why: &str) {
    log::sdk(
        log::Level::Warn,
        "Connection refused",
        &[("reason", why.into())],
    );
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
