//! What every RPC has in common: a task of its own, a log line before and after, and a diagnostic where it
//! panicked.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use futures_util::Stream;
use serde_json::Value as Json;
use tonic::{Response, Status};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::log::{self, Level};
use crate::provider::Provider;

use super::answer::{Answer, Diagnosed};

// The keys under which Terraform's own providers log the names of types.
pub(super) const RESOURCE: &str = "tf_resource_type";
pub(super) const DATA_SOURCE: &str = "tf_data_source_type";
pub(super) const EPHEMERAL: &str = "tf_ephemeral_resource_type";
pub(super) const LIST: &str = "tf_list_resource_type";
pub(super) const FUNCTION: &str = "tf_function_name";
pub(super) const ACTION: &str = "tf_action_type";

/// A stream of answers.
pub(super) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

tokio::task_local! {
    /// The name of the request that the task works for.
    static REQUEST_ID: String;
}

/// The name of the request that this task works for.
pub(super) fn request_id() -> String {
    REQUEST_ID
        .try_with(Clone::clone)
        .unwrap_or_else(|_| crate::random::hex::<8>())
}

/// Makes `work` a part of the request `id`.
pub(super) fn within<F: Future>(id: &str, work: F) -> impl Future<Output = F::Output> + use<F> {
    REQUEST_ID.scope(id.to_owned(), work)
}

/// An RPC in the log.
pub(super) struct Rpc<'a> {
    pub(super) name: &'static str,
    /// `tf_resource_type` or the like, with the type's name.
    pub(super) subject: Option<(&'static str, &'a str)>,
}

impl Rpc<'_> {
    fn fields<P: Provider>(&self, id: &str) -> Vec<(&'static str, Json)> {
        let mut fields = vec![
            ("tf_rpc", self.name.into()),
            ("tf_req_id", id.into()),
            ("tf_proto_version", "5.11".into()),
            ("tf_provider_addr", P::ADDRESS.into()),
        ];
        if let Some((key, name)) = self.subject {
            fields.push((key, name.into()));
        }
        fields
    }
}

/// Runs the handler of an RPC. It goes on to its end even if the host loses interest, because what it does to the
/// world outside must be finished or undone.
pub(super) async fn answer<P: Provider, R: Diagnosed>(
    rpc: Rpc<'_>,
    handler: impl Future<Output = Result<Answer<R>, Diagnostics>> + Send + 'static,
) -> Result<Response<R>, Status> {
    let begun = Begun::new::<P>(&rpc);
    let (mut response, diagnostics) = match tokio::spawn(within(begun.id(), handler)).await {
        Ok(Ok(answer)) => (answer.response, answer.diagnostics),
        Ok(Err(diagnostics)) => (R::default(), diagnostics),
        Err(error) => (R::default(), not_finished(rpc.name, error.is_panic())),
    };
    begun.finish(&diagnostics);
    response.set(diagnostics);
    Ok(Response::new(response))
}

/// A call whose beginning is in the log, and whose end will be.
pub(super) struct Begun {
    id: String,
    fields: Vec<(&'static str, Json)>,
    start: Instant,
}

impl Begun {
    pub(super) fn new<P: Provider>(rpc: &Rpc<'_>) -> Self {
        let id = crate::random::hex::<8>();
        if !log::enabled(Level::Debug) {
            return Self {
                id,
                fields: Vec::new(),
                start: Instant::now(),
            };
        }
        let fields = rpc.fields::<P>(&id);
        log::sdk(Level::Trace, "Received request", &fields);
        Self {
            id,
            fields,
            start: Instant::now(),
        }
    }

    /// The name of the request.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn finish(mut self, diagnostics: &Diagnostics) {
        if self.fields.is_empty() {
            return;
        }
        let duration = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let errors = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == crate::diagnostic::Severity::Error)
            .count();
        self.fields.push(("tf_req_duration_ms", duration.into()));
        self.fields.push(("diagnostic_error_count", errors.into()));
        let warnings = diagnostics.len().saturating_sub(errors);
        self.fields
            .push(("diagnostic_warning_count", warnings.into()));
        log::sdk(Level::Debug, "Served request", &self.fields);
    }
}

/// A panic's own words may quote a value, so they are kept back.
pub(super) fn not_finished(rpc: &str, panicked: bool) -> Diagnostics {
    let diagnostic = if panicked {
        Diagnostic::error(
            "Bug in the provider",
            format!(
                "{rpc} panicked. What the call was to do may be done in part. Please report it with the \
                 location that a run with TF_LOG=ERROR shows."
            ),
        )
    } else {
        Diagnostic::error("Provider is ending", format!("{rpc} was not finished."))
    };
    diagnostic.into()
}
