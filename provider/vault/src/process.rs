//! What this process can do against others that would look into it.

/// Forbids core dumps of this process, and other processes of the same user to read its memory (Linux: `PR_SET_DUMPABLE`).
/// Programs that it starts are not affected. Where the system has no such thing, nothing happens.
pub fn forbid_core_dumps() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Nothing is lost where the kernel refuses: the rest of the protection stands without it.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    #[test]
    fn the_kernel_says_that_the_process_is_not_dumped() {
        super::forbid_core_dumps();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
