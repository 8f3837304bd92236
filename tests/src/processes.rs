//! Processes of a run that is made to fail.

use rustix::process::{Pid, Signal, kill_process};

/// Kills the processes whose parent is `parent`, at once and without a farewell.
pub fn kill_children(parent: u32) {
    signal_children(parent, Signal::KILL);
}

/// Has the processes whose parent is `parent` end as a crash ends them.
pub fn abort_children(parent: u32) {
    signal_children(parent, Signal::ABORT);
}

fn signal_children(parent: u32, signal: Signal) {
    for child in children_of(parent) {
        if let Some(id) = Pid::from_raw(child) {
            // One that has ended by itself is no failure.
            let _ = kill_process(id, signal);
        }
    }
}

fn children_of(parent: u32) -> Vec<i32> {
    std::fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .filter_map(|entry| {
            let id: i32 = entry.file_name().to_str()?.parse().ok()?;
            let status = std::fs::read_to_string(entry.path().join("status")).ok()?;
            let line = status.lines().find(|line| line.starts_with("PPid:"))?;
            (line.split_whitespace().nth(1)?.parse::<u32>().ok()? == parent).then_some(id)
        })
        .collect()
}
