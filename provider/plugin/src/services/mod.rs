//! The services that a go-plugin host calls beside `Provider`.

mod broker;
mod controller;
mod health;
mod stdio;

use std::future::Future;
use std::pin::Pin;

use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio_util::sync::CancellationToken;
use tonic::Status;

pub(crate) use broker::Broker;
pub(crate) use controller::Controller;
pub(crate) use health::Health;
pub(crate) use stdio::Stdio;

/// A stream of answers.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A stream that says nothing and ends with the process. The host opens two of them and expects them to stay.
fn silence<T: Send + 'static>(until: CancellationToken) -> Answers<T> {
    let mut end = Box::pin(until.cancelled_owned());
    Box::pin(poll_fn(move |context| {
        end.as_mut().poll(context).map(|()| None)
    }))
}
