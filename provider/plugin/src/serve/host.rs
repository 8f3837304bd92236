//! Whether the host is still there. A host that is killed says no farewell; the provider then ends by itself,
//! and closes what is open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// How often the parent process is looked for.
const LOOK: Duration = Duration::from_millis(500);
/// How long a host that has dropped its connection may take to come back.
const COME_BACK: Duration = Duration::from_secs(2);

/// How long a host may take to its first call. go-plugin's connects as soon as it has read the handshake; its process
/// tells nothing if it had died before this one looked for it.
const COME_AT_ALL: Duration = Duration::from_secs(60);

/// Watches the host's connections and its process.
#[derive(Clone)]
pub(super) struct HostWatch {
    state: Arc<State>,
}

struct State {
    heard: AtomicBool,
    connections: AtomicUsize,
    changed: Notify,
    parent: Option<u32>,
}

/// Held as long as a connection lasts.
pub(super) struct ConnectionGuard(HostWatch);

impl HostWatch {
    pub(super) fn new() -> Self {
        let state = State {
            heard: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            changed: Notify::new(),
            parent: parent(),
        };
        Self {
            state: Arc::new(state),
        }
    }

    /// The host has made its first call.
    pub(super) fn heard(&self) {
        self.state.heard.store(true, Ordering::Release);
    }

    /// An authenticated connection has been made.
    pub(super) fn connected(&self) -> ConnectionGuard {
        self.state.connections.fetch_add(1, Ordering::AcqRel);
        self.state.changed.notify_one();
        ConnectionGuard(self.clone())
    }

    fn is_deserted(&self) -> bool {
        self.state.connections.load(Ordering::Acquire) == 0
    }

    /// How long it may be deserted.
    fn patience(&self) -> Duration {
        if self.state.heard.load(Ordering::Acquire) {
            COME_BACK
        } else {
            COME_AT_ALL
        }
    }

    /// Waits until the host has gone: its last connection is lost and none follows, or its process has ended.
    pub(super) async fn gone(&self) {
        tokio::select! {
            () = self.lost() => {}
            () = self.orphaned() => {}
        }
    }

    /// Waits until another process has adopted this one.
    async fn orphaned(&self) {
        let mut look = tokio::time::interval(LOOK);
        while parent() == self.state.parent {
            look.tick().await;
        }
    }

    /// Waits until nobody has been connected for too long.
    async fn lost(&self) {
        loop {
            while self.is_deserted() {
                let change = self.state.changed.notified();
                let came = tokio::time::timeout(self.patience(), change).await;
                if came.is_err() && self.is_deserted() {
                    return;
                }
            }
            self.state.changed.notified().await;
        }
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.0.state.connections.fetch_sub(1, Ordering::AcqRel);
        self.0.state.changed.notify_one();
    }
}

/// The process that started this one, where that can be told.
#[cfg(unix)]
fn parent() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

/// The process that started this one, where that can be told.
#[cfg(not(unix))]
fn parent() -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_that_never_comes_is_lost() {
        let began = Instant::now();
        HostWatch::new().lost().await;
        assert_eq!(began.elapsed(), COME_AT_ALL);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_stays_is_not_lost() {
        let host = HostWatch::new();
        let _connection = host.connected();
        host.heard();
        assert!(timeout(10 * COME_AT_ALL, host.lost()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_drops_its_last_connection_is_lost_soon() {
        let host = HostWatch::new();
        let (first, second) = (host.connected(), host.connected());
        host.heard();
        drop(first);
        assert!(timeout(10 * COME_BACK, host.lost()).await.is_err());
        drop(second);
        let began = Instant::now();
        host.lost().await;
        assert_eq!(began.elapsed(), COME_BACK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_comes_back_in_time_is_not_lost() {
        let host = HostWatch::new();
        let connection = host.connected();
        host.heard();
        let coming_back = async {
            drop(connection);
            sleep(COME_BACK / 2).await;
            let _again = host.connected();
            sleep(10 * COME_BACK).await;
        };
        tokio::select! {
            () = host.lost() => panic!("it was there"),
            () = coming_back => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_call_leaves_the_host_more_time() {
        let host = HostWatch::new();
        drop(host.connected());
        assert!(timeout(COME_AT_ALL / 2, host.lost()).await.is_err());
        host.lost().await;
    }
}
