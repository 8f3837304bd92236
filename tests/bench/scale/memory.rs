//! The memory of programs that Terraform starts and ends by itself.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often is looked.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks at all programs of a name, until it is asked for the most.
pub(crate) struct Watch {
    most: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Begins to look at programs whose file has `part` in its name.
    pub(crate) fn start(part: &'static str) -> Self {
        let most = Arc::new(AtomicU64::new(0));
        let ended = Arc::new(AtomicBool::new(false));
        let (seen, end) = (Arc::clone(&most), Arc::clone(&ended));
        let thread = thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                seen.fetch_max(most_of(part), Ordering::Relaxed);
                thread::sleep(PAUSE);
            }
        });
        Self {
            most,
            ended,
            thread,
        }
    }

    /// The most that one of the programs had resident, in bytes; 0 where there is no `/proc`.
    pub(crate) fn most(self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        // A thread that panicked has seen nothing more.
        let _ = self.thread.join();
        self.most.load(Ordering::Relaxed)
    }
}

fn most_of(part: &str) -> u64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let memory = processes.filter_map(|process| {
        let program = fs::read_link(process.path().join("exe")).ok()?;
        let name = program.file_name()?.to_string_lossy().into_owned();
        name.contains(part).then_some(())?;
        high_water_mark(&fs::read_to_string(process.path().join("status")).ok()?)
    });
    memory.max().unwrap_or(0)
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}
