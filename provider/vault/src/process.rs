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

/// Asks the system to keep the pages of `bytes` out of the swap, as well as it can: the usual limit is 8 MiB for each
/// process (`RLIMIT_MEMLOCK`), and what is above stays as it was.
///
/// The pages stay so until they are given back: other secrets lie on them, too, and unlocking does not count.
pub(crate) fn keep_out_of_swap(bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    if let Ok(guard) = region::lock(bytes.as_ptr(), bytes.len()) {
        std::mem::forget(guard);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    use crate::secret::Secret;

    /// What the kernel says of the mapping that an address lies in (proc(5), smaps, VmFlags).
    fn flags(address: usize) -> String {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap_or_default();
        let mut is_it = false;
        for line in maps.lines() {
            let range = line
                .split(' ')
                .next()
                .and_then(|range| range.split_once('-'));
            let bound = |text| usize::from_str_radix(text, 16).ok();
            if let Some((from, to)) = range
                && let (Some(from), Some(to)) = (bound(from), bound(to))
            {
                is_it = (from..to).contains(&address);
            } else if let Some(flags) = line.strip_prefix("VmFlags:")
                && is_it
            {
                return format!("{flags} ");
            }
        }
        String::new()
    }

    #[test]
    fn secrets_and_keys_are_kept_out_of_the_swap() {
        let may_lock = region::lock([0_u8; 1].as_ptr(), 1).is_ok();
        if !may_lock {
            println!("skipped: this user may not lock memory (ulimit -l)");
            return;
        }
        let secret = Secret::copy_from(&[7; 5000]);
        let copy = secret.clone();
        let key = crate::hazmat::Key::random().unwrap();
        for bytes in [
            secret.danger_expose(),
            copy.danger_expose(),
            key.danger_bytes(),
        ] {
            for end in [bytes.first(), bytes.last()] {
                let address = std::ptr::from_ref(end.unwrap()).addr();
                let flags = flags(address);
                assert!(flags.contains(" lo "), "{flags}");
            }
        }
    }

    #[test]
    fn the_kernel_says_that_the_process_is_not_dumped() {
        super::forbid_core_dumps();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
