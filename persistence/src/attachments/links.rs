//! What attachments stand with.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{AsChangeset, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    AttachmentId, MemberId, Refusal,
    attachments::{Kind, Place},
    text::Fault,
};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{attachments, comments, ideas},
};

/// Puts these attachments at a place, in their order and in place of those that stand there; says whether
/// that changes anything. New ones must be `by`'s own and stand nowhere. One that is left out stands nowhere from now on.
///
/// # Errors
/// [`Refusal::UnfitAt`] names the one that cannot be put there.
pub fn put(
    conn: &mut AnyConnection,
    now: DateTime<Utc>,
    place: Place,
    wanted: &[AttachmentId],
    by: MemberId,
) -> Result<bool> {
    let present = standing(conn, place)?;
    if present == wanted {
        return Ok(false);
    }
    let mut change = 0;
    for gone in present.iter().filter(|id| !wanted.contains(id)) {
        change -= unlink(conn, now, *gone)?;
    }
    for (nth, id) in wanted.iter().enumerate() {
        let position = attachments::position.eq(i32::try_from(nth).unwrap_or(i32::MAX));
        if present.contains(id) {
            diesel::update(attachments::table.find(key(*id))).set(position).execute(conn)?;
            continue;
        }
        let linked = diesel::update(attachments::table.find(key(*id)))
            .filter(attachments::owner_id.eq(key(by)))
            .filter(attachments::unlinked_at.is_not_null())
            .set((Columns::from(Some(place)), attachments::unlinked_at.eq(None::<NaiveDateTime>), position))
            .execute(conn)?;
        if linked == 0 {
            let fault = Fault::NotA("attachment of your own that stands nowhere else");
            return Err(Refusal::UnfitAt { pointer: format!("/attachment_ids/{nth}"), fault }.into());
        }
        change += 1;
    }
    if change != 0 {
        count(conn, place, change)?;
    }
    Ok(true)
}

/// The attachments of a place, in their order.
fn standing(conn: &mut AnyConnection, place: Place) -> Result<Vec<AttachmentId>> {
    let rows = attachments::table.order(attachments::position).select(attachments::id);
    let ids: Vec<KeyValue> = match place {
        Place::Idea(idea) => rows.filter(attachments::idea_id.eq(key(idea))).load(conn)?,
        Place::Comment(comment) => rows.filter(attachments::comment_id.eq(key(comment))).load(conn)?,
        Place::Panel(panel) => rows.filter(attachments::panel_id.eq(key(panel))).load(conn)?,
        Place::Report(report) => rows.filter(attachments::report_id.eq(key(report))).load(conn)?,
        Place::Work(work) => rows.filter(attachments::work_id.eq(key(work))).load(conn)?,
        Place::Contest(contest) => rows.filter(attachments::contest_id.eq(key(contest))).load(conn)?,
        Place::Entry(entry) => rows.filter(attachments::entry_id.eq(key(entry))).load(conn)?,
    };
    Ok(ids.into_iter().map(AttachmentId::from).collect())
}

fn unlink(conn: &mut AnyConnection, now: DateTime<Utc>, id: AttachmentId) -> Result<i64> {
    let rows = diesel::update(attachments::table.find(key(id)))
        .filter(attachments::unlinked_at.is_null())
        .set((Columns::from(None), attachments::unlinked_at.eq(now.naive_utc())))
        .execute(conn)?;
    Ok(i64::try_from(rows).unwrap_or(0))
}

/// Where an attachment stands: one of these, or none.
#[derive(Default, AsChangeset)]
#[diesel(table_name = attachments, treat_none_as_null = true)]
struct Columns {
    idea_id: Option<KeyValue>,
    comment_id: Option<KeyValue>,
    panel_id: Option<KeyValue>,
    report_id: Option<KeyValue>,
    work_id: Option<KeyValue>,
    contest_id: Option<KeyValue>,
    entry_id: Option<KeyValue>,
}

impl From<Option<Place>> for Columns {
    fn from(place: Option<Place>) -> Self {
        let nowhere = Self::default();
        match place {
            Some(Place::Idea(id)) => Self { idea_id: Some(key(id)), ..nowhere },
            Some(Place::Comment(id)) => Self { comment_id: Some(key(id)), ..nowhere },
            Some(Place::Panel(id)) => Self { panel_id: Some(key(id)), ..nowhere },
            Some(Place::Report(id)) => Self { report_id: Some(key(id)), ..nowhere },
            Some(Place::Work(id)) => Self { work_id: Some(key(id)), ..nowhere },
            Some(Place::Contest(id)) => Self { contest_id: Some(key(id)), ..nowhere },
            Some(Place::Entry(id)) => Self { entry_id: Some(key(id)), ..nowhere },
            None => nowhere,
        }
    }
}

/// Leaves what stands at a place that goes to stand nowhere.
pub(crate) fn clear(conn: &mut AnyConnection, now: DateTime<Utc>, place: Place) -> Result<()> {
    for id in standing(conn, place)? {
        unlink(conn, now, id)?;
    }
    Ok(())
}

/// Whether all of these are pictures.
///
/// # Errors
/// [`Refusal::UnfitAt`] names the first that is none.
pub fn ensure_pictures(conn: &mut AnyConnection, wanted: &[AttachmentId]) -> Result<()> {
    let ids = wanted.iter().copied().map(key);
    let others: Vec<KeyValue> = attachments::table
        .filter(attachments::id.eq_any(ids))
        .filter(attachments::kind.eq(Kind::Pdf.key()))
        .select(attachments::id)
        .load(conn)?;
    match wanted.iter().position(|id| others.contains(&key(*id))) {
        Some(nth) => {
            let fault = Fault::NotA("picture");
            Err(Refusal::UnfitAt { pointer: format!("/attachment_ids/{nth}"), fault }.into())
        }
        None => Ok(()),
    }
}

/// Counts what came to a place, or went from it.
pub(super) fn count(conn: &mut AnyConnection, place: Place, change: i64) -> Result<()> {
    match place {
        Place::Idea(idea) => diesel::update(ideas::table.find(key(idea)))
            .set(ideas::attachment_count.eq(ideas::attachment_count + change))
            .execute(conn)?,
        Place::Comment(comment) => diesel::update(comments::table.find(key(comment)))
            .set(comments::attachment_count.eq(comments::attachment_count + change))
            .execute(conn)?,
        // They are counted where they are shown.
        Place::Panel(_) | Place::Report(_) | Place::Work(_) | Place::Contest(_) | Place::Entry(_) => 0,
    };
    Ok(())
}
