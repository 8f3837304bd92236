//! Signals. Terraform and its providers share a process group, so that ^C reaches both: the provider goes on,
//! and Terraform tells it what to do.
//!
//! Handlers are installed before the handshake: from then on the host may send anything.

use std::io;

/// The signals that this process handles.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// From now on an interrupt does nothing, and a termination waits to be looked at.
    pub(super) fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupts = signal(SignalKind::interrupt())?;
        tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a signal that asks the process itself to end.
    pub(super) async fn terminated(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// The signals that this process handles.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// From now on an interrupt does nothing.
    pub(super) fn install() -> io::Result<Self> {
        tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
        Ok(Self)
    }

    /// There is no such signal.
    pub(super) async fn terminated(&mut self) {
        std::future::pending().await
    }
}
