//! The rows of attachments: stored, found and taken away. What they stand with is in [`links`], what goes by itself in
//! [`sweep`].

pub mod contests;
pub mod links;
pub mod sweep;
pub mod trials;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Actor, AttachmentId, CommentId, MemberId, Refusal, Stamp,
    attachments::{Attachment, Extent, FileName, Kind, MOST_UNLINKED, Place},
    comments::{Comment, sees_notes},
    events::Event,
    ideas::Idea,
};

use crate::{
    comments,
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    ideas,
    key::{KeyValue, key},
    outbox, panels,
    schema::{attachments, members},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = attachments, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    owner_id: KeyValue,
    kind: String,
    name: String,
    bytes: i64,
    width: Option<i32>,
    height: Option<i32>,
    sha256: Vec<u8>,
    thumbnail: Option<String>,
    idea_id: Option<KeyValue>,
    comment_id: Option<KeyValue>,
    panel_id: Option<KeyValue>,
    report_id: Option<KeyValue>,
    work_id: Option<KeyValue>,
    contest_id: Option<KeyValue>,
    entry_id: Option<KeyValue>,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for Attachment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("attachment {}: odd {what}", row.id.uuid()));
        let kind = |key: &str| Kind::of_key(key).ok_or_else(|| odd("kind"));
        let side = |side: i32| u32::try_from(side).map_err(|_| odd("side"));
        let extent = |(width, height)| Ok::<_, Error>(Extent { width: side(width)?, height: side(height)? });
        let places = [
            row.idea_id.map(|id| Place::Idea(id.into())),
            row.comment_id.map(|id| Place::Comment(id.into())),
            row.panel_id.map(|id| Place::Panel(id.into())),
            row.report_id.map(|id| Place::Report(id.into())),
            row.work_id.map(|id| Place::Work(id.into())),
            row.contest_id.map(|id| Place::Contest(id.into())),
            row.entry_id.map(|id| Place::Entry(id.into())),
        ];
        Ok(Self {
            kind: kind(&row.kind)?,
            extent: row.width.zip(row.height).map(extent).transpose()?,
            sha256: row.sha256.as_slice().try_into().map_err(|_| odd("digest"))?,
            thumbnail: row.thumbnail.as_deref().map(kind).transpose()?,
            id: row.id.into(),
            owner: row.owner_id.into(),
            name: FileName::stored(row.name),
            bytes: row.bytes,
            place: places.into_iter().flatten().next(),
            created_at: row.created_at.and_utc(),
        })
    }
}

/// The attachment, if what it stands with is the actor's to know of; one that stands nowhere is its owner's alone. What a
/// deleted comment carried is for staff, as what it said is. What an entry has is sealed until nobody can enter any more, by `now`.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(
    conn: &mut AnyConnection,
    actor: &Actor,
    id: AttachmentId,
    now: DateTime<Utc>,
) -> Result<Attachment> {
    let found: Attachment =
        attachments::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()?;
    let seen = match found.place {
        Some(Place::Idea(idea)) => ideas::find(conn, actor, idea).map(|_| true)?,
        Some(Place::Comment(comment)) => {
            let (comment, ..) = comments::find(conn, actor, comment)?;
            comment.is_read_by(actor) || sees_notes(actor)
        }
        Some(Place::Panel(panel)) => panels::find(conn, actor, panel).map(|_| true)?,
        Some(Place::Report(report)) => panels::reports::find(conn, actor, report).map(|_| true)?,
        Some(Place::Work(work)) => panels::missions::is_seen_by(conn, actor, work)?,
        Some(Place::Contest(contest)) => crate::contests::find(conn, actor, contest).map(|_| true)?,
        Some(Place::Entry(entry)) => {
            return contests::seen(conn, actor, found, (entry, now))?.ok_or(Error::Missing);
        }
        None => actor.member_id() == Some(found.owner),
    };
    if seen { Ok(found) } else { Err(Error::Missing) }
}

/// What stands with an idea, in its order.
pub(crate) fn of_idea(conn: &mut AnyConnection, idea: &Idea) -> Result<Vec<Attachment>> {
    if idea.attachment_count == 0 {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = attachments::table
        .filter(attachments::idea_id.eq(key(idea.id)))
        .order(attachments::position)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Attachment::try_from).collect()
}

/// What stands with comments, in its order; nobody is shown what a deleted one carried.
pub(crate) fn of_comments(
    conn: &mut AnyConnection,
    comments: &[Comment],
) -> Result<HashMap<CommentId, Vec<Attachment>>> {
    let mut found: HashMap<CommentId, Vec<Attachment>> = HashMap::new();
    let carrying = |comment: &&Comment| comment.attachment_count > 0 && !comment.is_deleted();
    let carrying: Vec<KeyValue> = comments.iter().filter(carrying).map(|comment| key(comment.id)).collect();
    if carrying.is_empty() {
        return Ok(found);
    }
    let rows: Vec<Row> = attachments::table
        .filter(attachments::comment_id.eq_any(carrying))
        .order((attachments::comment_id, attachments::position))
        .select(Row::as_select())
        .load(conn)?;
    for row in rows {
        let attachment = Attachment::try_from(row)?;
        if let Some(Place::Comment(comment)) = attachment.place {
            found.entry(comment).or_default().push(attachment);
        }
    }
    Ok(found)
}

/// Whether a member may have one more that stands nowhere.
///
/// # Errors
/// [`Refusal::TooManyUnlinked`].
pub fn ensure_room(conn: &mut AnyConnection, owner: MemberId) -> Result<()> {
    let there: i64 = attachments::table
        .filter(attachments::owner_id.eq(key(owner)))
        .filter(attachments::unlinked_at.is_not_null())
        .count()
        .get_result(conn)?;
    match usize::try_from(there).is_ok_and(|there| there < MOST_UNLINKED) {
        true => Ok(()),
        false => Err(Refusal::TooManyUnlinked { most: MOST_UNLINKED }.into()),
    }
}

/// Stores a new attachment, which stands nowhere yet.
///
/// # Errors
/// As [`ensure_room`].
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, new: &Attachment) -> Result<()> {
    // Changes nothing but takes a lock: of two that come at once, only one may be the last.
    diesel::update(members::table.find(key(new.owner)))
        .set(members::version.eq(members::version))
        .execute(conn)?;
    ensure_room(conn, new.owner)?;
    let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let (id, now) = (key(new.id), stamp.at.naive_utc());
    diesel::insert_into(attachments::table)
        .values((
            attachments::id.eq(id),
            attachments::owner_id.eq(key(new.owner)),
            attachments::kind.eq(new.kind.key()),
            attachments::name.eq(new.name.as_str()),
            attachments::bytes.eq(new.bytes),
            attachments::width.eq(new.extent.map(|extent| side(extent.width))),
            attachments::height.eq(new.extent.map(|extent| side(extent.height))),
            attachments::sha256.eq(new.sha256.as_slice()),
            attachments::thumbnail.eq(new.thumbnail.map(Kind::key)),
            attachments::position.eq(0),
            attachments::created_at.eq(now),
            attachments::unlinked_at.eq(now),
        ))
        .execute(conn)?;
    outbox::write(conn, stamp, &[Event::AttachmentCreated { attachment: new.id, member: new.owner }])
}

/// Takes an attachment away, wherever it stands; its bytes go with the next sweep.
///
/// # Errors
/// [`Error::Contended`] when it was put elsewhere since it was read.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, gone: &Attachment) -> Result<()> {
    let row = diesel::delete(attachments::table.find(key(gone.id)));
    let rows = match gone.place {
        Some(Place::Idea(id)) => row.filter(attachments::idea_id.eq(key(id))).execute(conn)?,
        Some(Place::Comment(id)) => row.filter(attachments::comment_id.eq(key(id))).execute(conn)?,
        Some(Place::Panel(id)) => row.filter(attachments::panel_id.eq(key(id))).execute(conn)?,
        Some(Place::Report(id)) => row.filter(attachments::report_id.eq(key(id))).execute(conn)?,
        Some(Place::Work(id)) => row.filter(attachments::work_id.eq(key(id))).execute(conn)?,
        Some(Place::Contest(id)) => row.filter(attachments::contest_id.eq(key(id))).execute(conn)?,
        Some(Place::Entry(id)) => row.filter(attachments::entry_id.eq(key(id))).execute(conn)?,
        None => row.filter(attachments::unlinked_at.is_not_null()).execute(conn)?,
    };
    if rows == 0 {
        return Err(Error::Contended);
    }
    sweep::doom(conn, stamp.at, &[key(gone.id)])?;
    outbox::write(conn, stamp, &[Event::AttachmentDeleted { attachment: gone.id, member: gone.owner }])?;
    match gone.place {
        Some(place) => links::count(conn, place, -1),
        None => Ok(()),
    }
}
