//! The rows of duplicates: pairs of ideas that are alike, found by looking at one idea after the other, and the pairs that
//! staff dismissed.

use std::collections::{BTreeSet, HashMap};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
    sql_types::{Bool, Double, Integer, Text},
};
use domain::{
    Actor, BoardId, IdeaId, MemberId, Stamp,
    duplicates::{Compared, Gist, MOST_COPIES, Pair, chosen, has_one_title, rank, standing},
    page::{Limit, Page, Place},
    search::Folded,
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    ideas::{
        Listed,
        list::{base_of, select},
    },
    key::{Key, KeyValue, key},
    schema::{dismissed_pairs, duplicate_pairs, idea_texts, ideas},
    search,
    written::Written,
};

/// Of the pairs an idea has, so many are judged again when it is looked at; the others go.
const MOST_KEPT: i64 = 60;

/// Two ideas that may be one; the first is the one to merge into.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub score: f64,
    /// Whether their titles are the same; these come first.
    pub same_title: bool,
    pub first: Listed,
    pub second: Listed,
}

/// A row of a list.
#[derive(Debug, Clone, Copy)]
struct Found {
    pair: (KeyValue, KeyValue),
    score: f64,
    rank: f64,
    place: KeyValue,
}

/// One page of the pairs of a board whose score is `least` or more. Merged, deleted and dismissed ones are left out.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    board: BoardId,
    least: f64,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Proposal>> {
    type Row = (KeyValue, KeyValue, f64, f64, KeyValue);
    let mut query = Written::<(Key, Key, Double, Double, Key)>::new(
        "SELECT p.first_id, p.second_id, p.score, p.rank, p.place FROM duplicate_pairs p
         JOIN ideas a ON a.id = p.first_id JOIN ideas b ON b.id = p.second_id
         WHERE a.hidden_at IS NULL AND a.merged_into IS NULL AND b.hidden_at IS NULL AND b.merged_into IS NULL
         AND NOT EXISTS (SELECT 1 FROM dismissed_pairs d
                         WHERE d.first_id = p.first_id AND d.second_id = p.second_id)
         AND p.board_id = ",
    )
    // A rank is never less than its score, so the index need not be read on below it.
    .with(board, " AND p.rank >= ")
    .with(least, " AND p.score >= ")
    .with(least, "");
    if let Some(place) = after {
        query = query.then(
            Written::new(" AND p.rank <= ")
                .with(place.fraction(), " AND (p.rank < ")
                .with(place.fraction(), " OR p.place > ")
                .with(KeyValue::from(place.id), ")"),
        );
    }
    let query = query.then(Written::new(" ORDER BY p.rank DESC, p.place LIMIT ").with(limit.probe(), ""));
    let rows: Vec<Row> = query.load(conn)?;
    let found = rows.into_iter().map(|(first, second, score, rank, place)| Found {
        pair: (first, second),
        score,
        rank,
        place,
    });
    let page = Page::of(found.collect(), limit, |row| Place::of_fraction(0, row.rank, row.place.uuid()));
    let items = proposals(conn, actor, &page.items)?;
    Ok(Page { items, next: page.next })
}

fn proposals(conn: &mut AnyConnection, actor: &Actor, rows: &[Found]) -> Result<Vec<Proposal>> {
    let ids: Vec<KeyValue> = rows.iter().flat_map(|row| [row.pair.0, row.pair.1]).collect();
    let listed = select(conn, base_of(actor).filter(ideas::id.eq_any(ids)), None)?;
    let listed: HashMap<KeyValue, Listed> =
        listed.into_iter().map(|listed| (key(listed.idea.id), listed)).collect();
    let one = |id: KeyValue| {
        listed.get(&id).cloned().ok_or_else(|| Error::Broken(format!("idea {} of a pair is gone", id.uuid())))
    };
    let proposal = |row: &Found| {
        let mut both = [one(row.pair.0)?, one(row.pair.1)?];
        both.sort_by_key(|listed| standing(&listed.idea));
        let [first, second] = both;
        Ok(Proposal { score: row.score, same_title: has_one_title(row.rank), first, second })
    };
    rows.iter().map(proposal).collect()
}

/// Never proposes the pair again.
///
/// # Errors
/// Only when the database fails.
pub fn dismiss(conn: &mut AnyConnection, stamp: &Stamp, pair: Pair, by: MemberId) -> Result<()> {
    Written::<()>::new("INSERT INTO dismissed_pairs (first_id, second_id, member_id, created_at) VALUES (")
        .with(pair.first, ", ")
        .with(pair.second, ", ")
        .with(by, ", ")
        .with(stamp.at.naive_utc(), ") ON CONFLICT DO NOTHING")
        .execute(conn)?;
    diesel::delete(duplicate_pairs::table.find((key(pair.first), key(pair.second)))).execute(conn)?;
    Ok(())
}

/// What was seen when an idea was looked at.
#[derive(Debug, Clone)]
pub struct Look {
    pub idea: IdeaId,
    board: BoardId,
    version: i32,
    /// Each with its score and its rank.
    pairs: Vec<(Pair, f64, f64)>,
    groups: Vec<Group>,
}

/// Ideas of one title, and how many of them there are.
#[derive(Debug, Clone)]
struct Group {
    ids: Vec<KeyValue>,
    copies: usize,
}

/// An idea that was never looked at, or has changed since.
struct Due {
    id: IdeaId,
    board: BoardId,
    version: i32,
    folded_title: String,
    gist: Gist,
    is_listed: bool,
}

/// Looks at up to `most` ideas that were never looked at or have changed since, after `after` by id, and only looks:
/// [`store`] keeps what was seen, so that nobody waits while texts are compared.
///
/// # Errors
/// Only when the database fails.
pub fn look(conn: &mut AnyConnection, after: Option<IdeaId>, most: i64) -> Result<Vec<Look>> {
    type Row = (KeyValue, KeyValue, i32, String, String, String, bool);
    let after = KeyValue::from(after.map_or(uuid::Uuid::nil(), IdeaId::uuid));
    let due: Vec<Row> = Written::<(Key, Key, Integer, Text, Text, Text, Bool)>::new(
        "SELECT i.id, i.board_id, i.version, t.title, t.folded_title, t.excerpt,
                i.hidden_at IS NULL AND i.merged_into IS NULL
         FROM ideas i JOIN idea_texts t ON t.idea_id = i.id LEFT JOIN duplicate_looks l ON l.idea_id = i.id
         WHERE (l.version IS NULL OR l.version <> i.version) AND i.id > ",
    )
    .with(after, " ORDER BY i.id LIMIT ")
    .with(most, "")
    .load(conn)?;
    due.into_iter()
        .map(|(id, board, version, title, folded_title, excerpt, is_listed)| {
            let gist = Gist::new(&title, &excerpt);
            look_at(conn, Due { id: id.into(), board: board.into(), version, folded_title, gist, is_listed })
        })
        .collect()
}

fn look_at(conn: &mut AnyConnection, due: Due) -> Result<Look> {
    let paired = partners(conn, due.id)?;
    let group = of_title(conn, due.board, &due.folded_title)?;
    let mut ids: BTreeSet<IdeaId> = paired.keys().copied().collect();
    // A merged or deleted idea makes no pairs, but it leaves the group of those that had its title.
    if due.is_listed {
        ids.extend(group.ids.iter().map(|id| IdeaId::from(*id)));
        ids.extend(search::candidates(conn, due.board, due.gist.title())?.into_iter().map(IdeaId::from));
    }
    ids.remove(&due.id);
    for dismissed in dismissed_with(conn, due.id)? {
        ids.remove(&dismissed);
    }
    let (mut compared, mut same_title, mut left) = (Vec::new(), BTreeSet::new(), None);
    for (other, title, excerpt) in texts(conn, due.board, ids)? {
        let before = paired.get(&other);
        compared.push(Compared {
            other,
            score: due.gist.score(&Gist::new(&title, &excerpt)),
            paired: before.is_some(),
        });
        let folded = Folded::new(&title);
        if folded.as_str() == due.folded_title {
            same_title.insert(other);
        } else if before.is_some_and(|rank| has_one_title(*rank)) {
            left = Some(folded);
        }
    }
    let ranked = |one: Compared| {
        let copies = if same_title.contains(&one.other) { group.copies } else { 0 };
        (Pair::new(due.id, one.other), one.score, rank(one.score, copies))
    };
    let pairs = chosen(compared).into_iter().filter(|_| due.is_listed).map(ranked).collect();
    let mut groups = vec![group];
    if let Some(title) = left {
        groups.push(of_title(conn, due.board, title.as_str())?);
    }
    Ok(Look { idea: due.id, board: due.board, version: due.version, pairs, groups })
}

/// The ideas that an idea makes pairs with, and the ranks of these.
fn partners(conn: &mut AnyConnection, idea: IdeaId) -> Result<HashMap<IdeaId, f64>> {
    let pairs: Vec<(KeyValue, KeyValue, f64)> = duplicate_pairs::table
        .filter(duplicate_pairs::first_id.eq(key(idea)).or(duplicate_pairs::second_id.eq(key(idea))))
        .order(duplicate_pairs::rank.desc())
        .limit(MOST_KEPT)
        .select((duplicate_pairs::first_id, duplicate_pairs::second_id, duplicate_pairs::rank))
        .load(conn)?;
    Ok(pairs.into_iter().map(|(first, second, rank)| (other_of(idea, first, second), rank)).collect())
}

fn other_of(idea: IdeaId, first: KeyValue, second: KeyValue) -> IdeaId {
    IdeaId::from(if first == key(idea) { second } else { first })
}

fn dismissed_with(conn: &mut AnyConnection, idea: IdeaId) -> Result<Vec<IdeaId>> {
    let pairs: Vec<(KeyValue, KeyValue)> = dismissed_pairs::table
        .filter(dismissed_pairs::first_id.eq(key(idea)).or(dismissed_pairs::second_id.eq(key(idea))))
        .select((dismissed_pairs::first_id, dismissed_pairs::second_id))
        .load(conn)?;
    Ok(pairs.into_iter().map(|(first, second)| other_of(idea, first, second)).collect())
}

/// The newest ideas of a title that is said, not only signs.
fn of_title(conn: &mut AnyConnection, board: BoardId, folded_title: &str) -> Result<Group> {
    if folded_title.trim().is_empty() {
        return Ok(Group { ids: Vec::new(), copies: 0 });
    }
    let most = i64::try_from(MOST_COPIES).unwrap_or(i64::MAX);
    let ids: Vec<KeyValue> = Written::<Key>::new(
        "SELECT i.id FROM idea_texts t JOIN ideas i ON i.id = t.idea_id WHERE t.folded_title = ",
    )
    .with(folded_title, " AND i.hidden_at IS NULL AND i.merged_into IS NULL AND i.board_id = ")
    .with(board, " ORDER BY i.id DESC LIMIT ")
    .with(most, "")
    .load(conn)?;
    Ok(Group { copies: ids.len(), ids })
}

/// Titles and excerpts of those that are in the lists of the board.
fn texts(
    conn: &mut AnyConnection,
    board: BoardId,
    ids: BTreeSet<IdeaId>,
) -> Result<Vec<(IdeaId, String, String)>> {
    let rows: Vec<(KeyValue, String, String)> = ideas::table
        .inner_join(idea_texts::table)
        .filter(ideas::id.eq_any(ids.into_iter().map(key).collect::<Vec<_>>()))
        .filter(ideas::board_id.eq(key(board)))
        .filter(ideas::hidden_at.is_null().and(ideas::merged_into.is_null()))
        .select((ideas::id, idea_texts::title, idea_texts::excerpt))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, title, excerpt)| (id.into(), title, excerpt)).collect())
}

/// Keeps what was seen, in place of the pairs there were. An idea that has changed meanwhile is looked at again, because
/// it is the version that was seen which is kept.
///
/// # Errors
/// Only when the database fails.
pub fn store(conn: &mut AnyConnection, looks: &[Look]) -> Result<()> {
    for look in looks {
        let of_idea =
            duplicate_pairs::first_id.eq(key(look.idea)).or(duplicate_pairs::second_id.eq(key(look.idea)));
        diesel::delete(duplicate_pairs::table.filter(of_idea)).execute(conn)?;
        for (pair, score, rank) in &look.pairs {
            Written::<()>::new(
                "INSERT INTO duplicate_pairs (first_id, second_id, board_id, score, rank, place) VALUES (",
            )
            .with(pair.first, ", ")
            .with(pair.second, ", ")
            .with(look.board, ", ")
            .with(*score, ", ")
            .with(*rank, ", ")
            .with(KeyValue::from(pair.place()), ") ON CONFLICT DO NOTHING")
            .execute(conn)?;
        }
        for group in &look.groups {
            rank_again(conn, group)?;
        }
        Written::<()>::new("INSERT INTO duplicate_looks (idea_id, version) VALUES (")
            .with(look.idea, ", ")
            .with(look.version, ") ON CONFLICT (idea_id) DO UPDATE SET version = excluded.version")
            .execute(conn)?;
    }
    Ok(())
}

/// Ranks the pairs of one title by how many ideas have it by now.
fn rank_again(conn: &mut AnyConnection, group: &Group) -> Result<()> {
    if group.copies < 2 {
        return Ok(());
    }
    let among = duplicate_pairs::first_id
        .eq_any(group.ids.clone())
        .and(duplicate_pairs::second_id.eq_any(group.ids.clone()));
    diesel::update(duplicate_pairs::table.filter(among))
        .set(duplicate_pairs::rank.eq(duplicate_pairs::score + rank(0.0, group.copies)))
        .execute(conn)?;
    Ok(())
}
