//! List resources: finding what exists, for `terraform query` (Terraform 1.14 and later).

use std::fmt;
use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::Result;
use crate::context::Context;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::provider::Provider;
use crate::resource::Identify;

/// The listing of a resource type. The struct is the configuration of the `list` block.
pub trait ListResource: Model {
    /// The provider that offers it.
    type Provider: Provider;
    /// What is listed. The listing has the same type name.
    type Resource: Identify<Provider = Self::Provider>;

    /// How long a listing may take, unless `timeouts {}` says otherwise.
    const TIMEOUT: Duration = Duration::from_secs(20 * 60);

    /// Finds the objects and hands each to `found`, until that says that it is enough.
    ///
    /// # Errors
    /// Diagnostics.
    fn list(
        ctx: &Context<Self::Provider>,
        config: Self,
        found: &mut Found<Self::Resource>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// One object of a listing.
pub struct Listed<R: Identify> {
    /// The name shown to the user.
    pub display_name: String,
    /// What identifies it.
    pub identity: R::Identity,
    /// Its state, if [`Found::wants_state`].
    pub state: Option<R>,
    /// Warnings about it.
    pub diagnostics: Diagnostics,
}

impl<R: Identify> Listed<R> {
    /// An object of this name and identity.
    pub fn new(display_name: impl Into<String>, identity: R::Identity) -> Self {
        Self {
            display_name: display_name.into(),
            identity,
            state: None,
            diagnostics: Diagnostics::new(),
        }
    }
}

/// Takes the objects of a listing.
pub struct Found<R: Identify> {
    pub(crate) wants_state: bool,
    pub(crate) left: u64,
    pub(crate) sender: mpsc::Sender<Listed<R>>,
}

impl<R: Identify> Found<R> {
    /// Whether the host wants the state of each object, too.
    #[must_use]
    pub fn wants_state(&self) -> bool {
        self.wants_state
    }

    /// Hands one over, at the host's pace. `false` when no more are wanted.
    pub async fn push(&mut self, listed: Listed<R>) -> bool {
        if self.left == 0 || self.sender.send(listed).await.is_err() {
            return false;
        }
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}

impl<R: Identify> fmt::Debug for Found<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
