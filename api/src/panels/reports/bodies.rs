//! Reports as they are shown.

use chrono::{DateTime, Utc};
use domain::{
    markdown,
    panels::{
        Panel,
        applications::masked,
        reports::{Asked, Looked, Reason, State},
    },
};
use persistence::{
    ideas::Listed,
    panels::reports::{Read, list::Summary},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    attachments::AttachmentBody,
    ideas::AuthorBody,
    panels::posts::{LookedBody, PostBody},
    showing::Showing,
    statuses::StatusRefBody,
};

/// What those who tried the product say of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialReportBody {
    id: Uuid,
    panel_id: Uuid,
    /// For its author and staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    application_id: Option<Uuid>,
    /// Of its author, hidden but for the ends; null once the person is forgotten.
    #[schema(example = "홍*동")]
    name: Option<String>,
    /// Who that is, in the list for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    member: Option<AuthorBody>,
    /// Whether the product is known to have come to its author.
    verified: bool,
    /// What the panel gives, to be shown above the report.
    #[schema(example = "[협찬] 제품을 무상으로 제공받아 작성했습니다.")]
    disclosure: String,
    #[schema(example = "[협찬] 2주 동안 써 본 마당 이어폰")]
    title: String,
    /// Markdown, as it was written.
    #[schema(example = "소리가 **또렷**해요.")]
    body: String,
    /// The body as HTML that is safe to show.
    #[schema(example = "<p>소리가 <strong>또렷</strong>해요.</p>\n")]
    body_html: String,
    #[schema(example = json!(["소리가 또렷해요"]))]
    pros: Vec<String>,
    #[schema(example = json!(["케이스가 커요"]))]
    cons: Vec<String>,
    #[schema(minimum = 1, maximum = 5, example = 4)]
    useful: i32,
    #[schema(minimum = 1, maximum = 5, example = 5)]
    usable: i32,
    #[schema(minimum = 1, maximum = 5, example = 3)]
    enjoyable: i32,
    external_posts: Vec<PostBody>,
    attachments: Vec<AttachmentBody>,
    state: ReportState,
    /// Whether everybody may read it who may see the panel: accepted, and every text says who paid for it.
    published: bool,
    sent_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    /// For its author and staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    review: Option<ReviewBody>,
    /// What staff made of it, as far as you may see it; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    ideas: Option<Vec<ReportIdeaBody>>,
}

/// How far a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    Sent,
    RevisionRequested,
    Accepted,
}

impl From<State> for ReportState {
    fn from(state: State) -> Self {
        match state {
            State::Sent => Self::Sent,
            State::RevisionRequested => Self::RevisionRequested,
            State::Accepted => Self::Accepted,
        }
    }
}

/// What its author and staff know of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewBody {
    /// Whether every text states the interest where it has to.
    disclosed: bool,
    /// Where it does not, by the rules of now; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    texts: Option<Vec<LookedBody>>,
    /// The one that staff asked for.
    revision: Option<RevisionBody>,
}

/// A revision that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionBody {
    reason: RevisionReason,
    #[schema(example = "제목이나 첫 줄에 [협찬]을 적어 주세요.")]
    note: String,
    requested_at: DateTime<Utc>,
    /// When the report is accepted as it was, unless its author has sent another.
    due_at: DateTime<Utc>,
}

/// Why a revision may be asked for. There is none for an opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevisionReason {
    Disclosure,
    MissingMission,
    Unreadable,
    OffTopic,
    PersonalData,
    Unlawful,
}

impl From<Reason> for RevisionReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Disclosure => Self::Disclosure,
            Reason::MissingMission => Self::MissingMission,
            Reason::Unreadable => Self::Unreadable,
            Reason::OffTopic => Self::OffTopic,
            Reason::PersonalData => Self::PersonalData,
            Reason::Unlawful => Self::Unlawful,
        }
    }
}

impl From<RevisionReason> for Reason {
    fn from(reason: RevisionReason) -> Self {
        match reason {
            RevisionReason::Disclosure => Self::Disclosure,
            RevisionReason::MissingMission => Self::MissingMission,
            RevisionReason::Unreadable => Self::Unreadable,
            RevisionReason::OffTopic => Self::OffTopic,
            RevisionReason::PersonalData => Self::PersonalData,
            RevisionReason::Unlawful => Self::Unlawful,
        }
    }
}

impl From<&Asked> for RevisionBody {
    fn from(asked: &Asked) -> Self {
        Self {
            reason: asked.reason.into(),
            note: asked.note.clone(),
            requested_at: asked.at,
            due_at: asked.due_at,
        }
    }
}

/// An idea that staff made of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportIdeaBody {
    id: Uuid,
    #[schema(example = "더 작은 충전 케이스")]
    title: String,
    status: StatusRefBody,
    /// The passage it was made of.
    #[schema(example = "케이스가 커요")]
    quote: Option<String>,
}

/// Who reads a report, which says how much of it is theirs.
pub enum Reader {
    Anybody,
    /// In the list for those who run panels.
    Staff,
    /// Its author, or staff who look at this one.
    Concerned(Vec<Looked>),
}

impl TrialReportBody {
    pub fn new(read: Read, panel: &Panel, attachments: Vec<AttachmentBody>, reader: Reader) -> Self {
        let Read { report, author, display_name, delivered } = read;
        let (state, published) = (report.state().into(), report.is_published());
        let name = display_name.as_deref().map(masked);
        let member = match reader {
            Reader::Staff => author.zip(display_name),
            Reader::Anybody | Reader::Concerned(_) => None,
        };
        let revision = report.asked.as_ref().map(RevisionBody::from);
        let texts = match reader {
            Reader::Anybody => None,
            Reader::Staff => Some(None),
            Reader::Concerned(texts) => Some(Some(texts.into_iter().map(LookedBody::from).collect())),
        };
        Self {
            id: report.id.uuid(),
            panel_id: report.panel_id.uuid(),
            application_id: texts.as_ref().map(|_| report.application_id.uuid()),
            name,
            member: member.map(|(id, display_name)| AuthorBody { id: id.uuid(), display_name }),
            verified: delivered,
            disclosure: panel.terms.disclosure.clone(),
            body_html: markdown::to_html(&report.words.body),
            title: report.words.title,
            body: report.words.body,
            pros: report.words.pros,
            cons: report.words.cons,
            useful: report.rating.useful,
            usable: report.rating.usable,
            enjoyable: report.rating.enjoyable,
            external_posts: report.words.posts.into_iter().map(PostBody::from).collect(),
            attachments,
            state,
            published,
            sent_at: report.sent_at,
            accepted_at: report.accepted.map(|accepted| accepted.at),
            review: texts.map(|texts| ReviewBody { disclosed: report.disclosed, texts, revision }),
            ideas: None,
        }
    }

    /// With what became of it.
    pub fn with(self, ideas: Vec<(Listed, Option<String>)>, showing: Showing) -> Self {
        let idea = |(listed, quote): (Listed, Option<String>)| ReportIdeaBody {
            id: listed.idea.id.uuid(),
            title: listed.title,
            status: StatusRefBody::new(&listed.idea.status, showing.language),
            quote,
        };
        Self { ideas: Some(ideas.into_iter().map(idea).collect()), ..self }
    }

    /// Of whom staff were told.
    pub fn author(&self) -> Option<Uuid> {
        self.member.as_ref().map(|member| member.id)
    }
}

/// How the published reports of a panel rate the product.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ReportSummary {
    count: i64,
    /// The means of all of them; null while there are none.
    useful: Option<f64>,
    usable: Option<f64>,
    enjoyable: Option<f64>,
}

impl From<Summary> for ReportSummary {
    fn from(summary: Summary) -> Self {
        let mean = |points: i64| {
            let hundredths = (points as f64 * 100.0 / summary.count as f64).round();
            (summary.count > 0).then_some(hundredths / 100.0)
        };
        Self {
            count: summary.count,
            useful: mean(summary.useful),
            usable: mean(summary.usable),
            enjoyable: mean(summary.enjoyable),
        }
    }
}
