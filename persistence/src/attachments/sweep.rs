//! What of attachments goes by itself: rows that have stood nowhere for too long, and bytes without a row.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    AttachmentId, EntryId, MemberId,
    attachments::{FileName, Kind},
};
use uuid::Uuid;

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{attachments, doomed_attachments},
};

/// Takes away up to `most` rows that have stood nowhere since before `since`; says how many went.
///
/// # Errors
/// Only when the database fails.
pub fn expire(
    conn: &mut AnyConnection,
    now: DateTime<Utc>,
    since: DateTime<Utc>,
    most: i64,
) -> Result<usize> {
    let since = since.naive_utc();
    let old: Vec<KeyValue> = attachments::table
        .filter(attachments::unlinked_at.lt(since))
        .order(attachments::unlinked_at)
        .limit(most)
        .select(attachments::id)
        .load(conn)?;
    // One that was put somewhere meanwhile stays.
    let gone: Vec<KeyValue> = diesel::delete(attachments::table.filter(attachments::id.eq_any(old)))
        .filter(attachments::unlinked_at.lt(since))
        .returning(attachments::id)
        .get_results(conn)?;
    doom(conn, now, &gone)?;
    Ok(gone.len())
}

/// Takes away what a member uploaded and put nowhere.
pub(crate) fn forget_unlinked(conn: &mut AnyConnection, now: DateTime<Utc>, owner: MemberId) -> Result<()> {
    let gone: Vec<KeyValue> = diesel::delete(attachments::table.filter(attachments::owner_id.eq(key(owner))))
        .filter(attachments::unlinked_at.is_not_null())
        .returning(attachments::id)
        .get_results(conn)?;
    doom(conn, now, &gone)
}

/// Calls what a member leaves behind by no name of theirs: people name files after themselves.
pub(crate) fn forget_names(conn: &mut AnyConnection, owner: MemberId) -> Result<()> {
    for kind in Kind::ALL {
        diesel::update(attachments::table.filter(attachments::owner_id.eq(key(owner))))
            .filter(attachments::kind.eq(kind.key()))
            .set(attachments::name.eq(FileName::nameless(kind).as_str()))
            .execute(conn)?;
    }
    Ok(())
}

/// Takes away what stands with reports and with what was done for missions.
pub(crate) fn forget_standing(
    conn: &mut AnyConnection,
    now: DateTime<Utc>,
    reports: &[KeyValue],
    works: &[KeyValue],
) -> Result<()> {
    let with_reports = attachments::table.filter(attachments::report_id.eq_any(reports.to_vec()));
    let with_works = attachments::table.filter(attachments::work_id.eq_any(works.to_vec()));
    let mut gone: Vec<KeyValue> =
        diesel::delete(with_reports).returning(attachments::id).get_results(conn)?;
    gone.extend(diesel::delete(with_works).returning(attachments::id).get_results::<KeyValue>(conn)?);
    doom(conn, now, &gone)
}

/// Takes away what stands with an entry.
pub(crate) fn forget_of_entry(conn: &mut AnyConnection, now: DateTime<Utc>, entry: EntryId) -> Result<()> {
    let with_entry = attachments::table.filter(attachments::entry_id.eq(key(entry)));
    let gone: Vec<KeyValue> = diesel::delete(with_entry).returning(attachments::id).get_results(conn)?;
    doom(conn, now, &gone)
}

/// Notes that the bytes of these are to go: outside, after the change is stored.
pub(super) fn doom(conn: &mut AnyConnection, now: DateTime<Utc>, gone: &[KeyValue]) -> Result<()> {
    for id in gone {
        diesel::insert_into(doomed_attachments::table)
            .values((doomed_attachments::id.eq(*id), doomed_attachments::doomed_at.eq(now.naive_utc())))
            .execute(conn)?;
    }
    Ok(())
}

/// Up to `most` attachments whose bytes are to go.
///
/// # Errors
/// Only when the database fails.
pub fn doomed(conn: &mut AnyConnection, most: i64) -> Result<Vec<AttachmentId>> {
    let ids: Vec<KeyValue> = doomed_attachments::table
        .order(doomed_attachments::id)
        .limit(most)
        .select(doomed_attachments::id)
        .load(conn)?;
    Ok(ids.into_iter().map(AttachmentId::from).collect())
}

/// Forgets those whose bytes are gone.
///
/// # Errors
/// Only when the database fails.
pub fn forget(conn: &mut AnyConnection, gone: &[AttachmentId]) -> Result<()> {
    let gone: Vec<KeyValue> = gone.iter().copied().map(key).collect();
    diesel::delete(doomed_attachments::table.filter(doomed_attachments::id.eq_any(gone))).execute(conn)?;
    Ok(())
}

/// Those of the ids that are attachments.
///
/// # Errors
/// Only when the database fails.
pub fn known(conn: &mut AnyConnection, ids: &[AttachmentId]) -> Result<HashSet<AttachmentId>> {
    let ids: Vec<KeyValue> = ids.iter().copied().map(key).collect();
    let rows: Vec<KeyValue> =
        attachments::table.filter(attachments::id.eq_any(ids)).select(attachments::id).load(conn)?;
    Ok(rows.into_iter().map(AttachmentId::from).collect())
}

/// Up to `most` attachments after one, by id, and whether each has a small copy: for a backup of their bytes.
///
/// # Errors
/// Only when the database fails.
pub fn page(
    conn: &mut AnyConnection,
    after: Option<AttachmentId>,
    most: i64,
) -> Result<Vec<(AttachmentId, bool)>> {
    let after = KeyValue::from(after.map_or(Uuid::nil(), AttachmentId::uuid));
    let rows: Vec<(KeyValue, Option<String>)> = attachments::table
        .filter(attachments::id.gt(after))
        .order(attachments::id)
        .limit(most)
        .select((attachments::id, attachments::thumbnail))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, thumbnail)| (id.into(), thumbnail.is_some())).collect())
}
