//! What moderation is written as in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    members::Locale,
    moderation::{Cause, Complaint, Decision, Hidden, Mode, State},
};
use persistence::moderation::queue::{Case, Kind, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ideas::{AuthorBody, BoardRefBody};

/// When a board shows what members post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModerationName {
    /// At once, but for what has many links or banned words.
    #[default]
    PublishFirst,
    /// Once somebody has approved it.
    ApproveFirst,
    /// At once, but of newcomers once somebody has approved it.
    ApproveNewcomers,
}

impl From<Mode> for ModerationName {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::PublishFirst => Self::PublishFirst,
            Mode::ApproveFirst => Self::ApproveFirst,
            Mode::ApproveNewcomers => Self::ApproveNewcomers,
        }
    }
}

impl From<ModerationName> for Mode {
    fn from(name: ModerationName) -> Self {
        match name {
            ModerationName::PublishFirst => Self::PublishFirst,
            ModerationName::ApproveFirst => Self::ApproveFirst,
            ModerationName::ApproveNewcomers => Self::ApproveNewcomers,
        }
    }
}

/// Where a post stands: `published`, or out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    Published,
    /// Until somebody has looked at it.
    Held,
    Rejected,
    /// Taken away by moderation.
    Hidden,
    Deleted,
}

impl From<Option<Hidden>> for StateName {
    fn from(hidden: Option<Hidden>) -> Self {
        match hidden.map(|hidden| hidden.state) {
            None => Self::Published,
            Some(State::Held) => Self::Held,
            Some(State::Rejected) => Self::Rejected,
            Some(State::Hidden) => Self::Hidden,
            Some(State::Deleted) => Self::Deleted,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PostKindName {
    Idea,
    Comment,
}

impl From<PostKindName> for Kind {
    fn from(name: PostKindName) -> Self {
        match name {
            PostKindName::Idea => Self::Idea,
            PostKindName::Comment => Self::Comment,
        }
    }
}

impl From<Kind> for PostKindName {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Idea => Self::Idea,
            Kind::Comment => Self::Comment,
        }
    }
}

/// Why a post is held.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseName {
    /// The board approves everything first.
    Approval,
    /// The board approves newcomers first.
    Newcomer,
    /// Too many links.
    Links,
    /// Banned words.
    Words,
}

impl From<Cause> for CauseName {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Approval => Self::Approval,
            Cause::Newcomer => Self::Newcomer,
            Cause::Links => Self::Links,
            Cause::Words => Self::Words,
        }
    }
}

/// Why a member reports a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintName {
    Spam,
    Abuse,
    OffTopic,
    PersonalInformation,
    Illegal,
    /// Said in the note.
    Other,
}

impl From<ComplaintName> for Complaint {
    fn from(name: ComplaintName) -> Self {
        match name {
            ComplaintName::Spam => Self::Spam,
            ComplaintName::Abuse => Self::Abuse,
            ComplaintName::OffTopic => Self::OffTopic,
            ComplaintName::PersonalInformation => Self::PersonalInformation,
            ComplaintName::Illegal => Self::Illegal,
            ComplaintName::Other => Self::Other,
        }
    }
}

impl From<Complaint> for ComplaintName {
    fn from(complaint: Complaint) -> Self {
        match complaint {
            Complaint::Spam => Self::Spam,
            Complaint::Abuse => Self::Abuse,
            Complaint::OffTopic => Self::OffTopic,
            Complaint::PersonalInformation => Self::PersonalInformation,
            Complaint::Illegal => Self::Illegal,
            Complaint::Other => Self::Other,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionName {
    /// It is fine: what is held is shown, what was reported stays.
    Approve,
    /// What is held is not shown.
    Reject,
    /// What is there is taken away.
    Hide,
    /// What was hidden or rejected is shown.
    Lift,
}

impl From<DecisionName> for Decision {
    fn from(name: DecisionName) -> Self {
        match name {
            DecisionName::Approve => Self::Approve,
            DecisionName::Reject => Self::Reject,
            DecisionName::Hide => Self::Hide,
            DecisionName::Lift => Self::Lift,
        }
    }
}

impl From<Decision> for DecisionName {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Approve => Self::Approve,
            Decision::Reject => Self::Reject,
            Decision::Hide => Self::Hide,
            Decision::Lift => Self::Lift,
        }
    }
}

/// The language of a banned word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordLanguageName {
    Ko,
    En,
}

impl From<WordLanguageName> for Locale {
    fn from(name: WordLanguageName) -> Self {
        match name {
            WordLanguageName::Ko => Self::Ko,
            WordLanguageName::En => Self::En,
        }
    }
}

impl From<Locale> for WordLanguageName {
    fn from(locale: Locale) -> Self {
        match locale {
            Locale::Ko => Self::Ko,
            Locale::En => Self::En,
        }
    }
}

/// What a member says against a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportBody {
    by: AuthorBody,
    complaint: ComplaintName,
    #[schema(example = "같은 광고를 여러 번 올렸어요.")]
    note: String,
    reported_at: DateTime<Utc>,
}

impl From<Report> for ReportBody {
    fn from(report: Report) -> Self {
        let (id, display_name) = report.by;
        Self {
            by: AuthorBody { id: id.uuid(), display_name },
            complaint: report.complaint.into(),
            note: report.note,
            reported_at: report.at,
        }
    }
}

/// What was decided about a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecidedBody {
    decision: DecisionName,
    /// What its author was told.
    #[schema(example = "광고는 올릴 수 없습니다.")]
    reason: Option<String>,
    decided_at: DateTime<Utc>,
}

/// A post that was held or taken away, as its author sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithheldBody {
    kind: PostKindName,
    /// Of the idea or comment.
    id: Uuid,
    idea_id: Uuid,
    board: BoardRefBody,
    /// Of the idea, or of the one that the comment stands under.
    #[schema(example = "다크 모드를 넣어 주세요")]
    title: String,
    /// Markdown, as it was written.
    #[schema(example = "밤에는 정말 필요해요.")]
    body: String,
    state: StateName,
    /// The last decision; null while there is none.
    decided: Option<DecidedBody>,
}

impl WithheldBody {
    pub(super) fn new(case: &Case, board: BoardRefBody) -> Self {
        Self {
            kind: case.kind.into(),
            id: case.post,
            idea_id: case.idea.uuid(),
            board,
            title: case.title.clone(),
            body: case.body.clone(),
            state: case.hidden.into(),
            decided: case.decided.clone().map(|(decision, reason, decided_at)| DecidedBody {
                decision: decision.into(),
                reason,
                decided_at,
            }),
        }
    }
}

/// A post that somebody has to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseBody {
    #[serde(flatten)]
    post: WithheldBody,
    /// Null where an import did not say who.
    author: Option<AuthorBody>,
    /// Why it is held; empty when it is not.
    causes: Vec<CauseName>,
    /// How many members report it, since the last decision.
    #[schema(minimum = 0)]
    report_count: i64,
    /// Up to ten of what they say, latest first.
    reports: Vec<ReportBody>,
    /// Since when it waits.
    opened_at: DateTime<Utc>,
}

impl CaseBody {
    pub(super) fn new(case: Case, board: BoardRefBody) -> Self {
        Self {
            post: WithheldBody::new(&case, board),
            author: case.author.map(|(id, display_name)| AuthorBody { id: id.uuid(), display_name }),
            causes: case.causes.into_iter().map(CauseName::from).collect(),
            report_count: case.report_count,
            reports: case.reports.into_iter().map(ReportBody::from).collect(),
            opened_at: case.opened_at,
        }
    }
}
