//! How far long work has come.

/// Is told how far long work has come; a progress bar, for example.
///
/// It is called often, and on the thread that does the work.
pub trait Progress: Send + Sync {
    /// So much of the whole is done, in whatever unit the work counts in.
    fn at(&self, done: u64, total: u64);
}

/// Nobody looks.
pub(crate) struct Unseen;

impl Progress for Unseen {
    fn at(&self, _: u64, _: u64) {}
}
