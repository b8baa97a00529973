//! What attachments stand with.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{AttachmentId, MemberId, Refusal, attachments::Place, text::Fault};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{attachments, comments, ideas},
};

/// Puts these attachments with an idea or a comment, in their order and in place of those that stand there; says whether
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
        let (idea, comment) = columns(Some(place));
        let linked = diesel::update(attachments::table.find(key(*id)))
            .filter(attachments::owner_id.eq(key(by)))
            .filter(attachments::unlinked_at.is_not_null())
            .set((
                attachments::idea_id.eq(idea),
                attachments::comment_id.eq(comment),
                attachments::unlinked_at.eq(None::<chrono::NaiveDateTime>),
                position,
            ))
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
    };
    Ok(ids.into_iter().map(AttachmentId::from).collect())
}

fn unlink(conn: &mut AnyConnection, now: DateTime<Utc>, id: AttachmentId) -> Result<i64> {
    let rows = diesel::update(attachments::table.find(key(id)))
        .filter(attachments::unlinked_at.is_null())
        .set((
            attachments::idea_id.eq(None::<KeyValue>),
            attachments::comment_id.eq(None::<KeyValue>),
            attachments::unlinked_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(i64::try_from(rows).unwrap_or(0))
}

/// The ids of the idea and of the comment of a place, one of which is none.
pub(super) fn columns(place: Option<Place>) -> (Option<KeyValue>, Option<KeyValue>) {
    match place {
        Some(Place::Idea(idea)) => (Some(key(idea)), None),
        Some(Place::Comment(comment)) => (None, Some(key(comment))),
        None => (None, None),
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
    };
    Ok(())
}
