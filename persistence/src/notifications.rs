//! The rows of notifications: who is told of what, each thing once. News of panels is written in [`panels`], of contests in
//! [`contests`].

pub mod contests;
pub mod panels;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, RunQueryDsl as _, sql_types::BigInt,
};
use domain::{
    Action, Actor, Audience, BoardId, ChangelogEntryId, CommentId, ContestId, IdeaId, MemberId, PanelId,
    Stamp,
    access::Permission,
    answers::{News, Notify},
    boards::Board,
    moderation::State,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use crate::{
    activities, changelog,
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    panels::titles,
    schema::{
        activities as activities_table, changelog as changelog_table, comments as comments_table,
        contests as contests_table, idea_texts, ideas, notifications, panels as panels_table,
    },
    written::Written,
};

/// What happened, where, by whom, and who is to be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notice<'a> {
    pub news: News,
    pub idea: IdeaId,
    pub board: &'a Board,
    pub by: Option<MemberId>,
    pub notify: Notify,
}

/// Tells everybody who is to be told, once, under the id of the change; says how many stand behind the idea and how many
/// of them were told. Whoever did it is neither.
pub(crate) fn tell(conn: &mut AnyConnection, stamp: &Stamp, notice: &Notice<'_>) -> Result<(i64, i64)> {
    let supporters: i64 = Written::<BigInt>::new("SELECT count(*) FROM (")
        .then(listeners(notice, supporters_of(notice.idea)))
        .then(Written::new(") AS listeners"))
        .get_result(conn)?;
    let wanted = match notice.notify {
        Notify::Nobody => return Ok((supporters, 0)),
        Notify::Followers => supporters_of(notice.idea),
        Notify::All => supporters_of(notice.idea).then(
            Written::new(" UNION SELECT member_id FROM board_follows WHERE board_id = ")
                .with(notice.board.id, ""),
        ),
    };
    Written::<()>::new(
        "INSERT INTO notifications (member_id, id, kind, idea_id, created_at) SELECT member_id, ",
    )
    .with(activities::id_of(stamp, 0), ", ")
    .with(notice.news.key(), ", ")
    .with(notice.idea, ", ")
    .with(stamp.at.naive_utc(), " FROM (")
    .then(listeners(notice, wanted))
    // The condition is for SQLite, which would take ON for that of a join.
    .then(Written::new(") AS listeners WHERE TRUE ON CONFLICT DO NOTHING"))
    .execute(conn)?;
    Ok((supporters, supporters))
}

/// Tells some members of a comment, once each, unless they have muted the idea or wrote it.
pub(crate) fn tell_of_comment(
    conn: &mut AnyConnection,
    (id, stamp): (CommentId, &Stamp),
    news: News,
    (idea, by): (IdeaId, MemberId),
    members: &[MemberId],
) -> Result<()> {
    for member in members.iter().filter(|member| **member != by) {
        Written::<()>::new("INSERT INTO notifications (member_id, id, kind, idea_id, created_at) SELECT ")
            .with(*member, ", ")
            .with(id, ", ")
            .with(news.key(), ", ")
            .with(idea, ", ")
            .with(
                stamp.at.naive_utc(),
                " WHERE NOT EXISTS (SELECT 1 FROM follows WHERE muted = TRUE AND member_id = ",
            )
            .with(*member, " AND idea_id = ")
            .with(idea, ") ON CONFLICT DO NOTHING")
            .execute(conn)?;
    }
    Ok(())
}

/// Tells the supporters of an idea that an entry of the changelog names it, those whom the entry is for, unless they were
/// told under the same id already.
pub(crate) fn tell_of_entry(
    conn: &mut AnyConnection,
    (id, stamp): (KeyValue, &Stamp),
    notice: &Notice<'_>,
    (audience, board): (Audience, Option<BoardId>),
) -> Result<()> {
    Written::<()>::new(
        "INSERT INTO notifications (member_id, id, kind, idea_id, created_at) SELECT member_id, ",
    )
    .with(id, ", ")
    .with(notice.news.key(), ", ")
    .with(notice.idea, ", ")
    .with(stamp.at.naive_utc(), " FROM (")
    .then(listeners(notice, supporters_of(notice.idea)))
    .then(let_in(audience, board))
    .then(Written::new(") AS listeners WHERE TRUE ON CONFLICT DO NOTHING"))
    .execute(conn)?;
    Ok(())
}

/// Who votes for an idea or follows it or what was merged into it.
fn supporters_of(idea: IdeaId) -> Written {
    Written::new("SELECT member_id FROM votes WHERE idea_id = ")
        .with(idea, " UNION SELECT follows.member_id FROM follows WHERE muted = FALSE AND idea_id IN (")
        .then(family_of(idea))
        .then(Written::new(")"))
}

/// The idea and, step by step, those merged into it.
pub(crate) fn family_of<Of>(idea: IdeaId) -> Written<Of> {
    Written::new("WITH RECURSIVE family (id) AS (SELECT ideas.id FROM ideas WHERE ideas.id = ").with(
        idea,
        " UNION SELECT ideas.id FROM ideas JOIN family ON ideas.merged_into = family.id) SELECT id FROM family",
    )
}

/// Those of `wanted` who may hear of it: not blocked, not muted, not whoever did it, and let in by the board.
fn listeners(notice: &Notice<'_>, wanted: Written) -> Written {
    Written::new("SELECT members.id AS member_id FROM members WHERE members.id IN (")
        .then(wanted)
        .then(Written::new(") AND blocked_at IS NULL AND members.id <> "))
        .then(Written::new("").with(notice.by.map_or(KeyValue::from(Uuid::nil()), key), ""))
        .then(
            Written::new(" AND NOT EXISTS (SELECT 1 FROM follows WHERE follows.member_id = members.id AND muted = TRUE AND idea_id = ")
                .with(notice.idea, ")"),
        )
        .then(let_in(notice.board.audience(Action::View), Some(notice.board.id)))
}

/// That a member is of an audience; where it is that of the invited, of those of a board.
fn let_in(audience: Audience, board: Option<BoardId>) -> Written {
    match (audience, board) {
        (Audience::Everyone | Audience::Members, _) => Written::new(""),
        (Audience::Invited, Some(board)) => {
            Written::new(" AND (role <> 'member' OR EXISTS (SELECT 1 FROM board_invitations b WHERE b.member_id = members.id AND b.board_id = ")
                .with(board, "))")
        }
        (Audience::Staff | Audience::Invited, _) => Written::new(" AND role <> 'member'"),
    }
}

/// What a notification is about, and its title.
#[derive(Debug, Clone)]
pub enum About {
    Idea { id: IdeaId, title: String, board: BoardId },
    Panel { id: PanelId, title: String },
    Contest { id: ContestId, title: String },
}

/// Something a member was told.
#[derive(Debug, Clone)]
pub struct Notification {
    pub id: Uuid,
    pub news: News,
    pub about: About,
    /// The entry of the changelog that is the news, and its title.
    pub entry: Option<(ChangelogEntryId, String)>,
    /// The key of the status the idea came to, where that is the news.
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// Which notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Every,
    Unread,
}

/// What the actor was told, latest first, as far as it is about living ideas of `boards`, which are those they may view,
/// about entries of the changelog that they may read, and about panels and contests that they may know of.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    boards: &[BoardId],
    which: Which,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Notification>> {
    let me = actor.ensure_member()?;
    let announced = changelog::announced_to(conn, actor)?.select(changelog_table::notice_id);
    let readable = notifications::id.nullable().eq_any(announced);
    let boards: Vec<KeyValue> = boards.iter().copied().map(key).collect();
    // Of their own ideas they hear also why one was taken away.
    let own = ideas::author_id
        .assume_not_null()
        .eq(key(me))
        .and(ideas::hidden_as.assume_not_null().ne(State::Deleted.name()));
    let of_ideas = ideas::board_id.eq_any(boards).and(ideas::hidden_at.is_null().or(own));
    let mut query = notifications::table
        .left_join(ideas::table)
        .left_join(idea_texts::table.on(idea_texts::idea_id.nullable().eq(notifications::idea_id)))
        .left_join(panels_table::table)
        .left_join(contests_table::table)
        .left_join(activities_table::table.on(activities_table::id.eq(notifications::id)))
        // Nor of a comment that is out of sight, whose id the notification has.
        .left_join(comments_table::table.on(comments_table::id.eq(notifications::id)))
        .filter(notifications::member_id.eq(key(me)))
        .filter(comments_table::hidden_at.nullable().is_null())
        .filter(
            of_ideas
                .or(panels_table::published_at.is_not_null())
                .or(contests_table::published_at.is_not_null()),
        )
        .filter(notifications::kind.ne(News::Announced.key()).or(readable))
        .order(notifications::id.desc())
        .limit(limit.probe())
        .select((
            (
                notifications::id,
                notifications::kind,
                notifications::idea_id,
                notifications::panel_id,
                notifications::contest_id,
            ),
            (idea_texts::title.nullable(), ideas::board_id.nullable()),
            (
                activities_table::to_status.nullable(),
                activities_table::reason.nullable(),
                notifications::created_at,
                notifications::read_at,
            ),
        ))
        .into_boxed();
    if actor.ensure(Permission::ManagePanels).is_err() {
        query = query.filter(notifications::kind.ne_all(News::OF_PANEL_STAFF.map(News::key)));
    }
    if actor.ensure(Permission::ManageContests).is_err() {
        query = query.filter(notifications::kind.ne_all(News::OF_CONTEST_STAFF.map(News::key)));
    }
    if which == Which::Unread {
        query = query.filter(notifications::read_at.is_null());
    }
    if let Some(after) = after {
        query = query.filter(notifications::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Found> = query.load(conn)?;
    let found = told_of(conn, rows)?;
    Ok(Page::of(found, limit, |told| Place { lap: 0, key: 0, id: told.id }))
}

type Found = (
    (KeyValue, String, Option<KeyValue>, Option<KeyValue>, Option<KeyValue>),
    (Option<String>, Option<KeyValue>),
    (Option<String>, Option<String>, NaiveDateTime, Option<NaiveDateTime>),
);

/// The rows with the names of what they are about.
fn told_of(conn: &mut AnyConnection, rows: Vec<Found>) -> Result<Vec<Notification>> {
    let announced = rows.iter().filter(|((_, kind, ..), ..)| kind == News::Announced.key());
    let mut entries = changelog::named(conn, announced.map(|((id, ..), ..)| *id).collect())?;
    let panels: Vec<PanelId> =
        rows.iter().filter_map(|((.., panel, _), ..)| panel.map(PanelId::from)).collect();
    let contests: Vec<ContestId> =
        rows.iter().filter_map(|((.., contest), ..)| contest.map(ContestId::from)).collect();
    let (titles, called) = (titles(conn, &panels)?, crate::contests::titles(conn, &contests)?);
    let told =
        |((id, kind, idea, panel, contest), (title, board), (to_status, reason, at, read_at)): Found| {
            let odd = || Error::Broken(format!("notification {}: about nothing", id.uuid()));
            let about = match (idea, panel.map(PanelId::from), contest.map(ContestId::from)) {
                (None, Some(id), _) => About::Panel { id, title: titles.get(&id).cloned().ok_or_else(odd)? },
                (None, None, Some(id)) => {
                    About::Contest { id, title: called.get(&id).cloned().ok_or_else(odd)? }
                }
                (Some(id), ..) => About::Idea {
                    id: id.into(),
                    title: title.ok_or_else(odd)?,
                    board: board.ok_or_else(odd)?.into(),
                },
                (None, None, None) => return Err(odd()),
            };
            Ok(Notification {
                id: id.uuid(),
                news: News::of_key(&kind).ok_or_else(|| Error::Broken(format!("odd news {kind}")))?,
                about,
                entry: entries.remove(&id),
                to_status,
                reason,
                at: at.and_utc(),
                read_at: read_at.map(|at| at.and_utc()),
            })
        };
    rows.into_iter().map(told).collect()
}

/// Marks a notification of the member as read, or as unread again.
///
/// # Errors
/// [`Error::Missing`] when they have no such notification.
pub fn mark(
    conn: &mut AnyConnection,
    member: MemberId,
    id: Uuid,
    read_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let row = notifications::table.find((key(member), KeyValue::from(id)));
    // The time of the first reading stays.
    let present: Option<NaiveDateTime> = row.select(notifications::read_at).first(conn)?;
    if present.is_some() != read_at.is_some() {
        diesel::update(row).set(notifications::read_at.eq(read_at.map(|at| at.naive_utc()))).execute(conn)?;
    }
    Ok(())
}

/// Marks all that is unread as read; says how many.
///
/// # Errors
/// Only when the database fails.
pub fn mark_all(conn: &mut AnyConnection, member: MemberId, at: DateTime<Utc>) -> Result<usize> {
    let unread = notifications::table
        .filter(notifications::member_id.eq(key(member)))
        .filter(notifications::read_at.is_null());
    Ok(diesel::update(unread).set(notifications::read_at.eq(at.naive_utc())).execute(conn)?)
}
