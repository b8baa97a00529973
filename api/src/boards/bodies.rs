//! Boards as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    Action, Actor, Audience, Stamp,
    boards::{Board, BoardName, Description, Slug, Voters},
    moderation::Mode,
    text::Fault,
};
use persistence::boards::Seen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    body::{Patch, field, present},
    error::Failure,
    moderation::ModerationName,
    reply::Reply,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudienceName {
    /// Visitors too; for `view` only.
    Everyone,
    Members,
    Invited,
    Staff,
}

impl From<AudienceName> for Audience {
    fn from(name: AudienceName) -> Self {
        match name {
            AudienceName::Everyone => Self::Everyone,
            AudienceName::Members => Self::Members,
            AudienceName::Invited => Self::Invited,
            AudienceName::Staff => Self::Staff,
        }
    }
}

impl From<Audience> for AudienceName {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Everyone => Self::Everyone,
            Audience::Members => Self::Members,
            Audience::Invited => Self::Invited,
            Audience::Staff => Self::Staff,
        }
    }
}

/// For whom an action is open that takes signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberAudienceName {
    Members,
    Invited,
    Staff,
}

impl From<MemberAudienceName> for Audience {
    fn from(name: MemberAudienceName) -> Self {
        match name {
            MemberAudienceName::Members => Self::Members,
            MemberAudienceName::Invited => Self::Invited,
            MemberAudienceName::Staff => Self::Staff,
        }
    }
}

/// A board.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardBody {
    id: Uuid,
    #[schema(example = "모바일 앱")]
    name: String,
    #[schema(example = "mobail-aep")]
    slug: String,
    #[schema(example = "앱에 바라는 점을 나눠요.")]
    description: String,
    view: AudienceName,
    vote: AudienceName,
    comment: AudienceName,
    submit: AudienceName,
    /// Whether everybody who may view the board sees who voted; else staff do.
    voters_visible: bool,
    /// How many votes a member may have on open ideas at one time; null is any number.
    #[schema(minimum = 0)]
    vote_budget: Option<u32>,
    /// When it shows what members post.
    moderation: ModerationName,
    /// How many of them you have left; only where there is a budget and you are signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    votes_left: Option<i64>,
    /// What you may do here: `vote`, `comment`, `submit`.
    #[schema(example = json!(["vote", "comment", "submit"]))]
    you_may: Vec<&'static str>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl BoardBody {
    pub(super) fn new(seen: &Seen, actor: &Actor, votes_left: Option<i64>) -> Self {
        let actions =
            [("vote", Action::Vote), ("comment", Action::Comment), ("submit", Action::Submit)].into_iter();
        let board = &seen.board;
        Self {
            id: board.id.uuid(),
            name: board.name.as_str().to_owned(),
            slug: board.slug.as_str().to_owned(),
            description: board.description.as_str().to_owned(),
            view: board.view.into(),
            vote: board.vote.into(),
            comment: board.comment.into(),
            submit: board.submit.into(),
            voters_visible: board.voters == Voters::SeenByViewers,
            vote_budget: board.vote_budget,
            moderation: board.moderation.into(),
            votes_left,
            you_may: actions
                .filter(|(_, action)| actor.member_id().is_some() && seen.ensure_may(actor, *action).is_ok())
                .map(|(name, _)| name)
                .collect(),
            created_at: board.created_at,
            updated_at: board.updated_at,
        }
    }
}

pub(super) fn shown(seen: &Seen, actor: &Actor, votes_left: Option<i64>) -> Reply<BoardBody> {
    Reply::ok(&BoardBody::new(seen, actor, votes_left)).tagged(seen.board.version)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBoardBody {
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80, example = "모바일 앱")]
    name: String,
    /// Made from the name unless given; Hangul is spelt in Latin letters.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 60))]
    #[schema(
        required = false,
        nullable = false,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length = 60,
        example = "mobile-app"
    )]
    slug: Option<String>,
    #[serde(default)]
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000, example = "앱에 바라는 점을 나눠요.")]
    description: String,
    #[serde(default = "everyone")]
    view: AudienceName,
    #[serde(default = "members")]
    vote: MemberAudienceName,
    #[serde(default = "members")]
    comment: MemberAudienceName,
    #[serde(default = "members")]
    submit: MemberAudienceName,
    #[serde(default)]
    voters_visible: bool,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100000, required = false)]
    vote_budget: Option<u32>,
    #[serde(default)]
    #[schema(required = false)]
    moderation: ModerationName,
}

fn everyone() -> AudienceName {
    AudienceName::Everyone
}

fn members() -> MemberAudienceName {
    MemberAudienceName::Members
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateBoardBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 80))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 80, example = "모바일 앱")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 60))]
    #[schema(
        required = false,
        nullable = false,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length = 60,
        example = "mobile-app"
    )]
    slug: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 2000))]
    #[schema(required = false, nullable = false, max_length = 2000, example = "앱에 바라는 점을 나눠요.")]
    description: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = AudienceName)]
    view: Option<AudienceName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = MemberAudienceName)]
    vote: Option<MemberAudienceName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = MemberAudienceName)]
    comment: Option<MemberAudienceName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = MemberAudienceName)]
    submit: Option<MemberAudienceName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    voters_visible: Option<bool>,
    /// null takes the budget away.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 100000, required = false)]
    vote_budget: Patch<u32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = ModerationName)]
    moderation: Option<ModerationName>,
}

/// The most votes a budget may give.
const MOST_BUDGET: u32 = 100_000;

fn budget(budget: Option<u32>) -> Result<Option<u32>, Failure> {
    match budget {
        Some(votes) if votes > MOST_BUDGET => {
            Err(Failure::field("/vote_budget", Fault::TooMany { most: MOST_BUDGET as usize }))
        }
        budget => Ok(budget),
    }
}

impl NewBoardBody {
    pub(super) fn board(self, stamp: &Stamp) -> Result<Board, Failure> {
        let name = field("/name", BoardName::try_from(&*self.name))?;
        let slug = match self.slug {
            Some(slug) => Slug::try_from(&*slug),
            None => Slug::from_name(&name),
        };
        Ok(Board {
            id: stamp.id(0),
            slug: field("/slug", slug)?,
            name,
            description: field("/description", Description::try_from(&*self.description))?,
            view: self.view.into(),
            vote: self.vote.into(),
            comment: self.comment.into(),
            submit: self.submit.into(),
            voters: voters(self.voters_visible),
            vote_budget: budget(self.vote_budget)?,
            moderation: self.moderation.into(),
            created_at: stamp.at,
            updated_at: stamp.at,
            version: 1,
        })
    }
}

fn voters(visible: bool) -> Voters {
    if visible { Voters::SeenByViewers } else { Voters::SeenByStaff }
}

/// A patch whose every field has been understood.
#[derive(Clone)]
pub(super) struct Changes {
    name: Option<BoardName>,
    slug: Option<Slug>,
    description: Option<Description>,
    audiences: [Option<Audience>; 4],
    voters: Option<Voters>,
    vote_budget: Patch<u32>,
    moderation: Option<Mode>,
}

impl UpdateBoardBody {
    pub(super) fn changes(&self) -> Result<Changes, Failure> {
        if let Patch::Set(votes) = self.vote_budget {
            budget(Some(votes))?;
        }
        Ok(Changes {
            name: self.name.as_deref().map(|name| field("/name", BoardName::try_from(name))).transpose()?,
            slug: self.slug.as_deref().map(|slug| field("/slug", Slug::try_from(slug))).transpose()?,
            description: self
                .description
                .as_deref()
                .map(|text| field("/description", Description::try_from(text)))
                .transpose()?,
            audiences: [
                self.view.map(Audience::from),
                self.vote.map(Audience::from),
                self.comment.map(Audience::from),
                self.submit.map(Audience::from),
            ],
            voters: self.voters_visible.map(voters),
            vote_budget: self.vote_budget,
            moderation: self.moderation.map(Mode::from),
        })
    }
}

impl Changes {
    pub(super) fn over(self, board: Board, stamp: &Stamp) -> Board {
        let [view, vote, comment, submit] = self.audiences;
        Board {
            name: self.name.unwrap_or(board.name),
            slug: self.slug.unwrap_or(board.slug),
            description: self.description.unwrap_or(board.description),
            view: view.unwrap_or(board.view),
            vote: vote.unwrap_or(board.vote),
            comment: comment.unwrap_or(board.comment),
            submit: submit.unwrap_or(board.submit),
            voters: self.voters.unwrap_or(board.voters),
            vote_budget: self.vote_budget.over(board.vote_budget),
            moderation: self.moderation.unwrap_or(board.moderation),
            updated_at: stamp.at,
            version: board.version + 1,
            ..board
        }
    }
}
