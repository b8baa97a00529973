//! The rows of what staff did on behalf of customers, beside the ideas and votes themselves.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    IdeaId, MemberId,
    proxies::{Channel, Link, OnBehalf},
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{members, proxy_posts, proxy_votes},
};

/// Who of staff acted for a customer, with their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    pub on_behalf: OnBehalf,
    pub by_name: String,
}

type Columns = (KeyValue, String, Option<String>, String);

fn proxy((by, channel, link, by_name): Columns) -> Result<Proxy> {
    let odd = |what: &str| Error::Broken(format!("on behalf, by {}: odd {what}", by.uuid()));
    let channel = Channel::named(&channel).ok_or_else(|| odd("channel"))?;
    let link = link.as_deref().map(Link::try_from).transpose().map_err(|_| odd("link"))?;
    Ok(Proxy { on_behalf: OnBehalf { by: by.into(), channel, link }, by_name })
}

/// Keeps who posted an idea for its author.
///
/// # Errors
/// Only when the database fails.
pub fn record_post(
    conn: &mut AnyConnection,
    at: DateTime<Utc>,
    idea: IdeaId,
    on_behalf: &OnBehalf,
) -> Result<()> {
    diesel::insert_into(proxy_posts::table)
        .values((
            proxy_posts::idea_id.eq(key(idea)),
            proxy_posts::by_member_id.eq(key(on_behalf.by)),
            proxy_posts::channel.eq(on_behalf.channel.name()),
            proxy_posts::link.eq(on_behalf.link.as_ref().map(Link::as_str)),
            proxy_posts::created_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps who cast a vote, which must be there, for its member.
///
/// # Errors
/// Only when the database fails.
pub fn record_vote(
    conn: &mut AnyConnection,
    at: DateTime<Utc>,
    idea: IdeaId,
    member: MemberId,
    on_behalf: &OnBehalf,
) -> Result<()> {
    diesel::insert_into(proxy_votes::table)
        .values((
            proxy_votes::idea_id.eq(key(idea)),
            proxy_votes::member_id.eq(key(member)),
            proxy_votes::by_member_id.eq(key(on_behalf.by)),
            proxy_votes::channel.eq(on_behalf.channel.name()),
            proxy_votes::link.eq(on_behalf.link.as_ref().map(Link::as_str)),
            proxy_votes::created_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who posted an idea for its author, if anybody did.
///
/// # Errors
/// Only when the database fails.
pub fn of_post(conn: &mut AnyConnection, idea: IdeaId) -> Result<Option<Proxy>> {
    let found: Option<Columns> = proxy_posts::table
        .inner_join(members::table)
        .filter(proxy_posts::idea_id.eq(key(idea)))
        .select((proxy_posts::by_member_id, proxy_posts::channel, proxy_posts::link, members::display_name))
        .first(conn)
        .optional()?;
    found.map(proxy).transpose()
}

/// Which of the members' votes for an idea were cast on their behalf, and by whom.
///
/// # Errors
/// Only when the database fails.
pub fn of_votes(
    conn: &mut AnyConnection,
    idea: IdeaId,
    voters: &[MemberId],
) -> Result<HashMap<MemberId, Proxy>> {
    let voters: Vec<KeyValue> = voters.iter().copied().map(key).collect();
    let found: Vec<(KeyValue, Columns)> = proxy_votes::table
        .inner_join(members::table)
        .filter(proxy_votes::idea_id.eq(key(idea)))
        .filter(proxy_votes::member_id.eq_any(voters))
        .select((
            proxy_votes::member_id,
            (proxy_votes::by_member_id, proxy_votes::channel, proxy_votes::link, members::display_name),
        ))
        .load(conn)?;
    found.into_iter().map(|(member, columns)| Ok((member.into(), proxy(columns)?))).collect()
}

/// Who cast the member's vote for them, if anybody did.
///
/// # Errors
/// Only when the database fails.
pub fn of_vote(conn: &mut AnyConnection, idea: IdeaId, member: MemberId) -> Result<Option<Proxy>> {
    Ok(of_votes(conn, idea, &[member])?.remove(&member))
}

/// How many votes for an idea were cast on behalf.
///
/// # Errors
/// Only when the database fails.
pub fn count_votes(conn: &mut AnyConnection, idea: IdeaId) -> Result<i64> {
    Ok(proxy_votes::table.filter(proxy_votes::idea_id.eq(key(idea))).count().get_result(conn)?)
}
