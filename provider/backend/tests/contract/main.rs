//! What every store keeps, checked on every store.
//!
//! A behaviour is one function in one of the modules below, and holds for all stores alike: where a store lacks an
//! ability, [`SecretStore::capabilities`](coffer_backend::SecretStore::capabilities) says so, and the behaviour then
//! asks for a plain refusal. A store is one line at the end of this file and one function in `subject`.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod batch;
mod concurrency;
mod deletion;
#[cfg(feature = "google")]
mod google_server;
#[cfg(feature = "azure")]
mod key_vault;
#[cfg(feature = "azure")]
mod key_vault_settings;
mod listing;
mod metadata;
mod missing;
#[cfg(feature = "vault")]
mod openbao;
mod stages;
mod subject;
mod values;
mod versions;
mod writing;

/// One test for each behaviour, on the store that `$subject` makes.
macro_rules! contract {
    ($store:ident, $subject:path) => {
        contract!($store, $subject, [
            batch::gives_every_secret_in_the_order_asked_for,
            batch::one_missing_secret_fails_no_other,
            batch::reads_the_versions_asked_for,
            concurrency::writers_at_once_lose_nothing,
            concurrency::of_several_writers_that_expect_the_same_one_wins,
            concurrency::creators_at_once_make_one_secret,
            deletion::a_deleted_secret_cannot_be_read_or_written,
            deletion::a_deleted_secret_is_restored_whole,
            deletion::restoring_what_is_not_deleted_changes_nothing,
            deletion::a_purged_secret_is_gone_and_its_name_free,
            deletion::a_deleted_secret_can_be_purged,
            listing::finds_names_by_prefix_in_their_order,
            listing::leaves_deleted_secrets_out,
            listing::a_prefix_may_end_within_a_segment,
            listing::a_name_may_also_be_a_folder,
            metadata::a_description_is_set_and_removed,
            metadata::labels_are_set_changed_and_removed,
            metadata::annotations_are_set_changed_and_removed,
            metadata::a_put_changes_metadata_along_with_the_value,
            metadata::a_promotion_changes_metadata_along_with_the_stages,
            metadata::metadata_stays_when_a_value_is_written,
            metadata::a_change_of_an_older_revision_is_refused,
            metadata::every_change_raises_the_revision,
            metadata::says_when_a_value_expires,
            metadata::says_what_a_value_is,
            metadata::versions_have_labels_of_their_own,
            missing::a_secret_that_does_not_exist_is_not_found,
            missing::a_version_that_does_not_exist_is_not_found,
            missing::a_stage_that_no_version_carries_is_not_found,
            missing::errors_hold_no_value,
            stages::a_new_version_is_current_and_the_former_previous,
            stages::a_pending_version_leaves_the_current_one,
            stages::a_secret_may_begin_with_a_pending_version,
            stages::promotion_makes_the_pending_version_current,
            stages::promoting_twice_is_promoting_once,
            stages::an_older_version_can_become_current_again,
            stages::a_pending_version_is_given_up,
            stages::a_newer_pending_version_takes_the_place_of_an_older,
            values::text_comes_back,
            values::letters_of_all_scripts_come_back,
            values::bytes_that_are_no_text_come_back,
            values::a_json_object_comes_back_byte_for_byte,
            values::what_looks_like_a_marker_comes_back,
            values::blanks_and_line_breaks_come_back,
            values::a_large_value_comes_back,
            values::a_value_that_is_too_large_is_refused,
            values::the_current_value_is_recognised,
            versions::older_versions_stay_readable,
            versions::versions_are_listed_the_oldest_first,
            versions::a_disabled_version_is_read_only_after_it_is_enabled,
            versions::a_destroyed_version_is_gone_for_good,
            versions::destroying_twice_is_destroying_once,
            versions::a_secret_whose_current_version_is_destroyed_can_be_written,
            versions::only_as_many_versions_as_wanted_keep_their_value,
            writing::a_secret_is_created_once,
            writing::a_write_that_expects_another_version_writes_nothing,
            writing::a_write_that_expects_the_newest_version_succeeds,
            writing::a_repeated_put_stores_once,
            writing::a_repeated_put_is_known_after_later_puts,
            writing::a_token_is_of_one_value,
            writing::a_store_that_cannot_write_says_so,
        ]);
    };
    ($store:ident, $subject:path, [$($module:ident :: $behaviour:ident,)*]) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    crate::$module::$behaviour($subject().await).await;
                }
            )*
        }
    };
}

contract!(local, crate::subject::local);
#[cfg(feature = "aws")]
contract!(aws, crate::subject::secrets_manager);
#[cfg(feature = "aws")]
contract!(aws_ssm, crate::subject::parameter_store);
#[cfg(feature = "azure")]
contract!(azure, crate::key_vault::secrets);
#[cfg(feature = "google")]
contract!(google, crate::subject::google);
#[cfg(feature = "vault")]
contract!(vault, crate::openbao::version_2);
#[cfg(feature = "vault")]
contract!(vault_kv_1, crate::openbao::version_1);
