//! Calls that wait for the file, and the group commit that serves several of them at once.
//!
//! An audited read costs one disk sync. Threads that arrive while another thread commits leave their calls here; the
//! next one to get the connection runs all of them in one transaction, so that they share one sync.

use std::sync::{Arc, Mutex, PoisonError};

use crate::actor::Actor;
use crate::audit::{AuditEvent, Operation};
use crate::error::{Error, Result};
use crate::work::Work;

/// A call as the queue sees it.
pub(crate) trait Pending: Send {
    /// Runs the call in a transaction; may be run again after that was rolled back.
    fn run(&mut self, work: &mut Work<'_>) -> Result<()>;
    /// Hands the result to the caller: what [`Pending::run`] found, or `failure` where the transaction failed.
    fn deliver(self: Box<Self>, failure: Option<Error>);
}

/// Where a caller finds its result.
pub(crate) struct Ticket<T>(Arc<Mutex<Option<Result<T>>>>);

impl<T> Ticket<T> {
    /// The result, once it was delivered.
    pub(crate) fn take(&self) -> Option<Result<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A call with its arguments and, later, its result.
struct Call<T, F> {
    operation: Operation,
    actor: Actor,
    body: F,
    result: Option<Result<T>>,
    ticket: Arc<Mutex<Option<Result<T>>>>,
}

/// Makes a call and the ticket for its result.
pub(crate) fn call<T, F>(
    operation: Operation,
    actor: Actor,
    body: F,
) -> (Box<dyn Pending>, Ticket<T>)
where
    T: Send + 'static,
    F: Fn(&mut Work<'_>, &mut AuditEvent) -> Result<T> + Send + 'static,
{
    let ticket = Arc::new(Mutex::new(None));
    let call = Call {
        operation,
        actor,
        body,
        result: None,
        ticket: Arc::clone(&ticket),
    };
    (Box::new(call), Ticket(ticket))
}

impl<T, F> Pending for Call<T, F>
where
    T: Send,
    F: Fn(&mut Work<'_>, &mut AuditEvent) -> Result<T> + Send,
{
    fn run(&mut self, work: &mut Work<'_>) -> Result<()> {
        let body = &self.body;
        let result = work.call(self.operation, &self.actor, |work, event| body(work, event))?;
        self.result = Some(result);
        Ok(())
    }

    fn deliver(self: Box<Self>, failure: Option<Error>) {
        let result = match failure {
            Some(error) => Some(Err(error)),
            None => self.result,
        };
        *self.ticket.lock().unwrap_or_else(PoisonError::into_inner) = result;
    }
}
