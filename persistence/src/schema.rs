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
        vote_count -> BigInt,
        carried_votes -> BigInt,
        comment_count -> BigInt,
        trending -> Double,
        shuffled -> BigInt,
        source_id -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
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
        replaced_by -> Nullable<Key>,
        replaced_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    status_changes (id) {
        id -> Key,
        idea_id -> Key,
        from_status -> Text,
        to_status -> Text,
        reason -> Text,
        decline_reason -> Nullable<Text>,
        member_id -> Nullable<Key>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Key;

    votes (idea_id, member_id) {
        idea_id -> Key,
        member_id -> Key,
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

diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(board_invitations -> members (member_id));
diesel::joinable!(ideas -> boards (board_id));
diesel::joinable!(ideas -> members (author_id));
diesel::joinable!(idea_texts -> ideas (idea_id));
diesel::joinable!(idea_tags -> ideas (idea_id));
diesel::joinable!(votes -> ideas (idea_id));
diesel::joinable!(votes -> members (member_id));
diesel::joinable!(segment_members -> members (member_id));
diesel::allow_tables_to_appear_in_same_query!(
    members,
    sessions,
    refresh_tokens,
    boards,
    board_invitations,
    ideas,
    statuses,
    status_steps,
    idea_texts,
    idea_tags,
    votes,
    segments,
    segment_members
);
