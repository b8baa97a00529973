//! Moderation: posts that are held, reports of members, what moderators decide, and the words that are banned.

mod bodies;
mod decisions;
mod queue;
mod reports;
mod words;

use chrono::{DateTime, Utc};
use domain::{
    Actor, MemberId, Stamp,
    boards::Board,
    moderation::{Cause, State, words::List},
};
use persistence::{
    AnyConnection, Result as Rows,
    moderation::{self, Post, words as banned},
};

pub use self::bodies::{ModerationName, StateName};
use self::{
    decisions::{moderate_comment, moderate_idea, moderate_member},
    queue::{list_moderation_queue, list_own_withheld},
    reports::{report_comment, report_idea},
    words::{create_banned_word, delete_banned_word, list_banned_words, try_banned_words},
};
use crate::routes::Routes;

pub fn routes(to: &mut Routes<'_>) {
    to.service(report_idea).service(report_comment);
    to.service(list_moderation_queue).service(list_own_withheld);
    to.service(moderate_idea).service(moderate_comment).service(moderate_member);
    to.service(list_banned_words).service(create_banned_word).service(try_banned_words);
    to.close("/v1/moderation/words/try");
    to.service(delete_banned_word);
}

/// Why a post of a member is held, by what the board and the rules say.
pub(crate) fn held_for(
    tx: &mut AnyConnection,
    author: MemberId,
    board: &Board,
    texts: &[&str],
    now: DateTime<Utc>,
) -> Rows<Vec<Cause>> {
    let poster = moderation::poster(tx, author)?;
    if poster.staff {
        return Ok(Vec::new());
    }
    Ok(poster.held_for(board.moderation, texts, &banned_list(tx)?, now))
}

fn banned_list(tx: &mut AnyConnection) -> Rows<List> {
    let kept = banned::all(tx)?;
    Ok(List::new(&kept.into_iter().map(|kept| kept.banned).collect::<Vec<_>>()))
}

/// What an edit by its author makes of a post: why it is to be held now, if it is. What was rejected is looked at again.
pub(crate) fn held_after_edit(
    tx: &mut AnyConnection,
    actor: &Actor,
    post: Post<'_>,
    board: &Board,
    (texts, stamp): (&[&str], &Stamp),
) -> Rows<Option<Vec<Cause>>> {
    let Some(author) = post.author().filter(|author| actor.member_id() == Some(*author)) else {
        return Ok(None);
    };
    let causes = held_for(tx, author, board, texts, stamp.at)?;
    Ok(match post.hidden().map(|hidden| hidden.state) {
        Some(State::Rejected) if causes.is_empty() => Some(vec![Cause::Approval]),
        None | Some(State::Rejected) if !causes.is_empty() => Some(causes),
        None | Some(_) => None,
    })
}
