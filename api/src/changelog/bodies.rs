//! Entries of the changelog as they are written in requests and answers.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{
    Audience, ChangelogEntryId, IdeaId, MemberId, Refusal, Stamp,
    changelog::{Entry, Label, MOST_IDEAS, News, Scope, State, ensure_ahead},
    ideas::Title,
    markdown,
    text::Fault,
};
use persistence::{boards::BoardRef, changelog::Written, ideas::Listed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    boards::{AudienceName, Names, board_named},
    body::{Patch, field, present},
    error::Failure,
    ideas::{AuthorBody, BoardRefBody},
    language::Language,
    statuses::StatusRefBody,
};

/// How far an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangelogStateName {
    Draft,
    /// It comes out at `publish_at`.
    Scheduled,
    Published,
}

impl From<State> for ChangelogStateName {
    fn from(state: State) -> Self {
        match state {
            State::Draft => Self::Draft,
            State::Scheduled => Self::Scheduled,
            State::Published => Self::Published,
        }
    }
}

impl From<ChangelogStateName> for State {
    fn from(name: ChangelogStateName) -> Self {
        match name {
            ChangelogStateName::Draft => Self::Draft,
            ChangelogStateName::Scheduled => Self::Scheduled,
            ChangelogStateName::Published => Self::Published,
        }
    }
}

/// What kind of news it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangelogLabelName {
    New,
    Improved,
    Fixed,
    Removed,
    Notice,
}

impl From<Label> for ChangelogLabelName {
    fn from(label: Label) -> Self {
        match label {
            Label::New => Self::New,
            Label::Improved => Self::Improved,
            Label::Fixed => Self::Fixed,
            Label::Removed => Self::Removed,
            Label::Notice => Self::Notice,
        }
    }
}

impl From<ChangelogLabelName> for Label {
    fn from(name: ChangelogLabelName) -> Self {
        match name {
            ChangelogLabelName::New => Self::New,
            ChangelogLabelName::Improved => Self::Improved,
            ChangelogLabelName::Fixed => Self::Fixed,
            ChangelogLabelName::Removed => Self::Removed,
            ChangelogLabelName::Notice => Self::Notice,
        }
    }
}

/// An idea that an entry names.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedIdeaBody {
    id: Uuid,
    #[schema(example = "다크 모드를 넣어 주세요")]
    title: String,
    board: BoardRefBody,
    status: StatusRefBody,
    #[schema(minimum = 0)]
    vote_count: i64,
}

/// An entry of the changelog.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangelogEntryBody {
    id: Uuid,
    /// Whoever may view it reads the entry; null where that is for an `audience` to say.
    board: Option<BoardRefBody>,
    audience: Option<AudienceName>,
    state: ChangelogStateName,
    /// When it came out, or is to; null for a draft.
    publish_at: Option<DateTime<Utc>>,
    #[schema(example = "다크 모드가 나왔어요")]
    title: String,
    /// Markdown, as it was written.
    #[schema(example = "설정에서 **어둡게**를 고르세요.")]
    body: String,
    /// The body as HTML that is safe to show.
    #[schema(example = "<p>설정에서 <strong>어둡게</strong>를 고르세요.</p>\n")]
    body_html: String,
    labels: Vec<ChangelogLabelName>,
    /// The ideas it names, as far as you may see them.
    ideas: Vec<LinkedIdeaBody>,
    author: Option<AuthorBody>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Who looks at entries, and when.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub names: &'a Names,
    pub language: Language,
    pub now: DateTime<Utc>,
}

impl ChangelogEntryBody {
    pub(super) fn new(written: Written, ideas: &[(ChangelogEntryId, Listed)], look: Look<'_>) -> Self {
        let Written { entry, author_name } = written;
        let name = |board| look.names.get(&board).cloned().unwrap_or_else(BoardRefBody::nowhere);
        let linked = |listed: &Listed| LinkedIdeaBody {
            id: listed.idea.id.uuid(),
            title: listed.title.clone(),
            board: name(listed.idea.board_id),
            status: StatusRefBody::new(&listed.idea.status, look.language),
            vote_count: listed.idea.vote_count,
        };
        let (board, audience) = match entry.scope {
            Scope::Board(board) => (Some(name(board)), None),
            Scope::Audience(audience) => (None, Some(audience.into())),
        };
        let author = |(id, display_name): (MemberId, String)| AuthorBody { id: id.uuid(), display_name };
        let ideas = ideas.iter().filter(|(id, _)| *id == entry.id);
        Self {
            id: entry.id.uuid(),
            board,
            audience,
            state: entry.state(look.now).into(),
            publish_at: entry.publish_at,
            title: entry.title.as_str().to_owned(),
            body_html: markdown::to_html(entry.body.as_str()),
            body: entry.body.as_str().to_owned(),
            labels: entry.labels.iter().copied().map(ChangelogLabelName::from).collect(),
            ideas: ideas.map(|(_, listed)| linked(listed)).collect(),
            author: entry.author_id.zip(author_name).map(author),
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

/// The audience of an entry that has no board.
fn audience(name: AudienceName) -> Result<Audience, Failure> {
    match name {
        AudienceName::Invited => {
            Err(Failure::field("/audience", Fault::NotA("audience of an entry: nobody is invited to it")))
        }
        name => Ok(name.into()),
    }
}

fn labels(names: &[ChangelogLabelName]) -> Vec<Label> {
    Label::sorted(&names.iter().copied().map(Label::from).collect::<Vec<_>>())
}

/// Each once.
fn ideas(ids: &[Uuid]) -> Result<Vec<IdeaId>, Failure> {
    if ids.len() > MOST_IDEAS {
        return Err(Failure::field("/idea_ids", Fault::TooMany { most: MOST_IDEAS }));
    }
    let mut ideas: Vec<IdeaId> = Vec::with_capacity(ids.len());
    for id in ids.iter().copied().map(IdeaId::from) {
        if !ideas.contains(&id) {
            ideas.push(id);
        }
    }
    Ok(ideas)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChangelogEntryBody {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "다크 모드가 나왔어요")]
    title: String,
    /// Markdown.
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000, example = "설정에서 **어둡게**를 고르세요.")]
    body: String,
    /// Id or slug of the board it is about, for whoever may view that. It cannot be changed.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, example = "mobile-app")]
    board: Option<String>,
    /// Who reads an entry without a board: everyone unless given.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = AudienceName)]
    audience: Option<AudienceName>,
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5, example = json!(["new"]))]
    labels: Vec<ChangelogLabelName>,
    /// The ideas it names. Their supporters are told when it comes out.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    idea_ids: Vec<Uuid>,
    /// In the future; a draft unless given.
    #[serde(default)]
    #[schema(required = false, example = "2030-01-01T00:00:00Z")]
    publish_at: Option<DateTime<Utc>>,
}

/// What is asked of a new entry.
#[derive(Clone)]
pub(super) struct Draft {
    /// Its board is that of `board`, where there is one.
    pub entry: Entry,
    pub board: Option<BoardRef>,
    pub ideas: Vec<IdeaId>,
}

impl NewChangelogEntryBody {
    pub(super) fn draft(&self, stamp: &Stamp, author: MemberId) -> Result<Draft, Failure> {
        let unknown = |_| Failure::field("/board", Fault::NotA("board"));
        let board = self.board.as_deref().map(board_named).transpose().map_err(unknown)?;
        if board.is_some() && self.audience.is_some() {
            return Err(with_a_board());
        }
        let publish_at = self.publish_at.map(|at| at.trunc_subsecs(6));
        publish_at.map(|at| ensure_ahead(at, stamp.at)).transpose()?;
        let entry = Entry {
            id: stamp.id(0),
            scope: Scope::Audience(audience(self.audience.unwrap_or(AudienceName::Everyone))?),
            author_id: Some(author),
            title: field("/title", Title::try_from(&*self.title))?,
            body: field("/body", News::try_from(&*self.body))?,
            labels: labels(&self.labels),
            publish_at,
            created_at: stamp.at,
            updated_at: stamp.at,
            version: 1,
        };
        Ok(Draft { entry, board, ideas: ideas(&self.idea_ids)? })
    }
}

fn with_a_board() -> Failure {
    Failure::field("/audience", NOT_WITH_A_BOARD)
}

const NOT_WITH_A_BOARD: Fault = Fault::NotA("field of an entry with a board, which its viewers read");

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateChangelogEntryBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 200))]
    #[schema(
        required = false,
        nullable = false,
        min_length = 1,
        max_length = 200,
        example = "다크 모드가 나왔어요"
    )]
    title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 20_000))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 20_000)]
    body: Option<String>,
    /// Of an entry without a board.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = AudienceName)]
    audience: Option<AudienceName>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 5))]
    #[schema(required = false, nullable = false, value_type = Vec<ChangelogLabelName>, max_items = 5)]
    labels: Option<Vec<ChangelogLabelName>>,
    /// All it is to name. Supporters of one that is added to a published entry are told at once.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 30))]
    #[schema(required = false, nullable = false, value_type = Vec<Uuid>, max_items = 30)]
    idea_ids: Option<Vec<Uuid>>,
    /// In the future; null makes it a draft again, also when it is out.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>, required = false, example = "2030-01-01T00:00:00Z")]
    publish_at: Patch<DateTime<Utc>>,
}

impl UpdateChangelogEntryBody {
    /// The ideas it is to name, where that is said.
    pub(super) fn ideas(&self) -> Result<Option<Vec<IdeaId>>, Failure> {
        self.idea_ids.as_deref().map(ideas).transpose()
    }

    /// What an entry becomes, as the next version.
    pub(super) fn changes(
        &self,
        stamp: Stamp,
    ) -> Result<impl Fn(&Entry) -> Result<Entry, Refusal> + Send + 'static, Failure> {
        let title = self.title.as_deref().map(|text| field("/title", Title::try_from(text))).transpose()?;
        let body = self.body.as_deref().map(|text| field("/body", News::try_from(text))).transpose()?;
        let (audience, labels) =
            (self.audience.map(audience).transpose()?, self.labels.as_deref().map(labels));
        let publish_at = self.publish_at;
        Ok(move |before: &Entry| {
            let scope = match (before.scope, audience) {
                (Scope::Board(_), Some(_)) => {
                    return Err(Refusal::Unfit { field: "audience", fault: NOT_WITH_A_BOARD });
                }
                (Scope::Audience(_), Some(audience)) => Scope::Audience(audience),
                (scope, None) => scope,
            };
            let at = publish_at.over(before.publish_at).map(|at| at.trunc_subsecs(6));
            let entry = Entry {
                scope,
                title: title.clone().unwrap_or(before.title.clone()),
                body: body.clone().unwrap_or(before.body.clone()),
                labels: labels.clone().unwrap_or(before.labels.clone()),
                updated_at: stamp.at,
                version: before.version + 1,
                ..before.clone()
            };
            entry.scheduled(at, stamp.at)
        })
    }
}
