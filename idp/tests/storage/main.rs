//! Every repository, and its races, on SQLite and on PostgreSQL: the same stories, by one code path.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

mod activations;
mod audit;
mod cards;
mod certificates;
mod code_apps;
mod code_tokens;
mod companies;
mod durability;
mod finish;
mod flows;
mod grants;
mod house;
mod issuing;
mod keys;
mod lockout;
mod own;
mod passkeys;
mod passwords;
mod people;
mod pid_service;
mod races;
mod reseal;
mod schema;
mod sessions;
mod trouble;
mod voices;

/// Runs a story on both databases.
macro_rules! on_both {
    ($($name:ident => $story:path;)*) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                $story(&crate::house::sqlite());
            }
            #[test]
            fn postgres() {
                $story(&crate::house::postgres());
            }
        }
    )*};
}

on_both! {
    a_person_is_found_by_cpr_and_opened => crate::people::found_by_cpr;
    a_second_cpr_finds_the_same_person => crate::people::second_cpr;
    a_sub_is_drawn_once_per_sector => crate::people::sub_once;
    user_ids_and_banks_come_back => crate::people::aliases_and_banks;
    nothing_secret_lies_readable => crate::people::nothing_readable;
    a_company_round_trips => crate::companies::round_trip;
    thirty_two_import_one_company => crate::companies::written_at_once;
    an_issue_round_trips => crate::issuing::round_trip;
    thirty_two_put_an_eid_on_hardware => crate::issuing::hardware_is_begun_once;
    how_sure_it_was_is_read_with_the_eid => crate::issuing::identity_is_read_with_the_eid;
    thirty_two_orders_for_one_person => crate::issuing::one_eid_of_many_orders;
    thirty_two_people_under_one_customer_number => crate::issuing::one_person_of_one_customer_number;
    a_thousand_ask_for_one_persons_pid => crate::issuing::one_pid_for_a_thousand;
    an_online_order_sent_and_taken_up_by_many_counts_once => crate::issuing::one_online_order_once;
    thirty_two_begin_public_use => crate::issuing::public_use_begins_once;
    a_card_round_trips_and_loses_its_secret => crate::cards::round_trip;
    an_activation_password_round_trips_and_loses_its_digits => crate::activations::round_trip;
    dead_activation_passwords_are_neither_printed_nor_kept => crate::activations::dead_ones_are_erased;
    thirty_two_choose_with_one_activation_password => crate::activations::chosen_once;
    thirty_two_guess_at_one_activation_password => crate::activations::guessed_at_once;
    cards_at_a_desk_are_found_when_nobody_fetched_them => crate::cards::unfetched_at_a_desk;
    a_card_is_saved_over_the_version_read => crate::cards::saved_over_version;
    thirty_two_devices_of_one_hand_over => crate::code_apps::one_device_by_one_hand_over;
    thirty_two_hand_overs_and_blocks => crate::code_apps::no_device_outlives_a_block;
    thirty_two_answers_to_one_question => crate::code_apps::one_answer_counts;
    thirty_two_log_ins_of_one_approval => crate::code_apps::one_log_in_of_one_approval;
    thirty_two_ask_the_apps_of_one_eid => crate::code_apps::one_question_stands;
    a_token_round_trips_and_loses_its_seed => crate::code_tokens::round_trip;
    thirty_two_type_one_code_of_a_token => crate::code_tokens::one_code_once;
    thirty_two_wrong_codes_block_a_token_once => crate::code_tokens::wrong_ones_block;
    thirty_two_hand_out_one_token => crate::code_tokens::one_owner;
    thirty_two_questions_about_one_log_in => crate::pid_service::three_tries_of_a_log_in;
    thirty_two_order_one_token => crate::code_tokens::one_order;
    a_passkey_round_trips_and_loses_its_key => crate::passkeys::round_trip;
    a_passkey_is_not_given_to_somebody_else => crate::passkeys::not_given_away;
    thirty_two_bring_one_passkey => crate::passkeys::one_key_comes_in_once;
    thirty_two_bring_a_passkey_each => crate::passkeys::no_more_than_may_be;
    thirty_two_log_ins_of_one_signature => crate::passkeys::one_log_in_of_one_signature;
    thirty_two_answers_of_a_copy => crate::passkeys::one_block_of_a_copy;
    a_certificate_round_trips_and_is_revoked_once => crate::certificates::round_trip;
    no_name_of_a_certificate_lies_readable => crate::certificates::nothing_readable;
    thirty_two_issue_one_certificate => crate::certificates::one_is_issued;
    thirty_two_revoke_one_certificate => crate::certificates::one_is_revoked;
    thirty_two_renewals_and_a_block => crate::certificates::no_renewal_outlives_a_block;
    two_eids_of_one_person_become_public_at_once => crate::certificates::one_pid_over_two_eids;
    a_certificate_ends_beside_one_that_does_not_open => crate::certificates::ends_beside_what_does_not_open;
    thirty_two_bring_one_list_of_a_root => crate::certificates::one_list_of_a_number;
    a_number_round_trips_and_is_erased => crate::voices::round_trip;
    thirty_two_confirm_one_number => crate::voices::one_confirmation_once;
    thirty_two_type_one_code_of_a_call => crate::voices::one_code_once;
    thirty_two_have_one_eid_called => crate::voices::no_more_calls_than_may_be;
    an_eid_is_held_as_it_was_read => crate::finish::held_or_blocked;
    repeats_of_a_finish_follow_each_other => crate::finish::one_repeat_at_a_time;
    a_session_lives_and_ends_once => crate::sessions::ends_once;
    a_party_keeps_its_sid => crate::sessions::keeps_sid;
    a_party_takes_part_by_each_protocol => crate::sessions::one_part_by_each_protocol;
    devices_beyond_the_most_are_forgotten => crate::sessions::devices_bounded;
    what_has_expired_is_pruned => crate::sessions::pruned;
    the_outbox_hands_out_once => crate::sessions::outbox_once;
    a_code_is_exchanged_once => crate::grants::code_once;
    a_family_rotates_step_by_step => crate::grants::rotates;
    the_end_of_an_eid_ends_all_it_gave => crate::grants::end_of_eid;
    a_party_that_leaves_takes_what_it_was_given => crate::grants::end_of_participant;
    one_statement_tells_what_a_grant_rests_on => crate::grants::rests_on;
    a_clients_own_token_has_nobody_behind => crate::grants::nobody_behind;
    only_what_is_told_is_opened => crate::people::only_what_is_told;
    thirty_two_take_one_token => crate::races::one_taker;
    thirty_two_burn_one_code => crate::races::one_burner;
    thirty_two_count_in_one_lane => crate::races::every_count_counts;
    thirty_two_print_one_card => crate::cards::printed_once;
    thirty_two_act_on_one_round => crate::races::one_act_on_a_round;
    thirty_two_keep_one_answer_to_an_ra => crate::races::one_answer_kept;
    thirty_two_want_one_sub => crate::races::one_sub;
    thirty_two_want_one_pid => crate::races::one_pid;
    a_pid_that_somebody_has_is_drawn_again => crate::people::pid_drawn_again;
    a_refusal_undoes_everything => crate::races::refusal_undoes;
    a_panic_undoes_and_others_go_on => crate::races::panic_undoes;
    a_password_is_set_blocked_and_set_again => crate::passwords::round_trip;
    a_verifier_is_renewed_over_the_version_read => crate::passwords::renewed_over_the_version_read;
    a_finished_flow_comes_back_and_is_forgotten => crate::flows::round_trip;
    thirty_two_finish_one_flow => crate::flows::ends_once;
    sixty_four_strangers_have_five_tries_together => crate::lockout::at_once;
    only_numbers_of_the_databases_kind_are_taken => crate::people::numbers_of_its_kind;
    a_device_that_expires_takes_its_lane_along => crate::sessions::device_expires;
    what_burns_is_durable_what_counts_is_soft => crate::durability::levels;
    an_edited_row_shows => crate::audit::edited;
    a_row_forged_before_sealing_shows => crate::audit::edited_before_it_was_sealed;
    a_removed_row_shows => crate::audit::removed;
    an_inserted_row_shows => crate::audit::inserted;
    reordered_rows_show_once_sealed => crate::audit::reordered;
    a_rewritten_segment_shows => crate::audit::segment_rewritten;
    a_removed_segment_shows => crate::audit::segment_removed;
    every_sealed_column_moves_to_the_new_generation => crate::reseal::moves;
    a_walk_that_was_interrupted_goes_on_elsewhere => crate::reseal::goes_on;
    what_changed_meanwhile_is_not_overwritten => crate::reseal::leaves_what_changed;
    a_value_that_does_not_open_keeps_the_old_generation => crate::reseal::broken_stays;
    a_row_named_twice_shows => crate::audit::named_twice;
    a_trail_signed_anew_with_an_inserted_key_shows => crate::audit::signed_anew_with_an_inserted_key;
    a_retired_key_has_no_private_half => crate::keys::private_half_goes;
    a_key_that_others_wrote_is_never_published => crate::keys::others_are_refused;
    keys_of_an_older_program_are_taken_over => crate::keys::older_program;
    nodes_that_start_together_make_one_set_of_keys => crate::keys::one_set;
    rotations_at_once_follow_one_another => crate::keys::rotations_at_once;
    a_withdrawn_key_is_trusted_no_longer => crate::keys::withdrawn;
    a_chosen_name_replaces_the_one_before => crate::own::name_replaced;
    thirty_two_want_one_user_id => crate::own::one_name;
    thirty_two_changes_of_a_password_are_one => crate::own::one_password;
    thirty_two_block_one_card_once => crate::own::one_block;
    a_closed_eid_takes_cards_and_sessions_along => crate::own::closed;
    contact_data_is_sealed_and_may_go => crate::own::contact;
    events_are_read_back_page_by_page => crate::own::history;
    a_newer_schema_is_seen => crate::schema::newer_is_seen;
    who_took_part_before_the_protocols_were_apart_still_does => crate::schema::participants_move_along;
    the_demo_mark_is_for_good => crate::schema::mark_for_good;
}

/// `.cargo/config.toml` says how SQLite is built; without it the product is right and slow (decision 0063).
#[test]
fn sqlite_is_built_as_we_want_it() {
    let house = house::sqlite();
    for option in ["ENABLE_QPSG", "DEFAULT_MEMSTATUS=0", "THREADSAFE=2"] {
        assert!(house.has_option(option), "{option}");
    }
}
