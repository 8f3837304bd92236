//! Signals. Terraform and its providers share a process group, so that ^C reaches both: the provider goes on,
//! and Terraform tells it what to do.

use super::handshake::HandshakeError;

/// From now on an interrupt does nothing.
#[cfg(unix)]
pub(super) fn ignore_interrupt() -> Result<(), HandshakeError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupts = signal(SignalKind::interrupt()).map_err(HandshakeError::Signals)?;
    tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
    Ok(())
}

/// From now on an interrupt does nothing.
#[cfg(not(unix))]
pub(super) fn ignore_interrupt() -> Result<(), HandshakeError> {
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    Ok(())
}

/// Waits for a signal that asks the process itself to end.
#[cfg(unix)]
pub(super) async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) {
        (Ok(mut terminate), Ok(mut hangup)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        // The default action ends the process just as well.
        _ => std::future::pending().await,
    }
}

/// Waits for a signal that asks the process itself to end.
#[cfg(not(unix))]
pub(super) async fn terminated() {
    std::future::pending().await
}
