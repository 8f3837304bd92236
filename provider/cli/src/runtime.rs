//! Commands that wait for servers.

use std::future::Future;

use crate::failure::{Failure, Result};

/// Runs `work` to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::io("starting", &error))?
        .block_on(work)
}
