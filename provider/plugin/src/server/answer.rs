//! Answers that carry diagnostics.

use crate::context::{Call, lock};
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin5 as wire;

/// An RPC's response with all that is to be reported beside it.
pub(super) struct Answer<R> {
    pub(super) response: R,
    pub(super) diagnostics: Diagnostics,
}

impl<R> Answer<R> {
    pub(super) fn new(response: R, diagnostics: Diagnostics) -> Self {
        Self {
            response,
            diagnostics,
        }
    }

    /// With what the handler reported during `call`.
    pub(super) fn of(response: R, call: &Call) -> Self {
        Self {
            response,
            diagnostics: reported(call),
        }
    }
}

/// What the handler reported during `call`.
pub(super) fn reported(call: &Call) -> Diagnostics {
    std::mem::take(&mut *lock(&call.diagnostics))
}

/// What the handler reported, and then the errors it failed with.
pub(super) fn failed(call: &Call, errors: Diagnostics) -> Diagnostics {
    let mut all = reported(call);
    all.extend(errors);
    all
}

/// A response with a place for diagnostics.
pub(super) trait Diagnosed: Default + Send + 'static {
    fn set(&mut self, diagnostics: Diagnostics);
}

macro_rules! diagnosed {
    ($($message:ident),* $(,)?) => {$(
        impl Diagnosed for wire::$message::Response {
            fn set(&mut self, diagnostics: Diagnostics) {
                self.diagnostics = diagnostics.into_wire();
            }
        }
    )*};
}

diagnosed!(
    apply_resource_change,
    close_ephemeral_resource,
    configure,
    generate_resource_config,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    import_resource_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_action,
    plan_resource_change,
    prepare_provider_config,
    read_data_source,
    read_resource,
    renew_ephemeral_resource,
    upgrade_resource_identity,
    upgrade_resource_state,
    validate_action_config,
    validate_data_source_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_resource_type_config,
);

/// A function reports one error, at most at an argument.
impl Diagnosed for wire::call_function::Response {
    fn set(&mut self, diagnostics: Diagnostics) {
        let text = diagnostics
            .iter()
            .map(|diagnostic| format!("{}: {}", diagnostic.summary, diagnostic.detail))
            .collect::<Vec<_>>()
            .join("\n");
        if !text.is_empty() {
            self.error = Some(wire::FunctionError {
                text,
                function_argument: None,
            });
        }
    }
}
