//! Progress bars for people who wait; nobody else sees any.

use std::sync::Arc;
use std::time::Duration;

use coffer_vault::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::arguments::{Format, Global};

/// A bar on stderr, where that is a terminal and results are for people. It is wiped when the work is done.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar for what `doing` says, such as "checking secrets".
    pub(crate) fn new(doing: &'static str, global: &Global) -> Arc<Self> {
        Arc::new(Self::with_template(
            doing,
            "{msg} [{bar:30}] {pos} of {len}, {eta} left",
            global,
        ))
    }

    /// The same for bytes.
    pub(crate) fn of_bytes(doing: &'static str, global: &Global) -> Self {
        Self::with_template(
            doing,
            "{msg} [{bar:30}] {bytes} of {total_bytes}, {eta} left",
            global,
        )
    }

    /// A sign of life for work of which nobody knows how much there is.
    pub(crate) fn spinner(doing: &'static str, global: &Global) -> Self {
        let bar = Self::with_template(doing, "{spinner} {msg}", global);
        bar.0.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    fn with_template(doing: &'static str, template: &str, global: &Global) -> Self {
        let target = match global.format {
            // Hides itself where stderr is no terminal.
            Format::Text => ProgressDrawTarget::stderr(),
            Format::Json => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        Self(bar.with_message(doing))
    }
}

impl Progress for Bar {
    fn at(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
