//! The ideas that entries name, and their supporters, who are told when an entry is out: each once, whatever else becomes
//! of it. Under one id for each entry, which is half of the key of a notification, nobody can be told twice.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Action, Actor, BoardId, ChangelogEntryId, IdeaId, Stamp,
    answers::{Happening, News, Notify},
    changelog::{Entry, Scope},
    events::ChangelogEvent,
    ideas::Idea,
};

use super::event;
use crate::{
    activities::{self, Entry as Happened},
    boards::{self, BoardRef},
    connection::AnyConnection,
    error::{Error, Result},
    ideas::{
        self, Listed,
        list::{Boards, Filter, Hits, base_of, narrowed, select},
    },
    key::{KeyValue, key},
    notifications::{self, Notice},
    outbox,
    schema::{changelog, changelog_ideas, ideas as ideas_table},
};

/// Makes these the ideas that an entry names, in this order.
pub(super) fn set(conn: &mut AnyConnection, entry: ChangelogEntryId, ideas: &[IdeaId]) -> Result<()> {
    let ids: Vec<KeyValue> = ideas.iter().copied().map(key).collect();
    diesel::delete(changelog_ideas::table.filter(changelog_ideas::entry_id.eq(key(entry))))
        .filter(changelog_ideas::idea_id.ne_all(ids))
        .execute(conn)?;
    for (position, idea) in (0i32..).zip(ideas) {
        let link = changelog_ideas::table.find((key(entry), key(*idea)));
        let there = diesel::update(link).set(changelog_ideas::position.eq(position)).execute(conn)?;
        if there == 0 {
            diesel::insert_into(changelog_ideas::table)
                .values((
                    changelog_ideas::entry_id.eq(key(entry)),
                    changelog_ideas::idea_id.eq(key(*idea)),
                    changelog_ideas::position.eq(position),
                    changelog_ideas::told.eq(false),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The ideas that an entry names, whether anybody may see them, in its order.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, entry: ChangelogEntryId) -> Result<Vec<IdeaId>> {
    let ids: Vec<KeyValue> = changelog_ideas::table
        .filter(changelog_ideas::entry_id.eq(key(entry)))
        .order(changelog_ideas::position)
        .select(changelog_ideas::idea_id)
        .load(conn)?;
    Ok(ids.into_iter().map(IdeaId::from).collect())
}

/// The ideas that some entries name, in their order, as far as the actor may see them.
///
/// # Errors
/// Only when the database fails.
pub fn seen(
    conn: &mut AnyConnection,
    actor: &Actor,
    entries: &[ChangelogEntryId],
) -> Result<Vec<(ChangelogEntryId, Listed)>> {
    let entries: Vec<KeyValue> = entries.iter().copied().map(key).collect();
    let links: Vec<(KeyValue, KeyValue)> = changelog_ideas::table
        .filter(changelog_ideas::entry_id.eq_any(entries))
        .order((changelog_ideas::entry_id, changelog_ideas::position))
        .select((changelog_ideas::entry_id, changelog_ideas::idea_id))
        .load(conn)?;
    let boards: Vec<BoardId> = boards::visible(conn, actor)?.iter().map(|seen| seen.board.id).collect();
    let filter = Filter::of_boards(Boards::Only(boards));
    let Some(rows) = narrowed(conn, base_of(actor), &filter, Hits::Anywhere)? else { return Ok(Vec::new()) };
    let ids: Vec<KeyValue> = links.iter().map(|(_, idea)| *idea).collect();
    let found = select(conn, rows.filter(ideas_table::id.eq_any(ids)), None)?;
    let of_link = |(entry, idea): (KeyValue, KeyValue)| {
        let listed = found.iter().find(|listed| key(listed.idea.id) == idea)?;
        Some((ChangelogEntryId::from(entry), listed.clone()))
    };
    Ok(links.into_iter().filter_map(of_link).collect())
}

/// The entries that have come out by the clock and of which nobody was told yet.
///
/// # Errors
/// Only when the database fails.
pub fn due(conn: &mut AnyConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<ChangelogEntryId>> {
    let ids: Vec<KeyValue> = changelog::table
        .filter(changelog::announced_at.is_null())
        .filter(changelog::publish_at.le(now.naive_utc()))
        .order(changelog::publish_at)
        .limit(most)
        .select(changelog::id)
        .load(conn)?;
    Ok(ids.into_iter().map(ChangelogEntryId::from).collect())
}

/// Announces an entry if it is out: says so once in the timeline of each idea it names, and tells the supporters who were
/// not told of it before. Who is first to do it for an entry decides under which id that is, now and for ideas it names
/// later. Of two stamps there are ids for [`domain::changelog::MOST_IDEAS`] ideas.
///
/// # Errors
/// Only when the database fails.
pub fn announce(conn: &mut AnyConnection, stamps: &[Stamp; 2], entry: ChangelogEntryId) -> Result<()> {
    let [first, _] = stamps;
    let now = first.at.naive_utc();
    let row = changelog::table.find(key(entry)).filter(changelog::publish_at.le(now));
    // Where it stays as it is, this takes the lock of the row: of two at once, the second finds all done.
    let out = diesel::update(row).set(changelog::version.eq(changelog::version)).execute(conn)?;
    if out == 0 {
        return Ok(());
    }
    let written = super::find(conn, &Actor::System, entry, first.at)?.entry;
    let claimed = diesel::update(row.filter(changelog::announced_at.is_null()))
        .set(changelog::announced_at.eq(now))
        .execute(conn)?;
    if claimed == 1 {
        outbox::write(conn, first, &[event(&written, ChangelogEvent::Published)])?;
    }
    let notice = match row.select(changelog::notice_id).first::<Option<KeyValue>>(conn)? {
        Some(notice) => notice,
        None => {
            let notice = activities::id_of(first, 0);
            diesel::update(row).set(changelog::notice_id.eq(notice)).execute(conn)?;
            notice
        }
    };
    let untold = changelog_ideas::table
        .filter(changelog_ideas::entry_id.eq(key(entry)))
        .filter(changelog_ideas::told.eq(false));
    let ideas: Vec<KeyValue> =
        untold.order(changelog_ideas::position).select(changelog_ideas::idea_id).load(conn)?;
    for (nth, idea) in (0u8..).zip(ideas) {
        let stamp = stamps.get(usize::from(nth / 16)).unwrap_or(first);
        tell(conn, (stamp, nth % 16), notice, &written, idea.into())?;
    }
    diesel::update(untold).set(changelog_ideas::told.eq(true)).execute(conn)?;
    Ok(())
}

/// Tells of an idea that an entry names. A deleted one has nobody to tell.
fn tell(
    conn: &mut AnyConnection,
    (stamp, nth): (&Stamp, u8),
    notice: KeyValue,
    entry: &Entry,
    id: IdeaId,
) -> Result<()> {
    let Some((idea, on)) = living(conn, id)? else { return Ok(()) };
    let happened = Happened { entry: Some(entry.id), ..Happened::new(Happening::Announced, entry.author_id) };
    activities::write(conn, (stamp, nth), idea.id, &happened)?;
    let (audience, list) = match entry.scope {
        Scope::Audience(audience) => (audience, None),
        Scope::Board(board) => {
            let board = boards::find(conn, &Actor::System, &BoardRef::Id(board))?.board;
            (board.audience(Action::View), Some(board.id))
        }
    };
    let news = Notice {
        news: News::Announced,
        idea: idea.id,
        board: &on.board,
        by: entry.author_id,
        notify: Notify::Followers,
    };
    notifications::tell_of_entry(conn, (notice, stamp), &news, (audience, list))
}

fn living(conn: &mut AnyConnection, id: IdeaId) -> Result<Option<(Idea, boards::Seen)>> {
    match ideas::find(conn, &Actor::System, id) {
        Ok((idea, on)) => Ok(Some((idea, on)).filter(|(idea, _)| idea.hidden.is_none())),
        Err(Error::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}
