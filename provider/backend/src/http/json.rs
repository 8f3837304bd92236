//! Answers in JSON.

use serde::Deserialize;

use super::client::Answer;
use crate::error::{Error, Result};

impl Answer {
    /// The body as `T`.
    ///
    /// # Errors
    /// [`Error::Unexpected`] with the place alone: serde's own text repeats what it found, which may be a value.
    pub(crate) fn json<'a, T: Deserialize<'a>>(&'a self, system: &'static str) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Unexpected {
            system,
            said: format!(
                "status {}, and the JSON is none or another one than expected at line {}, column {}",
                self.status,
                error.line(),
                error.column()
            ),
        })
    }
}
