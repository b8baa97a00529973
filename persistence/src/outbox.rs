//! The outbox: each change writes what happened in its own transaction, for whoever delivers it later.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    BoardId, ContestId, IdeaId, InvitationId, MemberId, Stamp,
    events::{
        CommentEvent, ContestEvent, EntryEvent, Event, InvitationEvent, PanelEvent, ReportEvent, Revocation,
        RoadmapEvent,
    },
};
use serde_json::{Value, json};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::outbox,
};

/// Writes the events of the change stamped `stamp`, in their order.
pub(crate) fn write(conn: &mut AnyConnection, stamp: &Stamp, events: &[Event]) -> Result<()> {
    // The first id of a change names the thing itself.
    for (nth, event) in (1u8..).zip(events) {
        diesel::insert_into(outbox::table)
            .values((
                outbox::id.eq(key(stamp.id::<Event>(nth))),
                outbox::kind.eq(event.kind()),
                outbox::subject.eq(KeyValue::from(event.subject())),
                outbox::data.eq(data(event).to_string()),
                outbox::occurred_at.eq(stamp.at.naive_utc()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// When the oldest event that still waits happened.
///
/// # Errors
/// Only when the database fails.
pub fn oldest(conn: &mut AnyConnection) -> Result<Option<DateTime<Utc>>> {
    let at: Option<NaiveDateTime> =
        outbox::table.order(outbox::id).select(outbox::occurred_at).first(conn).optional()?;
    Ok(at.map(|at| at.and_utc()))
}

/// The events that wait, oldest first: type, subject and payload.
///
/// # Errors
/// Only when the database fails.
pub fn waiting(conn: &mut AnyConnection, most: i64) -> Result<Vec<(String, uuid::Uuid, Value)>> {
    let rows: Vec<(String, KeyValue, String)> = outbox::table
        .order(outbox::id)
        .limit(most)
        .select((outbox::kind, outbox::subject, outbox::data))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(kind, subject, data)| (kind, subject.uuid(), data.parse().unwrap_or_default()))
        .collect())
}

/// The payload, as written in `docs/EVENTS.md`.
#[expect(clippy::too_many_lines, reason = "a table: the payload of each kind, and the compiler misses none")]
fn data(event: &Event) -> Value {
    match event {
        Event::MemberRegistered { member }
        | Event::MemberUpdated { member }
        | Event::MemberBlocked { member }
        | Event::MemberUnblocked { member }
        | Event::MemberErased { member }
        | Event::MemberEmailVerified { member }
        | Event::MemberEmailChanged { member }
        | Event::MemberPasswordReset { member } => json!({ "member_id": member.uuid() }),
        Event::MemberRoleChanged { member, from, to } => {
            json!({ "member_id": member.uuid(), "from": from.name(), "to": to.name() })
        }
        Event::SessionRevoked { member, cause: why } => {
            json!({ "member_id": member.uuid(), "cause": cause(*why) })
        }
        Event::Invitation { invitation, what } => of_invitation(invitation, what),
        Event::BoardCreated { board }
        | Event::BoardUpdated { board }
        | Event::BoardDeleted { board }
        | Event::BoardStatusesChanged { board }
        | Event::BoardFieldsChanged { board } => {
            json!({ "board_id": board.uuid() })
        }
        Event::BoardMemberInvited { board, member } | Event::BoardMemberUninvited { board, member } => {
            json!({ "board_id": board.uuid(), "member_id": member.uuid() })
        }
        Event::IdeaCreated { idea, board, author } => {
            of_idea(idea, board, json!({ "author_id": author.map(|id| id.uuid()) }))
        }
        Event::IdeaUpdated { idea, board, version } | Event::IdeaResponded { idea, board, version } => {
            of_idea(idea, board, json!({ "version": version }))
        }
        Event::IdeaDeleted { idea, board }
        | Event::IdeaRestored { idea, board }
        | Event::IdeaHidden { idea, board }
        | Event::IdeaShown { idea, board }
        | Event::IdeaCommentsLocked { idea, board }
        | Event::IdeaCommentsUnlocked { idea, board } => of_idea(idea, board, json!({})),
        Event::IdeaStatusChanged { idea, board, from, to } => {
            of_idea(idea, board, json!({ "from": from.as_str(), "to": to.as_str() }))
        }
        Event::IdeaMerged { idea, board, into } => of_idea(idea, board, json!({ "into": into.uuid() })),
        Event::IdeaUnmerged { idea, board, from } => of_idea(idea, board, json!({ "from": from.uuid() })),
        Event::IdeaCommentPinned { idea, board, comment }
        | Event::IdeaCommentUnpinned { idea, board, comment } => {
            of_idea(idea, board, json!({ "comment_id": comment.uuid() }))
        }
        Event::Comment { comment, idea, board, what } => {
            let mut data = of_idea(idea, board, of_comment(what));
            data["comment_id"] = json!(comment.uuid());
            data
        }
        Event::VoteCast { idea, board, member } | Event::VoteWithdrawn { idea, board, member } => {
            of_idea(idea, board, json!({ "member_id": member.uuid() }))
        }
        Event::SegmentCreated { segment }
        | Event::SegmentUpdated { segment }
        | Event::SegmentDeleted { segment } => json!({ "segment_id": segment.uuid() }),
        Event::Roadmap { roadmap, board, what } => {
            let mut data = json!({ "roadmap_id": roadmap.uuid(), "board_id": board.uuid() });
            if let RoadmapEvent::IdeaPlaced { idea } | RoadmapEvent::IdeaRemoved { idea } = what {
                data["idea_id"] = json!(idea.uuid());
            }
            data
        }
        Event::Changelog { entry, board, .. } => {
            json!({ "entry_id": entry.uuid(), "board_id": board.map(|id| id.uuid()) })
        }
        Event::Panel { panel, what } => {
            let mut data = json!({ "panel_id": panel.uuid() });
            if let PanelEvent::SeatFreed { taken_by } = what {
                data["taken_by"] = json!(taken_by.map(|id| id.uuid()));
            }
            data
        }
        Event::Application { application, panel, .. } | Event::Shipment { application, panel, .. } => {
            json!({ "application_id": application.uuid(), "panel_id": panel.uuid() })
        }
        Event::Strike { strike, application, panel, .. } => {
            json!({ "strike_id": strike.uuid(), "application_id": application.uuid(), "panel_id": panel.uuid() })
        }
        Event::Report { report, panel, application, what } => {
            let mut data = json!({
                "report_id": report.uuid(), "panel_id": panel.uuid(), "application_id": application.uuid(),
            });
            if let ReportEvent::IdeaMade { idea } = what {
                data["idea_id"] = json!(idea.uuid());
            }
            data
        }
        Event::Contest { contest, what } => of_contest(contest, what),
        Event::Review { review, contest, .. } => {
            json!({ "review_id": review.uuid(), "contest_id": contest.uuid() })
        }
        Event::Ballot { contest, voter, .. } => {
            json!({ "contest_id": contest.uuid(), "member_id": voter.uuid() })
        }
        Event::Entry { entry, contest, what } => {
            let mut data = json!({ "entry_id": entry.uuid(), "contest_id": contest.uuid() });
            if let EntryEvent::IdeaMade { idea } = what {
                data["idea_id"] = json!(idea.uuid());
            }
            data
        }
        Event::Objection { objection, contest, .. } => {
            json!({ "objection_id": objection.uuid(), "contest_id": contest.uuid() })
        }
        Event::ApiKeyCreated { key, member } | Event::ApiKeyRevoked { key, member } => {
            json!({ "api_key_id": key.uuid(), "member_id": member.uuid() })
        }
        Event::AttachmentCreated { attachment, member } | Event::AttachmentDeleted { attachment, member } => {
            json!({ "attachment_id": attachment.uuid(), "member_id": member.uuid() })
        }
    }
}

fn cause(of: Revocation) -> &'static str {
    match of {
        Revocation::SignedOut => "signed_out",
        Revocation::Erased => "erased",
        Revocation::TokenReused => "token_reused",
        Revocation::AccountLinked => "account_linked",
        Revocation::PasswordReset => "password_reset",
    }
}

fn of_invitation(invitation: &InvitationId, what: &InvitationEvent) -> Value {
    let id = invitation.uuid();
    match what {
        InvitationEvent::Created { by } => json!({ "invitation_id": id, "by_member_id": by.uuid() }),
        InvitationEvent::Deleted => json!({ "invitation_id": id }),
        InvitationEvent::Accepted { member } => json!({ "invitation_id": id, "member_id": member.uuid() }),
    }
}

/// What every event of an idea carries, besides `more`.
fn of_contest(contest: &ContestId, what: &ContestEvent) -> Value {
    let mut data = json!({ "contest_id": contest.uuid() });
    match what {
        ContestEvent::JudgeAppointed { judge }
        | ContestEvent::JudgeUpdated { judge }
        | ContestEvent::ConflictsSaid { judge }
        | ContestEvent::JudgeLeft { judge } => data["member_id"] = json!(judge.uuid()),
        ContestEvent::Assigned { assignment } => data["assignment_id"] = json!(assignment.uuid()),
        ContestEvent::Created
        | ContestEvent::Updated
        | ContestEvent::Deleted
        | ContestEvent::Stepped(_)
        | ContestEvent::Computed
        | ContestEvent::BallotsHeld
        | ContestEvent::Forgotten => {}
    }
    data
}

fn of_idea(idea: &IdeaId, board: &BoardId, mut more: Value) -> Value {
    more["idea_id"] = json!(idea.uuid());
    more["board_id"] = json!(board.uuid());
    more
}

/// What the payload says besides which comment it was.
fn of_comment(what: &CommentEvent) -> Value {
    let ids = |members: &[MemberId]| members.iter().map(|member| member.uuid()).collect::<Vec<_>>();
    match what {
        CommentEvent::Created { author, parent, mentioned } => json!({
            "author_id": author.uuid(), "parent_id": parent.map(|id| id.uuid()), "mentioned": ids(mentioned),
        }),
        CommentEvent::Updated { version, mentioned } => {
            json!({ "version": version, "mentioned": ids(mentioned) })
        }
        CommentEvent::Deleted | CommentEvent::Hidden | CommentEvent::Shown => json!({}),
        CommentEvent::ReactionAdded { member, reaction }
        | CommentEvent::ReactionRemoved { member, reaction } => {
            json!({ "member_id": member.uuid(), "reaction": reaction.key() })
        }
    }
}
