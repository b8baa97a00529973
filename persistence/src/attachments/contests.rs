//! What stands with contests and entries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _};
use domain::{
    Actor, AttachmentId, ContestId, EntryId, MemberId, Refusal,
    attachments::{Attachment, Kind, Place},
    contests::{
        Contest,
        entries::{Content, Entry, File, State},
        terms::Blind,
    },
    digest,
    text::Fault,
};

use super::{
    Row,
    trials::{Standing, by_place},
};
use crate::{
    connection::AnyConnection,
    contests::{entries, judges, reviews},
    error::Result,
    key::{KeyValue, key},
    schema::attachments,
};

/// The pictures of contests.
///
/// # Errors
/// Only when the database fails.
pub fn of_contests(conn: &mut AnyConnection, contests: &[ContestId]) -> Result<Standing> {
    let rows: Vec<Row> = attachments::table
        .filter(attachments::contest_id.eq_any(contests.iter().copied().map(key)))
        .order((attachments::contest_id, attachments::position))
        .select(Row::as_select())
        .load(conn)?;
    by_place(rows)
}

/// The files of entries, of the drafts and of what was sent last.
///
/// # Errors
/// Only when the database fails.
pub fn of_entries(conn: &mut AnyConnection, entries: &[EntryId]) -> Result<Standing> {
    let rows: Vec<Row> = attachments::table
        .filter(attachments::entry_id.eq_any(entries.iter().copied().map(key)))
        .order((attachments::entry_id, attachments::position))
        .select(Row::as_select())
        .load(conn)?;
    by_place(rows)
}

/// What of an entry was sent, in its order.
///
/// # Errors
/// [`crate::Error::Missing`] when nothing was sent, or it was withdrawn.
pub fn of_sent(conn: &mut AnyConnection, entry: EntryId) -> Result<Vec<Attachment>> {
    let sent = entries::last_sent(conn, entry)?;
    let standing = of_entries(conn, &[entry])?.remove(&Place::Entry(entry)).unwrap_or_default();
    Ok(in_order(&sent.content, standing))
}

/// The files a content names, in its order.
fn in_order(content: &Content, mut standing: Vec<Attachment>) -> Vec<Attachment> {
    let of_file = |file: &File| {
        let place = standing.iter().position(|one| one.id.uuid() == file.id)?;
        Some(standing.swap_remove(place))
    };
    content.files.iter().filter_map(of_file).collect()
}

fn without_names(files: Vec<Attachment>) -> Vec<Attachment> {
    files.into_iter().enumerate().map(|(nth, file)| file.nameless(nth)).collect()
}

/// The same under names that tell nothing of who made it.
///
/// # Errors
/// As [`of_sent`].
pub fn nameless(conn: &mut AnyConnection, entry: EntryId) -> Result<Vec<Attachment>> {
    of_sent(conn, entry).map(without_names)
}

/// The same of several entries.
///
/// # Errors
/// Only when the database fails.
pub fn nameless_of(
    conn: &mut AnyConnection,
    sent: &[entries::Sent],
) -> Result<HashMap<EntryId, Vec<Attachment>>> {
    let ids: Vec<EntryId> = sent.iter().map(|sent| sent.entry.id).collect();
    let mut standing = of_entries(conn, &ids)?;
    let files = |sent: &entries::Sent| {
        let there = standing.remove(&Place::Entry(sent.entry.id)).unwrap_or_default();
        (sent.entry.id, without_names(in_order(&sent.content, there)))
    };
    Ok(sent.iter().map(files).collect())
}

/// What judges are shown of it: under its names, unless the rules keep these from them.
///
/// # Errors
/// As [`of_sent`].
pub fn for_judges(conn: &mut AnyConnection, contest: &Contest, entry: EntryId) -> Result<Vec<Attachment>> {
    match contest.terms.judging.blind.contains(&Blind::Files) {
        true => nameless(conn, entry),
        false => of_sent(conn, entry),
    }
}

/// The same of what was sent to several contests.
///
/// # Errors
/// Only when the database fails.
pub fn for_judges_of(
    conn: &mut AnyConnection,
    contests: &HashMap<ContestId, &Contest>,
    sent: &[entries::Sent],
) -> Result<HashMap<EntryId, Vec<Attachment>>> {
    let ids: Vec<EntryId> = sent.iter().map(|sent| sent.entry.id).collect();
    let mut standing = of_entries(conn, &ids)?;
    let files = |sent: &entries::Sent| {
        let there = standing.remove(&Place::Entry(sent.entry.id)).unwrap_or_default();
        let files = in_order(&sent.content, there);
        let named = contests.get(&sent.entry.contest_id);
        // Of a contest that is not named nothing is known, so no name is shown.
        let is_blind = named.is_none_or(|contest| contest.terms.judging.blind.contains(&Blind::Files));
        (sent.entry.id, if is_blind { without_names(files) } else { files })
    };
    Ok(sent.iter().map(files).collect())
}

/// Whether these can be judged without telling who made them: of a PDF nobody can be sure, because its author may stand in any part
/// of it.
///
/// # Errors
/// [`Refusal::UnfitAt`] names the one that can not.
pub fn ensure_nameless(conn: &mut AnyConnection, contest: &Contest, wanted: &[AttachmentId]) -> Result<()> {
    if !contest.terms.judging.blind.contains(&Blind::Files) {
        return Ok(());
    }
    let rows: Vec<KeyValue> = attachments::table
        .filter(attachments::id.eq_any(wanted.iter().copied().map(key)))
        .filter(attachments::kind.eq(Kind::Pdf.key()))
        .select(attachments::id)
        .load(conn)?;
    match wanted.iter().position(|id| rows.contains(&key(*id))) {
        Some(nth) => {
            let fault = Fault::NotA("picture: a PDF may tell who made it, and judges are not to know");
            Err(Refusal::UnfitAt { pointer: format!("/attachment_ids/{nth}"), fault }.into())
        }
        None => Ok(()),
    }
}

/// A file of an entry, if the actor may see it: those in its team, whoever judges it, once entries are closed whoever screens what
/// was sent, and everybody while it may be starred. Only its team and those who screen learn what it is called where the rules keep
/// that from others.
pub(super) fn seen(
    conn: &mut AnyConnection,
    actor: &Actor,
    file: Attachment,
    (entry, now): (EntryId, DateTime<Utc>),
) -> Result<Option<Attachment>> {
    let whole = entries::whole(conn, entry)?;
    let (contest, member) = (&whole.contest, actor.member_id());
    if member.is_some_and(|member| whole.team.holds(member)) {
        return Ok(Some(file));
    }
    if !contest.is_unsealed(now) || !State::READ.contains(&whole.entry.state) {
        return Ok(None);
    }
    let shown = match member {
        Some(member) if judges_it(conn, &whole.entry, member)? => for_judges(conn, contest, entry)?,
        _ if judges::runs(conn, contest, actor)? => of_sent(conn, entry)?,
        _ if contest.shows_candidates(now) && whole.entry.state == State::Accepted => nameless(conn, entry)?,
        _ => Vec::new(),
    };
    Ok(shown.into_iter().find(|of| of.id == file.id))
}

fn judges_it(conn: &mut AnyConnection, entry: &Entry, member: MemberId) -> Result<bool> {
    Ok(judges::is_judging(conn, entry.contest_id, member)? && reviews::is_before(conn, entry.id, member)?)
}

/// What these attachments are, as an entry names them; who may put them there is found out where they are put.
///
/// # Errors
/// Only when the database fails.
pub fn files(conn: &mut AnyConnection, wanted: &[AttachmentId]) -> Result<Vec<File>> {
    let rows: Vec<(KeyValue, Vec<u8>)> = attachments::table
        .filter(attachments::id.eq_any(wanted.iter().copied().map(key)))
        .select((attachments::id, attachments::sha256))
        .load(conn)?;
    let file = |id: &AttachmentId| {
        let found = rows.iter().find(|(row, _)| *row == key(*id));
        // One that is not there is refused, by its place, when it is put with the entry.
        File { id: id.uuid(), sha256: found.map(|(_, sha256)| digest::hex(sha256)).unwrap_or_default() }
    };
    Ok(wanted.iter().map(file).collect())
}
