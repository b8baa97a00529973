//! Upkeep: the counters of comments worked out again from the rows.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, sql_query,
};
use domain::comments::wilson;

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{Key, KeyValue},
    schema::comments,
};

/// What of an idea is counted besides its votes. Each statement compares counters and rows as of one moment, so a change that is made
/// meanwhile is no drift.
const IDEAS: [(&str, &str); 2] = [
    (
        "comment_count",
        "(SELECT count(*) FROM comments c WHERE c.idea_id = ideas.id AND NOT c.internal AND c.hidden_at IS NULL)",
    ),
    ("attachment_count", "(SELECT count(*) FROM attachments a WHERE a.idea_id = ideas.id)"),
];

/// What a comment's counters must be, in the order of the columns.
const COUNTED: [(&str, &str); 7] = [
    ("attachment_count", "(SELECT count(*) FROM attachments a WHERE a.comment_id = comments.id)"),
    (
        "reply_count",
        "(SELECT count(*) FROM comments r WHERE r.parent_id = comments.id
            AND NOT r.internal AND (r.hidden_at IS NULL OR r.reply_count > 0))",
    ),
    (
        "staff_reply_count",
        "(SELECT count(*) FROM comments r WHERE r.parent_id = comments.id
            AND (r.hidden_at IS NULL OR r.staff_reply_count > 0))",
    ),
    (
        "agree_count",
        "(SELECT count(*) FROM comment_reactions r WHERE r.comment_id = comments.id AND r.kind = 'agree')",
    ),
    (
        "disagree_count",
        "(SELECT count(*) FROM comment_reactions r WHERE r.comment_id = comments.id AND r.kind = 'disagree')",
    ),
    (
        "thanks_count",
        "(SELECT count(*) FROM comment_reactions r WHERE r.comment_id = comments.id AND r.kind = 'thanks')",
    ),
    (
        "insightful_count",
        "(SELECT count(*) FROM comment_reactions r WHERE r.comment_id = comments.id AND r.kind = 'insightful')",
    ),
];

/// Counters and orders that differed, of ideas after the first id up to the second; mended.
pub(crate) fn recount(conn: &mut AnyConnection, after: KeyValue, last: KeyValue) -> Result<(usize, usize)> {
    let mut counters = run(conn, &mending("ideas", "id", &IDEAS), after, last)?;
    let mend = mending("comments", "idea_id", &COUNTED);
    // A deleted comment counts for as long as replies count for it: mending one may uncover another above it.
    loop {
        match run(conn, &mend, after, last)? {
            0 => break,
            mended => counters += mended,
        }
    }
    Ok((counters, reorder(conn, after, last)?))
}

fn mending(table: &str, idea: &str, counted: &[(&str, &str)]) -> String {
    let each = |sign: &str, between: &str| {
        let parts: Vec<String> =
            counted.iter().map(|(column, rows)| format!("{column} {sign} {rows}")).collect();
        parts.join(between)
    };
    let (set, differs) = (each("=", ", "), each("<>", " OR "));
    format!("UPDATE {table} SET {set} WHERE {idea} > $1 AND {idea} <= $2 AND ({differs})")
}

fn run(conn: &mut AnyConnection, statement: &str, after: KeyValue, last: KeyValue) -> Result<usize> {
    let query = sql_query(statement).bind::<Key, _>(after).bind::<Key, _>(last);
    Ok(match conn {
        AnyConnection::Sqlite(sqlite) => query.execute(sqlite)?,
        AnyConnection::Postgres(postgres) => query.execute(postgres)?,
    })
}

/// `best` is worked out by the same formula from the same counters, so it must be the same to the last bit.
fn reorder(conn: &mut AnyConnection, after: KeyValue, last: KeyValue) -> Result<usize> {
    let rows: Vec<(KeyValue, i64, i64, f64)> = comments::table
        .filter(comments::idea_id.gt(after).and(comments::idea_id.le(last)))
        .filter(comments::agree_count.gt(0).or(comments::best.ne(0.0)))
        .select((comments::id, comments::agree_count, comments::disagree_count, comments::best))
        .load(conn)?;
    let mut mended = 0;
    for (id, agree, disagree, best) in rows {
        if best.to_bits() != wilson(agree, disagree).to_bits() {
            mended += diesel::update(comments::table.find(id))
                .filter(comments::agree_count.eq(agree).and(comments::disagree_count.eq(disagree)))
                .set(comments::best.eq(wilson(agree, disagree)))
                .execute(conn)?;
        }
    }
    Ok(mended)
}
