//! What is told of a panic: where, and nothing of what it says, which may quote a value.

use crate::log;

/// Replaces Rust's own report of panics.
pub(super) fn hide_payloads() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        log::sdk(
            log::Level::Error,
            "Panic in the provider",
            &[("location", place.into())],
        );
    }));
}
