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

    fn deserted(&self) -> bool {
        self.state.heard.load(Ordering::Acquire)
            && self.state.connections.load(Ordering::Acquire) == 0
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

    async fn lost(&self) {
        loop {
            self.state.changed.notified().await;
            while self.deserted() {
                let came_back = tokio::time::timeout(COME_BACK, self.state.changed.notified());
                if came_back.await.is_err() && self.deserted() {
                    return;
                }
            }
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
