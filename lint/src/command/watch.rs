//! A line on standard error that tells how far a long run is, and goes when the run ends.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use coffer_lint::run::Progress;

/// A run that is shorter than this needs no word.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(100);
/// Cells of the bar.
const WIDTH: usize = 24;

/// Watches a run until it is dropped.
pub(super) struct Watch {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to watch, where standard error is a terminal and nobody asked for silence.
    pub(super) fn over(progress: &Arc<Progress>, is_quiet: bool) -> Self {
        let is_wanted = !is_quiet && std::io::stderr().is_terminal();
        let (end, ended) = channel();
        let progress = Arc::clone(progress);
        let thread = is_wanted.then(|| {
            std::thread::spawn(move || {
                let mut wait = PATIENCE;
                while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                    wait = STEP;
                    tell(&bar(progress.counts()));
                }
                if wait == STEP {
                    tell("");
                }
            })
        });
        Self {
            end: Some(end),
            thread,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A line that could not be drawn is no failure of the run.
            let _ = thread.join();
        }
    }
}

/// Draws over the line before.
fn tell(line: &str) {
    let mut stderr = std::io::stderr().lock();
    // A terminal that is gone shows nothing.
    let _ = write!(stderr, "\r\u{1b}[K{line}");
    let _ = stderr.flush();
}

/// `[=====>        ] 120 of 400 files`
fn bar((done, total): (usize, usize)) -> String {
    if done >= total {
        return format!("resolving {total} files");
    }
    let full = done
        .saturating_mul(WIDTH)
        .checked_div(total)
        .unwrap_or(0)
        .min(WIDTH);
    let (full, rest) = ("=".repeat(full), " ".repeat(WIDTH.saturating_sub(full)));
    format!("[{full}>{rest}] {done} of {total} files")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows_and_never_overflows() {
        assert_eq!(bar((0, 10)), format!("[>{}] 0 of 10 files", " ".repeat(24)));
        assert_eq!(
            bar((5, 10)),
            format!("[{}>{}] 5 of 10 files", "=".repeat(12), " ".repeat(12))
        );
        assert_eq!(bar((10, 10)), "resolving 10 files");
        assert_eq!(bar((0, 0)), "resolving 0 files");
        assert!(bar((usize::MAX - 1, usize::MAX)).contains(" files"));
    }
}
