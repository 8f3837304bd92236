//! The end of a call that takes too long, or that the user interrupts.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use crate::context::Call;
use crate::diagnostic::{Diagnostic, Diagnostics};

use super::answering::not_finished;

/// How long a call that changes something may take to come to its own end.
const GRACE: Duration = Duration::from_secs(30);

/// What is lost when a call is dropped in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interruption {
    /// Nothing: it only reads.
    Harmless,
    /// The knowledge of what was done. The handler is told, and waited for.
    Costly,
}

enum Cause {
    Stopped,
    Late,
}

/// Runs `work` until it is done, cancelled or late. A panic in it becomes a diagnostic, so that the caller can still
/// say what is stored.
pub(super) async fn supervise<T>(
    call: &Call,
    interruption: Interruption,
    work: impl Future<Output = Result<T, Diagnostics>>,
) -> Result<T, Diagnostics> {
    let mut work = Box::pin(work);
    // A handler shares nothing with the rest that a panic could leave half written; locks are taken over.
    let mut work = poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(not_finished(call.rpc, true))))
    });
    let cause = tokio::select! {
        biased;
        result = &mut work => return result,
        () = call.cancelled() => Cause::Stopped,
        () = late(call) => Cause::Late,
    };
    call.cancel.cancel();
    if interruption == Interruption::Costly
        && let Ok(result) = tokio::time::timeout(GRACE, &mut work).await
    {
        return result;
    }
    let rest = match interruption {
        Interruption::Harmless => "",
        Interruption::Costly => {
            " It did not stop when told, so how far it came is not known: check."
        }
    };
    Err(match cause {
        Cause::Stopped => {
            Diagnostic::error("Interrupted", format!("{} was interrupted.{rest}", call.rpc))
        }
        Cause::Late => Diagnostic::error(
            "Timed out",
            format!("{} took longer than allowed.{rest} A timeouts block, where there is one, allows more.", call.rpc),
        ),
    }
    .into())
}

async fn late(call: &Call) {
    match call.deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
