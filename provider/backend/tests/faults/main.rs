//! What stores do when networks and services fail: one table of faults, on every remote store.
//!
//! A fault is a row in `reading` or `writing`; a store is one function in `subject`. Nothing is asserted about times:
//! what must not last forever is cut off by a test's own limit.
#![cfg(all(feature = "aws", feature = "google", feature = "vault"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../contract/google_server.rs"]
#[allow(
    dead_code,
    reason = "the stores are made with a patience of their own here"
)]
mod google_server;

mod connecting;
mod reading;
mod subject;
mod writing;

/// One test for each fault, on the stores.
macro_rules! faults {
    ([$($store:ident),*], $rows:tt) => {
        $( faults!(@store $store, $rows); )*
    };
    (@store $store:ident, [$($module:ident :: $fault:ident,)*]) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $fault() {
                    let subject = crate::subject::$store();
                    let rows = crate::$module::$fault(&subject);
                    // Nothing hangs: every call has a limit of its own.
                    tokio::time::timeout(std::time::Duration::from_secs(120), rows).await.unwrap();
                }
            )*
        }
    };
}

faults!(
    [vault, aws, ssm, google],
    [
        reading::throttling_for_a_moment_is_waited_for,
        reading::throttling_for_good_is_given_up,
        reading::a_failure_for_a_moment_is_tried_again,
        reading::a_failure_for_good_is_given_up,
        reading::a_connection_that_is_cut_is_tried_again,
        reading::a_connection_that_is_always_cut_is_given_up,
        reading::an_answer_that_comes_slowly_is_read,
        reading::an_answer_that_never_comes_is_given_up,
        reading::a_call_that_is_dropped_ends,
        reading::a_session_that_ran_out_is_said_so,
        reading::bytes_that_are_no_text_are_an_error,
        reading::an_answer_without_end_is_an_error,
        writing::a_value_whose_answer_is_lost_is_stored_once,
        writing::a_value_that_is_stored_under_a_failure_is_stored_once,
        writing::a_value_that_never_arrives_is_not_stored,
        connecting::a_name_that_nobody_has_is_named,
        connecting::a_port_that_nobody_listens_at_is_an_error,
        connecting::a_certificate_of_another_authority_is_refused,
    ]
);
