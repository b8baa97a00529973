//! The tables as diesel sees them: the same on both databases.

use crate::key::Key;

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    members (id) {
        id -> Key,
        email -> Text,
        email_key -> Text,
        password_hash -> Nullable<Text>,
        sso_subject -> Nullable<Text>,
        display_name -> Text,
        role -> Text,
        locale -> Text,
        attributes -> Text,
        blocked_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
        attribute_sources -> Text,
        trusted -> Bool,
        email_verified -> Bool,
        erased_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    mail_links (id) {
        id -> Key,
        hash -> Binary,
        purpose -> Text,
        member_id -> Key,
        address -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    invitations (id) {
        id -> Key,
        hash -> Binary,
        address -> Text,
        address_key -> Text,
        role -> Text,
        invited_by -> Key,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    reset_requests (id) {
        id -> Key,
        address_key -> Text,
        created_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    mails (id) {
        id -> Key,
        kind -> Text,
        member_id -> Nullable<Key>,
        address -> Nullable<Text>,
        subject -> Nullable<Text>,
        body -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        attempts -> Integer,
        due_at -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    sessions (id) {
        id -> Key,
        member_id -> Key,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        device -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    api_keys (id) {
        id -> Key,
        owner_id -> Key,
        name -> Text,
        prefix -> Text,
        hash -> Binary,
        scopes -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        last_used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        replaced_by -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> Key,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    boards (id) {
        id -> Key,
        slug -> Text,
        name -> Text,
        description -> Text,
        view_audience -> Text,
        vote_audience -> Text,
        comment_audience -> Text,
        submit_audience -> Text,
        voters_seen_by_viewers -> Bool,
        vote_budget -> Nullable<Integer>,
        moderation -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    board_invitations (board_id, member_id) {
        board_id -> Key,
        member_id -> Key,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    ideas (id) {
        id -> Key,
        board_id -> Key,
        author_id -> Nullable<Key>,
        status -> Text,
        category -> Text,
        merged_into -> Nullable<Key>,
        comments_locked -> Bool,
        pinned_comment_id -> Nullable<Key>,
        vote_count -> BigInt,
        carried_votes -> BigInt,
        comment_count -> BigInt,
        attachment_count -> BigInt,
        trending -> Double,
        shuffled -> BigInt,
        source_id -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        hidden_at -> Nullable<Timestamp>,
        hidden_as -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    statuses (board_id, key) {
        id -> Key,
        board_id -> Key,
        key -> Text,
        name_ko -> Text,
        name_en -> Text,
        colour -> Text,
        position -> Integer,
        category -> Text,
        freezes_votes -> Bool,
        freezes_comments -> Bool,
        freezes_edits -> Bool,
        restricted -> Bool,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    status_steps (status_id, next_id) {
        status_id -> Key,
        next_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    idea_texts (idea_id) {
        idea_id -> Key,
        title -> Text,
        body -> Text,
        excerpt -> Text,
        tags -> Text,
        folded_title -> Text,
        folded_whole -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    idea_tags (tag, idea_id) {
        tag -> Text,
        idea_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    idea_revisions (idea_id, version) {
        idea_id -> Key,
        version -> Integer,
        title -> Text,
        body -> Text,
        tags -> Text,
        answers -> Nullable<Text>,
        replaced_by -> Nullable<Key>,
        replaced_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    activities (id) {
        id -> Key,
        idea_id -> Key,
        kind -> Text,
        member_id -> Nullable<Key>,
        internal -> Bool,
        from_status -> Nullable<Text>,
        to_status -> Nullable<Text>,
        reason -> Nullable<Text>,
        decline_reason -> Nullable<Text>,
        other_idea_id -> Nullable<Key>,
        version -> Nullable<Integer>,
        supporters -> Nullable<BigInt>,
        told -> Nullable<BigInt>,
        created_at -> Timestamp,
        entry_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    responses (idea_id, version) {
        idea_id -> Key,
        version -> Integer,
        body -> Text,
        author_id -> Nullable<Key>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    response_ratings (idea_id, version, member_id) {
        idea_id -> Key,
        version -> Integer,
        member_id -> Key,
        helpful -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    follows (idea_id, member_id) {
        idea_id -> Key,
        member_id -> Key,
        muted -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    board_follows (board_id, member_id) {
        board_id -> Key,
        member_id -> Key,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    notifications (member_id, id) {
        member_id -> Key,
        id -> Key,
        kind -> Text,
        idea_id -> Nullable<Key>,
        created_at -> Timestamp,
        read_at -> Nullable<Timestamp>,
        panel_id -> Nullable<Key>,
        mail_due_at -> Nullable<Timestamp>,
        contest_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    merges (id) {
        id -> Key,
        source_id -> Key,
        target_id -> Key,
        from_status -> Text,
        merged_at -> Timestamp,
        unmerged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    votes (idea_id, member_id) {
        idea_id -> Key,
        member_id -> Key,
        created_at -> Timestamp,
        carried_from -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    comments (id) {
        id -> Key,
        idea_id -> Key,
        home_idea_id -> Key,
        parent_id -> Nullable<Key>,
        root_id -> Key,
        depth -> Integer,
        author_id -> Key,
        internal -> Bool,
        body -> Text,
        reply_count -> BigInt,
        staff_reply_count -> BigInt,
        attachment_count -> BigInt,
        agree_count -> BigInt,
        disagree_count -> BigInt,
        thanks_count -> BigInt,
        insightful_count -> BigInt,
        best -> Double,
        created_at -> Timestamp,
        edited_at -> Nullable<Timestamp>,
        hidden_at -> Nullable<Timestamp>,
        hidden_as -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    comment_revisions (comment_id, version) {
        comment_id -> Key,
        version -> Integer,
        body -> Text,
        replaced_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    comment_reactions (comment_id, member_id, kind) {
        comment_id -> Key,
        member_id -> Key,
        kind -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    comment_mentions (comment_id, member_id) {
        comment_id -> Key,
        member_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    fields (id) {
        id -> Key,
        board_id -> Key,
        key -> Text,
        label_ko -> Text,
        label_en -> Text,
        help_ko -> Nullable<Text>,
        help_en -> Nullable<Text>,
        kind -> Text,
        required -> Bool,
        position -> Integer,
        for_staff -> Bool,
        archived_at -> Nullable<Timestamp>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    field_choices (field_id, key) {
        field_id -> Key,
        key -> Text,
        name_ko -> Text,
        name_en -> Text,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    idea_answers (idea_id, field_id, nth) {
        idea_id -> Key,
        field_id -> Key,
        nth -> Integer,
        text -> Nullable<Text>,
        choice -> Nullable<Text>,
        number -> Nullable<Double>,
        day -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    proxy_posts (idea_id) {
        idea_id -> Key,
        by_member_id -> Key,
        channel -> Text,
        link -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    proxy_votes (idea_id, member_id) {
        idea_id -> Key,
        member_id -> Key,
        by_member_id -> Key,
        channel -> Text,
        link -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    outbox (id) {
        id -> Key,
        kind -> Text,
        subject -> Key,
        data -> Text,
        occurred_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    replays (key_hash) {
        key_hash -> Binary,
        request_hash -> Binary,
        answer -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    leases (name) {
        name -> Text,
        done_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    member_numbers (member_id, name) {
        member_id -> Key,
        name -> Text,
        value -> Double,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    idea_values (idea_id, name) {
        idea_id -> Key,
        name -> Text,
        board_id -> Key,
        total -> Double,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    triage (idea_id) {
        idea_id -> Key,
        board_id -> Key,
        status -> Text,
        category -> Text,
        deleted -> Bool,
        created_at -> Timestamp,
        owner_id -> Nullable<Key>,
        due_on -> Nullable<Date>,
        effort -> Nullable<Integer>,
        strategic_value -> Nullable<Integer>,
        answered_at -> Nullable<Timestamp>,
        priority -> Double,
        need -> Double,
        momentum -> BigInt,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    priority_weights (board_id) {
        board_id -> Key,
        votes -> Double,
        need -> Double,
        momentum -> Double,
        effort -> Double,
        strategic_value -> Double,
        age -> Double,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    private_tags (tag, idea_id) {
        tag -> Text,
        idea_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    triage_views (id) {
        id -> Key,
        owner_id -> Key,
        name -> Text,
        shared -> Bool,
        query -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    duplicate_pairs (first_id, second_id) {
        first_id -> Key,
        second_id -> Key,
        board_id -> Key,
        score -> Double,
        rank -> Double,
        place -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    dismissed_pairs (first_id, second_id) {
        first_id -> Key,
        second_id -> Key,
        member_id -> Key,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    segments (id) {
        id -> Key,
        name -> Text,
        description -> Text,
        rule -> Text,
        weight -> Double,
        member_count -> BigInt,
        first_count -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    segment_members (segment_id, member_id) {
        segment_id -> Key,
        member_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    audit (number) {
        number -> BigInt,
        at -> Timestamp,
        request_id -> Nullable<Text>,
        member_id -> Nullable<Key>,
        role -> Nullable<Text>,
        api_key_id -> Nullable<Key>,
        action -> Text,
        subject_id -> Nullable<Key>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        previous -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    moderation_cases (post_id) {
        post_id -> Key,
        kind -> Text,
        idea_id -> Key,
        board_id -> Key,
        author_id -> Nullable<Key>,
        open -> Bool,
        causes -> Text,
        report_count -> BigInt,
        opened_at -> Timestamp,
        decision -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Key>,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    reports (post_id, member_id) {
        post_id -> Key,
        member_id -> Key,
        complaint -> Text,
        note -> Text,
        created_at -> Timestamp,
        open -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    banned_words (id) {
        id -> Key,
        language -> Text,
        word -> Text,
        except_in -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    attachments (id) {
        id -> Key,
        owner_id -> Key,
        kind -> Text,
        name -> Text,
        bytes -> BigInt,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        sha256 -> Binary,
        thumbnail -> Nullable<Text>,
        idea_id -> Nullable<Key>,
        comment_id -> Nullable<Key>,
        panel_id -> Nullable<Key>,
        report_id -> Nullable<Key>,
        work_id -> Nullable<Key>,
        position -> Integer,
        created_at -> Timestamp,
        unlinked_at -> Nullable<Timestamp>,
        contest_id -> Nullable<Key>,
        entry_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    roadmaps (id) {
        id -> Key,
        board_id -> Key,
        name -> Text,
        audience -> Text,
        kind -> Text,
        layout -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    doomed_attachments (id) {
        id -> Key,
        doomed_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    roadmap_ideas (roadmap_id, idea_id) {
        roadmap_id -> Key,
        idea_id -> Key,
        column_key -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    changelog (id) {
        id -> Key,
        board_id -> Nullable<Key>,
        audience -> Nullable<Text>,
        author_id -> Nullable<Key>,
        title -> Text,
        body -> Text,
        publish_at -> Nullable<Timestamp>,
        listed_at -> Timestamp,
        announced_at -> Nullable<Timestamp>,
        notice_id -> Nullable<Key>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    changelog_labels (label, entry_id) {
        label -> Text,
        entry_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    changelog_ideas (entry_id, idea_id) {
        entry_id -> Key,
        idea_id -> Key,
        position -> Integer,
        told -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    panels (id) {
        id -> Key,
        terms -> Text,
        rules_hash -> Nullable<Text>,
        secret -> Text,
        published_at -> Nullable<Timestamp>,
        recruited_at -> Nullable<Timestamp>,
        locked_at -> Nullable<Timestamp>,
        drawn_at -> Nullable<Timestamp>,
        announced_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
        told_at -> Nullable<Timestamp>,
        forgotten_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    applications (id) {
        id -> Key,
        panel_id -> Key,
        member_id -> Nullable<Key>,
        ticket -> Text,
        salt -> Nullable<Text>,
        answers -> Text,
        agreed -> Text,
        reasons -> Text,
        score -> Nullable<Integer>,
        outcome -> Text,
        place -> Nullable<Integer>,
        confirm_by -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    panel_draws (panel_id) {
        panel_id -> Key,
        spec -> Text,
        spec_hash -> Text,
        pool -> Text,
        excluded -> Text,
        locked_at -> Timestamp,
        number -> Nullable<Text>,
        evidence -> Nullable<Text>,
        fairness -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    panel_replacements (panel_id, number) {
        panel_id -> Key,
        number -> Integer,
        left_ticket -> Text,
        taken_by -> Nullable<Text>,
        relaxed -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    panel_void_locks (panel_id, number) {
        panel_id -> Key,
        number -> Integer,
        spec -> Text,
        pool -> Text,
        excluded -> Text,
        reason -> Text,
        locked_at -> Timestamp,
        voided_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    panel_nonces (panel_id, member_id) {
        panel_id -> Key,
        member_id -> Key,
        commitment -> Text,
        nonce -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    shipments (application_id) {
        application_id -> Key,
        panel_id -> Key,
        address -> Nullable<Text>,
        courier -> Nullable<Text>,
        tracking -> Nullable<Text>,
        shipped_at -> Nullable<Timestamp>,
        delivered_at -> Nullable<Timestamp>,
        updated_at -> Timestamp,
        told_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    trial_reports (id) {
        id -> Key,
        application_id -> Key,
        panel_id -> Key,
        title -> Text,
        body -> Text,
        pros -> Text,
        cons -> Text,
        useful -> Integer,
        usable -> Integer,
        enjoyable -> Integer,
        disclosed -> Bool,
        asked_for -> Nullable<Text>,
        asked_note -> Nullable<Text>,
        asked_at -> Nullable<Timestamp>,
        first_sent_at -> Timestamp,
        sent_at -> Timestamp,
        accepted_at -> Nullable<Timestamp>,
        accepted_by -> Nullable<Key>,
        version -> Integer,
        posts -> Text,
        asked_due_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    mission_works (id) {
        id -> Key,
        application_id -> Key,
        mission -> Text,
        done -> Text,
        first_done_at -> Timestamp,
        done_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    report_ideas (report_id, idea_id) {
        report_id -> Key,
        idea_id -> Key,
        quote -> Nullable<Text>,
    }
}

diesel::table! {
    disclosure_rules (id) {
        id -> Integer,
        rules -> Text,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    excuses (application_id) {
        application_id -> Key,
        reason -> Text,
        created_at -> Timestamp,
        decided_at -> Nullable<Timestamp>,
        granted -> Nullable<Bool>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    strikes (id) {
        id -> Key,
        member_id -> Key,
        application_id -> Key,
        panel_id -> Key,
        created_at -> Timestamp,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<Timestamp>,
        decided_at -> Nullable<Timestamp>,
        overturned -> Nullable<Bool>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    panel_results (panel_id) {
        panel_id -> Key,
        learned -> Text,
        changes -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contests (id) {
        id -> Key,
        terms -> Text,
        rules_hash -> Nullable<Text>,
        secret -> Text,
        round -> Integer,
        published_at -> Nullable<Timestamp>,
        judging_at -> Nullable<Timestamp>,
        locked_at -> Nullable<Timestamp>,
        provisional_at -> Nullable<Timestamp>,
        disqualified_at -> Nullable<Timestamp>,
        finalized_at -> Nullable<Timestamp>,
        archived_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
        forgotten_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_entries (id) {
        id -> Key,
        contest_id -> Key,
        leader_id -> Nullable<Key>,
        state -> Text,
        content -> Text,
        versions -> Integer,
        from_idea_id -> Nullable<Key>,
        idea_id -> Nullable<Key>,
        reasons -> Text,
        note -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        fix_until -> Nullable<Timestamp>,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<Timestamp>,
        verdict_at -> Nullable<Timestamp>,
        verdict_granted -> Nullable<Bool>,
        verdict_note -> Nullable<Text>,
        cut_in -> Nullable<Integer>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    entry_versions (entry_id, number) {
        entry_id -> Key,
        number -> Integer,
        content -> Text,
        sha256 -> Text,
        rules_hash -> Text,
        submitted_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    entry_members (entry_id, member_id) {
        entry_id -> Key,
        member_id -> Key,
        contest_id -> Key,
        slot -> Nullable<Integer>,
        agreed -> Text,
        name_as -> Nullable<Text>,
        joined_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    team_invitations (id) {
        id -> Key,
        entry_id -> Key,
        member_id -> Nullable<Key>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        created_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
        accepted -> Nullable<Bool>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_judges (contest_id, member_id) {
        contest_id -> Key,
        member_id -> Key,
        expertise -> Text,
        most -> Nullable<Integer>,
        appointed_at -> Timestamp,
        declared_at -> Nullable<Timestamp>,
        left_at -> Nullable<Timestamp>,
        left_reason -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    judge_conflicts (id) {
        id -> Key,
        contest_id -> Key,
        judge_id -> Key,
        source -> Text,
        entry_id -> Nullable<Key>,
        member_id -> Nullable<Key>,
        note -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_assignments (id) {
        id -> Key,
        contest_id -> Key,
        round -> Integer,
        plan -> Text,
        parts -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    entry_reviews (id) {
        id -> Key,
        contest_id -> Key,
        entry_id -> Key,
        judge_id -> Key,
        round -> Integer,
        kind -> Text,
        state -> Text,
        marks -> Text,
        comments -> Text,
        note -> Text,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
        saved_at -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_ballots (contest_id, member_id) {
        contest_id -> Key,
        member_id -> Key,
        voter -> Text,
        stars -> Text,
        state -> Text,
        signals -> Text,
        first_act -> Bool,
        prefix -> Nullable<BigInt>,
        seconds_on_page -> Nullable<Integer>,
        cast_at -> Timestamp,
        changed_at -> Timestamp,
        decided_at -> Nullable<Timestamp>,
        note -> Nullable<Text>,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<Timestamp>,
        verdict_at -> Nullable<Timestamp>,
        verdict_granted -> Nullable<Bool>,
        verdict_note -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_results (contest_id, round) {
        contest_id -> Key,
        round -> Integer,
        inputs -> Text,
        verdict -> Text,
        lock_hash -> Text,
        locked_at -> Timestamp,
        computed_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_objections (id) {
        id -> Key,
        contest_id -> Key,
        member_id -> Nullable<Key>,
        entry_id -> Nullable<Key>,
        text -> Text,
        created_at -> Timestamp,
        decided_at -> Nullable<Timestamp>,
        upheld -> Nullable<Bool>,
        note -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    entry_disqualifications (entry_id) {
        entry_id -> Key,
        contest_id -> Key,
        reason -> Text,
        note -> Text,
        awarded -> Bool,
        disqualified_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    prize_claims (entry_id) {
        entry_id -> Key,
        contest_id -> Key,
        offered_at -> Timestamp,
        shares -> Text,
        claimed_at -> Nullable<Timestamp>,
        declined_at -> Nullable<Timestamp>,
        identity_at -> Nullable<Timestamp>,
        tax_at -> Nullable<Timestamp>,
        payments -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    tax_rules (id) {
        id -> Integer,
        rules -> Text,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    contest_viewers (contest_id, member_id) {
        contest_id -> Key,
        member_id -> Key,
        first_at -> Timestamp,
    }
}

diesel::joinable!(reports -> members (member_id));
diesel::joinable!(api_keys -> members (owner_id));
diesel::joinable!(invitations -> members (invited_by));
diesel::joinable!(mail_links -> members (member_id));
diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(board_invitations -> members (member_id));
diesel::joinable!(ideas -> boards (board_id));
diesel::joinable!(ideas -> members (author_id));
diesel::joinable!(idea_texts -> ideas (idea_id));
diesel::joinable!(idea_tags -> ideas (idea_id));
diesel::joinable!(comment_mentions -> members (member_id));
diesel::joinable!(applications -> members (member_id));
diesel::joinable!(applications -> panels (panel_id));
diesel::joinable!(panel_nonces -> members (member_id));
diesel::joinable!(shipments -> applications (application_id));
diesel::joinable!(trial_reports -> applications (application_id));
diesel::joinable!(report_ideas -> trial_reports (report_id));
diesel::joinable!(excuses -> applications (application_id));
diesel::joinable!(strikes -> applications (application_id));
diesel::joinable!(strikes -> members (member_id));
diesel::joinable!(votes -> ideas (idea_id));
diesel::joinable!(votes -> members (member_id));
diesel::joinable!(segment_members -> members (member_id));
diesel::joinable!(activities -> members (member_id));
diesel::joinable!(responses -> members (author_id));
diesel::joinable!(notifications -> ideas (idea_id));
diesel::joinable!(notifications -> panels (panel_id));
diesel::joinable!(notifications -> contests (contest_id));
diesel::joinable!(entry_members -> contest_entries (entry_id));
diesel::joinable!(entry_members -> members (member_id));
diesel::joinable!(entry_versions -> contest_entries (entry_id));
diesel::joinable!(team_invitations -> contest_entries (entry_id));
diesel::joinable!(team_invitations -> members (member_id));
diesel::joinable!(contest_judges -> members (member_id));
diesel::joinable!(contest_judges -> contests (contest_id));
diesel::joinable!(entry_reviews -> contest_entries (entry_id));
diesel::joinable!(entry_reviews -> contests (contest_id));
diesel::joinable!(contest_ballots -> members (member_id));
diesel::joinable!(contest_objections -> contests (contest_id));
diesel::joinable!(entry_disqualifications -> contest_entries (entry_id));
diesel::joinable!(prize_claims -> contest_entries (entry_id));
diesel::joinable!(triage -> ideas (idea_id));
diesel::joinable!(proxy_posts -> members (by_member_id));
diesel::joinable!(changelog -> members (author_id));
// Of the two members of a row, who acted.
diesel::joinable!(proxy_votes -> members (by_member_id));
diesel::allow_tables_to_appear_in_same_query!(
    members,
    audit,
    moderation_cases,
    reports,
    sessions,
    refresh_tokens,
    boards,
    board_invitations,
    ideas,
    statuses,
    status_steps,
    idea_texts,
    idea_values,
    idea_tags,
    votes,
    segments,
    segment_members,
    activities,
    responses,
    response_ratings,
    follows,
    board_follows,
    notifications,
    merges,
    triage,
    member_numbers,
    api_keys,
    invitations,
    mail_links,
    private_tags,
    comments,
    comment_mentions,
    idea_answers,
    proxy_posts,
    proxy_votes,
    roadmap_ideas,
    changelog,
    changelog_labels,
    changelog_ideas,
    applications,
    panel_nonces,
    panels,
    shipments,
    trial_reports,
    mission_works,
    report_ideas,
    excuses,
    strikes,
    panel_results,
    contests,
    contest_judges,
    judge_conflicts,
    contest_assignments,
    entry_reviews,
    contest_ballots,
    contest_results,
    contest_objections,
    entry_disqualifications,
    prize_claims,
    contest_viewers,
    contest_entries,
    entry_versions,
    entry_members,
    team_invitations
);
diesel::allow_tables_to_appear_in_same_query!(attachments, contest_entries);
diesel::allow_columns_to_appear_in_same_group_by_clause!(votes::idea_id, segment_members::segment_id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    votes::idea_id,
    ideas::board_id,
    member_numbers::name
);
