//! Ideas as they are written in requests and answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Actor, AttachmentId, CommentId, IdeaId,
    access::Permission,
    attachments::MOST_AT_A_PLACE,
    boards::Board,
    fields::Sent,
    ideas::{Body, Tags, Title, Words},
    markdown,
    moderation::State,
    text::Fault,
};
use persistence::ideas::{Listed, Read};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::posting::Draft;
use crate::{
    attachments::{AttachmentBody, each_in_order},
    body::{field, present},
    error::Failure,
    fields::{AnswerBody, NewAnswerBody, sent},
    language::Language,
    moderation::StateName,
    proxies::{OnBehalfBody, ProxyBody},
    responses::ResponseBody,
    showing::Showing,
    statuses::StatusRefBody,
};

/// The board of an idea, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BoardRefBody {
    pub id: Uuid,
    #[schema(example = "mobile-app")]
    pub slug: String,
    #[schema(example = "모바일 앱")]
    pub name: String,
}

impl BoardRefBody {
    /// For a board that went while its ideas were read.
    pub(crate) fn nowhere() -> Self {
        Self { id: Uuid::nil(), slug: String::new(), name: String::new() }
    }
}

impl From<&Board> for BoardRefBody {
    fn from(board: &Board) -> Self {
        Self {
            id: board.id.uuid(),
            slug: board.slug.as_str().to_owned(),
            name: board.name.as_str().to_owned(),
        }
    }
}

/// A member as everybody sees them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorBody {
    pub id: Uuid,
    #[schema(example = "아나")]
    pub display_name: String,
}

/// What every form of an idea has.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaFacts {
    id: Uuid,
    board: BoardRefBody,
    #[schema(example = "다크 모드를 넣어 주세요")]
    title: String,
    status: StatusRefBody,
    #[schema(example = json!(["화면", "접근성"]))]
    tags: Vec<String>,
    /// Null where an import did not say who.
    author: Option<AuthorBody>,
    #[schema(minimum = 0)]
    vote_count: i64,
    /// How many of `vote_count` an import brought without their voters; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 0)]
    carried_votes: Option<i64>,
    #[schema(minimum = 0)]
    comment_count: i64,
    #[schema(minimum = 0)]
    attachment_count: i64,
    /// Whether you vote for it.
    my_vote: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// When it was deleted; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    deleted_at: Option<DateTime<Utc>>,
}

impl IdeaFacts {
    fn new(listed: Listed, board: BoardRefBody, actor: &Actor, language: Language) -> Self {
        let Listed { idea, title, tags, author_name, my_vote, .. } = listed;
        let for_staff = actor.ensure(Permission::SeeVoters).is_ok();
        Self {
            id: idea.id.uuid(),
            board,
            title,
            status: StatusRefBody::new(&idea.status, language),
            tags,
            author: idea
                .author_id
                .zip(author_name)
                .map(|(id, display_name)| AuthorBody { id: id.uuid(), display_name }),
            vote_count: idea.vote_count,
            carried_votes: for_staff.then_some(idea.carried_votes),
            comment_count: idea.comment_count,
            attachment_count: idea.attachment_count,
            my_vote,
            created_at: idea.created_at,
            updated_at: idea.updated_at,
            deleted_at: idea
                .hidden
                .filter(|hidden| for_staff && hidden.state == State::Deleted)
                .map(|hidden| hidden.since),
        }
    }
}

/// An idea in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaSummaryBody {
    #[serde(flatten)]
    facts: IdeaFacts,
    /// The beginning of the body as plain text, at most 280 characters.
    #[schema(max_length = 280, example = "밤에 눈이 부셔요.")]
    excerpt: String,
}

impl IdeaSummaryBody {
    pub(crate) fn new(listed: Listed, board: BoardRefBody, actor: &Actor, language: Language) -> Self {
        Self { excerpt: listed.excerpt.clone(), facts: IdeaFacts::new(listed, board, actor, language) }
    }
}

/// An idea in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaBody {
    #[serde(flatten)]
    facts: IdeaFacts,
    /// Markdown, as it was written.
    #[schema(example = "밤에 **눈이 부셔요**.")]
    body: String,
    /// The body as HTML that is safe to show.
    #[schema(example = "<p>밤에 <strong>눈이 부셔요</strong>.</p>\n")]
    body_html: String,
    /// Its files, in their order.
    attachments: Vec<AttachmentBody>,
    /// The brand's answer; null while there is none.
    response: Option<ResponseBody>,
    /// Whether you hear of what happens to it: you vote for it or follow it.
    following: bool,
    /// Whether it is published; else only you who wrote it and staff know of it.
    state: StateName,
    /// Why a moderator rejected or hid it.
    state_reason: Option<String>,
    /// The idea it was merged into: its votes and comments are there.
    merged_into: Option<Uuid>,
    /// Whether staff closed the conversation to members.
    comments_locked: bool,
    /// The comment that staff show as the answer.
    pinned_comment_id: Option<Uuid>,
    /// What was answered to the fields of the board, as far as you may see it, in their order.
    fields: Vec<AnswerBody>,
    /// Who of staff posted it for its author, if anybody did; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Option<ProxyBody>)]
    on_behalf: Option<Option<ProxyBody>>,
    /// How many of its votes staff cast for customers; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 0)]
    proxy_vote_count: Option<i64>,
}

impl IdeaBody {
    pub(crate) fn new(read: Read, actor: &Actor, Showing { language, links }: Showing) -> Self {
        let board = BoardRefBody::from(&read.on.board);
        Self {
            body_html: markdown::to_html(&read.body),
            body: read.body,
            attachments: AttachmentBody::list(read.attachments, &links, actor),
            response: read.response.map(ResponseBody::from),
            following: read.following,
            state: read.listed.idea.hidden.into(),
            state_reason: read.state_reason,
            merged_into: read.listed.idea.merged_into.map(IdeaId::uuid),
            comments_locked: read.listed.idea.comments_locked,
            pinned_comment_id: read.listed.idea.pinned_comment_id.map(CommentId::uuid),
            fields: read.answers.into_iter().map(|answered| AnswerBody::new(answered, language)).collect(),
            proxy_vote_count: read.proxies.as_ref().map(|proxies| proxies.votes),
            on_behalf: read.proxies.map(|proxies| proxies.posted.map(ProxyBody::from)),
            facts: IdeaFacts::new(read.listed, board, actor, language),
        }
    }
}

/// An idea and how alike it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarIdeaBody {
    /// 1 is the same words, 0 none in common.
    #[schema(minimum = 0, maximum = 1, example = 0.82)]
    pub score: f64,
    pub idea: IdeaSummaryBody,
}

/// The ideas most alike, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarBody {
    pub items: Vec<SimilarIdeaBody>,
}

/// How a tag is described: 1-30 characters.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 30, example = "화면")]
#[expect(dead_code, reason = "names the form of a tag in the document")]
pub struct TagText(String);

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdeaBody {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "다크 모드를 넣어 주세요")]
    title: String,
    /// Markdown.
    #[serde(default)]
    #[validate(length(max = 50_000))]
    #[schema(max_length = 50_000, example = "밤에 **눈이 부셔요**.")]
    body: String,
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(value_type = Vec<TagText>, max_items = 10, example = json!(["화면", "접근성"]))]
    tags: Vec<String>,
    /// What is answered to the fields of the board, by their keys.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, NewAnswerBody>, example = json!({ "product": "earphones" }))]
    fields: BTreeMap<String, Value>,
    /// Files of your own that were sent before, in the order they are to stand in.
    #[serde(default)]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, max_items = 10)]
    attachment_ids: Vec<Uuid>,
    /// For staff: the customer who is to be its author.
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(required = false, nullable = false, value_type = OnBehalfBody)]
    on_behalf_of: Option<OnBehalfBody>,
}

impl NewIdeaBody {
    pub(crate) fn draft(&self) -> Result<Draft, Failure> {
        Ok(Draft {
            words: self.words()?,
            sent: sent(&self.fields),
            attachments: each_in_order(&self.attachment_ids),
            customer: self.on_behalf_of.as_ref().map(OnBehalfBody::customer_of_part).transpose()?,
        })
    }

    fn words(&self) -> Result<Words, Failure> {
        Ok(Words {
            title: field("/title", Title::try_from(&*self.title))?,
            body: field("/body", Body::try_from(&*self.body))?,
            tags: tags(&self.tags)?,
        })
    }
}

fn tags(texts: &[String]) -> Result<Tags, Failure> {
    Tags::try_from(texts).map_err(|(place, fault): (Option<usize>, Fault)| {
        let pointer = place.map_or_else(|| "/tags".to_owned(), |place| format!("/tags/{place}"));
        Failure::field(pointer, fault)
    })
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateIdeaBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 200))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 200, example = "다크 모드")]
    title: Option<String>,
    /// Markdown.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 50_000))]
    #[schema(required = false, nullable = false, max_length = 50_000, example = "밤에 눈이 부셔요.")]
    body: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 10))]
    #[schema(required = false, nullable = false, value_type = Vec<TagText>, max_items = 10, example = json!(["화면"]))]
    tags: Option<Vec<String>>,
    /// New answers to fields of the board, by their keys; null takes one back.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, NewAnswerBody>, example = json!({ "product": "earphones" }))]
    fields: BTreeMap<String, Value>,
    /// Its files from now on, in their order: those it has, and others of your own.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, nullable = false, value_type = Vec<Uuid>, max_items = 10)]
    attachment_ids: Option<Vec<Uuid>>,
}

/// New words, as far as they are given.
#[derive(Clone)]
pub(crate) struct NewWords {
    title: Option<Title>,
    body: Option<Body>,
    tags: Option<Tags>,
}

impl UpdateIdeaBody {
    pub(crate) fn sent(&self) -> Sent {
        sent(&self.fields)
    }

    pub(crate) fn attachments(&self) -> Option<Vec<AttachmentId>> {
        self.attachment_ids.as_deref().map(each_in_order)
    }

    pub(crate) fn words(&self) -> Result<NewWords, Failure> {
        Ok(NewWords {
            title: self.title.as_deref().map(|text| field("/title", Title::try_from(text))).transpose()?,
            body: self.body.as_deref().map(|text| field("/body", Body::try_from(text))).transpose()?,
            tags: self.tags.as_deref().map(tags).transpose()?,
        })
    }
}

impl NewWords {
    pub(crate) fn over(self, words: Words) -> Words {
        Words {
            title: self.title.unwrap_or(words.title),
            body: self.body.unwrap_or(words.body),
            tags: self.tags.unwrap_or(words.tags),
        }
    }
}
