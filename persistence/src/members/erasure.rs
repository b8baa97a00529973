//! Forgetting a member: what says who they are goes, what they said and voted for stays under no name.

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    MemberId, Stamp,
    api_keys::MOST_KEYS,
    events::{Event, Revocation},
    members::Member,
};

use crate::{
    api_keys, attachments,
    connection::AnyConnection,
    contests,
    error::Result,
    key::key,
    mails, outbox, panels,
    schema::{
        board_follows, board_invitations, follows, members, notifications, sessions as sessions_table,
        triage, triage_views,
    },
    sessions,
};

/// Forgets a member. Their open applications and entries are withdrawn, and seats and teams given to others first.
///
/// # Errors
/// [`crate::Error::Missing`] when they are forgotten already, [`crate::Error::Contended`] when they changed meanwhile.
pub fn erase(conn: &mut AnyConnection, stamp: &Stamp, id: MemberId) -> Result<Member> {
    let before = super::find(conn, id)?;
    if before.erased_at.is_some() {
        return Err(crate::Error::Missing);
    }
    // Of whatever a member may have many, each change has a stamp of its own.
    let [account, ended, told] = [0, 1, 2].map(|nth| stamp.branch(nth));
    let for_keys: [Stamp; MOST_KEYS] = std::array::from_fn(|nth| stamp.branch(100 + nth as u16));
    panels::forgetting::forget(conn, &stamp.branch(3), id)?;
    contests::forgetting::forget(conn, &stamp.branch(4), &before)?;
    sessions::revoke_all(conn, &ended, id, None, Revocation::Erased)?;
    api_keys::revoke_all(conn, &for_keys, id)?;
    mails::forget(conn, &before)?;
    attachments::sweep::forget_unlinked(conn, stamp.at, id)?;
    attachments::sweep::forget_names(conn, id)?;
    let me = key(id);
    // What they signed in with is told apart by the names of their devices.
    diesel::delete(sessions_table::table.filter(sessions_table::member_id.eq(me))).execute(conn)?;
    diesel::delete(follows::table.filter(follows::member_id.eq(me))).execute(conn)?;
    diesel::delete(board_follows::table.filter(board_follows::member_id.eq(me))).execute(conn)?;
    diesel::delete(notifications::table.filter(notifications::member_id.eq(me))).execute(conn)?;
    diesel::delete(board_invitations::table.filter(board_invitations::member_id.eq(me))).execute(conn)?;
    diesel::delete(triage_views::table.filter(triage_views::owner_id.eq(me))).execute(conn)?;
    diesel::update(triage::table.filter(triage::owner_id.eq(me)))
        .set(triage::owner_id.eq(None::<crate::key::KeyValue>))
        .execute(conn)?;
    diesel::update(members::table.find(me))
        .set((members::password_hash.eq(None::<String>), members::sso_subject.eq(None::<String>)))
        .execute(conn)?;
    let erased = super::update(conn, &account, &before, before.erased(stamp.at))?;
    outbox::write(conn, &told, &[Event::MemberErased { member: id }])?;
    Ok(erased)
}
