//! Comments as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    Actor, AttachmentId, CommentId, MemberId,
    attachments::MOST_AT_A_PLACE,
    comments::{Reaction, Said, Tally},
    markdown,
};
use persistence::comments::{Read, Revision};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    attachments::{AttachmentBody, each_in_order, links::Links},
    body::{field, present},
    error::Failure,
    ideas::AuthorBody,
    moderation::StateName,
};

/// What one may answer a comment without words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReactionName {
    Agree,
    Disagree,
    Thanks,
    Insightful,
}

impl From<Reaction> for ReactionName {
    fn from(reaction: Reaction) -> Self {
        match reaction {
            Reaction::Agree => Self::Agree,
            Reaction::Disagree => Self::Disagree,
            Reaction::Thanks => Self::Thanks,
            Reaction::Insightful => Self::Insightful,
        }
    }
}

/// How many of each reaction there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct TallyBody {
    #[schema(minimum = 0)]
    agree: i64,
    #[schema(minimum = 0)]
    disagree: i64,
    #[schema(minimum = 0)]
    thanks: i64,
    #[schema(minimum = 0)]
    insightful: i64,
}

impl From<Tally> for TallyBody {
    fn from(tally: Tally) -> Self {
        let Tally { agree, disagree, thanks, insightful } = tally;
        Self { agree, disagree, thanks, insightful }
    }
}

/// Where the reactions to a comment stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReactionsBody {
    comment_id: Uuid,
    reactions: TallyBody,
    /// Your own.
    my_reactions: Vec<ReactionName>,
}

impl ReactionsBody {
    pub(super) fn new(read: Read) -> Self {
        Self {
            comment_id: read.comment.id.uuid(),
            reactions: read.comment.reactions.into(),
            my_reactions: read.mine.into_iter().map(ReactionName::from).collect(),
        }
    }
}

/// A comment. Of a deleted one only the place in its thread is left.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentBody {
    id: Uuid,
    idea_id: Uuid,
    /// What it replies to; null for the first of a thread.
    parent_id: Option<Uuid>,
    /// The first of its thread.
    root_id: Uuid,
    /// How many replies lead to it.
    #[schema(minimum = 0, maximum = 8)]
    depth: i32,
    /// Null once it is deleted.
    author: Option<AuthorBody>,
    /// Markdown, as it was written; null once it is deleted.
    #[schema(example = "밤에는 **정말** 필요해요.")]
    body: Option<String>,
    /// The body as HTML that is safe to show; null once it is deleted.
    #[schema(example = "<p>밤에는 <strong>정말</strong> 필요해요.</p>\n")]
    body_html: Option<String>,
    /// Who is mentioned.
    mentions: Vec<AuthorBody>,
    /// Its files, in their order; none once it is deleted.
    attachments: Vec<AttachmentBody>,
    /// Whether it is a note between staff, which nobody else is shown.
    internal: bool,
    /// Whether staff show it as the answer.
    pinned: bool,
    /// Whether its words are gone; of one that moderation took away only its author and staff are shown them.
    deleted: bool,
    /// Whether it is published. That it is not is told to its author and staff; others are told it is deleted.
    state: StateName,
    /// How many direct replies you are shown.
    #[schema(minimum = 0)]
    reply_count: i64,
    reactions: TallyBody,
    /// Your own.
    my_reactions: Vec<ReactionName>,
    created_at: DateTime<Utc>,
    /// When it was last changed; null when never.
    edited_at: Option<DateTime<Utc>>,
}

impl CommentBody {
    pub(super) fn new(read: Read, pinned: Option<CommentId>, links: &Links, actor: &Actor) -> Self {
        let Read { comment, author_name, mentions, attachments, mine } = read;
        let reply_count = comment.replies_for(actor);
        let living = comment.is_read_by(actor);
        let author = AuthorBody { id: comment.author_id.uuid(), display_name: author_name };
        let tally = if living { comment.reactions } else { Tally::default() };
        Self {
            id: comment.id.uuid(),
            idea_id: comment.idea_id.uuid(),
            parent_id: comment.parent_id.map(CommentId::uuid),
            root_id: comment.root_id.uuid(),
            depth: comment.depth,
            author: living.then_some(author),
            body_html: living.then(|| markdown::to_html(&comment.body)),
            body: living.then_some(comment.body),
            mentions: mentions.into_iter().filter(|_| living).map(member_shown).collect(),
            attachments: match living {
                true => AttachmentBody::list(attachments, links, actor),
                false => Vec::new(),
            },
            internal: comment.internal,
            pinned: pinned == Some(comment.id),
            deleted: !living,
            state: if living { comment.hidden.into() } else { StateName::Deleted },
            reply_count,
            reactions: tally.into(),
            my_reactions: mine.into_iter().filter(|_| living).map(ReactionName::from).collect(),
            created_at: comment.created_at,
            edited_at: comment.edited_at.filter(|_| living),
        }
    }
}

pub(super) fn member_shown((id, display_name): (MemberId, String)) -> AuthorBody {
    AuthorBody { id: id.uuid(), display_name }
}

/// What a comment said before an edit, or before it was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentRevisionBody {
    #[schema(minimum = 1)]
    version: i32,
    /// Markdown, as it was written.
    #[schema(example = "밤에는 필요해요.")]
    body: String,
    replaced_at: DateTime<Utc>,
}

impl From<Revision> for CommentRevisionBody {
    fn from(revision: Revision) -> Self {
        let Revision { version, body, replaced_at } = revision;
        Self { version, body, replaced_at }
    }
}

/// Members who may be mentioned.
#[derive(Debug, Serialize, ToSchema)]
pub struct MentionableBody {
    pub items: Vec<AuthorBody>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentBody {
    /// Markdown.
    #[validate(length(min = 1, max = 4_000))]
    #[schema(min_length = 1, max_length = 4_000, example = "밤에는 **정말** 필요해요.")]
    body: String,
    /// The comment this replies to.
    #[serde(default)]
    #[schema(required = false)]
    parent_id: Option<Uuid>,
    /// A note between staff.
    #[serde(default)]
    #[schema(required = false)]
    internal: bool,
    /// The ids of members who are to hear of it, and may read it.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(required = false, max_items = 20)]
    mentions: Vec<Uuid>,
    /// Files of your own that were sent before, in the order they are to stand in.
    #[serde(default)]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, max_items = 10)]
    attachment_ids: Vec<Uuid>,
}

/// A new comment, understood.
pub(super) struct NewParts {
    pub said: Said,
    pub parent: Option<CommentId>,
    pub internal: bool,
    pub mentions: Vec<MemberId>,
    pub attachments: Vec<AttachmentId>,
}

impl NewCommentBody {
    pub(super) fn parts(&self) -> Result<NewParts, Failure> {
        Ok(NewParts {
            said: field("/body", Said::try_from(&*self.body))?,
            parent: self.parent_id.map(CommentId::from),
            internal: self.internal,
            mentions: self.mentions.iter().copied().map(MemberId::from).collect(),
            attachments: each_in_order(&self.attachment_ids),
        })
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCommentBody {
    /// Markdown.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 4_000))]
    #[schema(
        required = false,
        nullable = false,
        min_length = 1,
        max_length = 4_000,
        example = "밤에 필요해요."
    )]
    body: Option<String>,
    /// In place of those mentioned so far.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 20))]
    #[schema(required = false, nullable = false, value_type = Vec<Uuid>, max_items = 20)]
    mentions: Option<Vec<Uuid>>,
    /// Its files from now on, in their order: those it has, and others of your own.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, nullable = false, value_type = Vec<Uuid>, max_items = 10)]
    attachment_ids: Option<Vec<Uuid>>,
}

/// What of a comment is to change.
pub(super) struct NewWords {
    pub said: Option<Said>,
    pub mentions: Option<Vec<MemberId>>,
    pub attachments: Option<Vec<AttachmentId>>,
}

impl UpdateCommentBody {
    pub(super) fn parts(&self) -> Result<NewWords, Failure> {
        let ids = |ids: &Vec<Uuid>| ids.iter().copied().map(MemberId::from).collect();
        Ok(NewWords {
            said: self.body.as_deref().map(|text| field("/body", Said::try_from(text))).transpose()?,
            mentions: self.mentions.as_ref().map(ids),
            attachments: self.attachment_ids.as_deref().map(each_in_order),
        })
    }
}

/// Each of them once, in the order of the rows.
pub(super) fn each_once(members: &[MemberId]) -> Vec<MemberId> {
    let mut members = members.to_vec();
    members.sort_unstable();
    members.dedup();
    members
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinBody {
    /// The first comment of a thread on the idea.
    pub(super) comment_id: Uuid,
}
