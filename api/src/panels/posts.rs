//! Posts elsewhere and what was found in texts, as they are written in requests and answers.

use domain::panels::{
    disclosure::{Finding, FindingKind, Place},
    posts::Post,
    reports::Looked,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::error::Failure;

/// A post elsewhere, as its author shows it. Nothing is fetched.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PostBody {
    #[validate(length(min = 1, max = 1_000))]
    #[schema(min_length = 1, max_length = 1_000, example = "https://blog.naver.com/ana/223000000001")]
    url: String,
    /// Empty where posts have none.
    #[serde(default)]
    #[validate(length(max = 300))]
    #[schema(max_length = 300, example = "[협찬] 마당 이어폰 2주 사용기")]
    title: String,
    /// Its first lines, as they stand there.
    #[validate(length(min = 1, max = 3_000))]
    #[schema(min_length = 1, max_length = 3_000, example = "제품을 무상으로 제공받아 작성했습니다.")]
    beginning: String,
}

impl From<Post> for PostBody {
    fn from(post: Post) -> Self {
        Self { url: post.url.as_str().to_owned(), title: post.title, beginning: post.beginning }
    }
}

impl PostBody {
    /// The post at a place of a body.
    pub fn post(&self, pointer: &str) -> Result<Post, Failure> {
        Post::new(&self.url, &self.title, &self.beginning)
            .map_err(|(name, fault)| Failure::field(format!("{pointer}/{name}"), fault))
    }
}

/// What is not as it has to be: `missing`, `too_late` (neither in the title nor at the beginning), `conditional` (something may have been
/// given), `denied`, or `vague` (it tells of a part in something, and not of what was given).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    Missing,
    TooLate,
    Conditional,
    Denied,
    Vague,
}

impl From<FindingKind> for FindingCode {
    fn from(kind: FindingKind) -> Self {
        match kind {
            FindingKind::Missing => Self::Missing,
            FindingKind::TooLate => Self::TooLate,
            FindingKind::Conditional => Self::Conditional,
            FindingKind::Denied => Self::Denied,
            FindingKind::Vague => Self::Vague,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingPlace {
    Title,
    Text,
}

/// Something in a text that is not as it has to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosureFindingBody {
    code: FindingCode,
    /// Null for what is missing.
    place: Option<FindingPlace>,
    /// The line of the text, from 1.
    #[schema(minimum = 1)]
    line: Option<usize>,
    /// The words of the rules that were found there.
    #[schema(example = "체험단")]
    found: Option<String>,
}

impl From<Finding> for DisclosureFindingBody {
    fn from(finding: Finding) -> Self {
        let (place, line) = match finding.place {
            None => (None, None),
            Some(Place::Title) => (Some(FindingPlace::Title), None),
            Some(Place::Text { line }) => (Some(FindingPlace::Text), Some(line)),
        };
        Self { code: finding.kind.into(), place, line, found: finding.found }
    }
}

impl DisclosureFindingBody {
    pub fn list(findings: Vec<Finding>) -> Vec<Self> {
        findings.into_iter().map(Self::from).collect()
    }
}

/// A text that was looked through for its disclosure.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedBody {
    /// Of a post elsewhere; null for the report itself.
    #[schema(example = "https://blog.naver.com/ana/223000000001")]
    url: Option<String>,
    /// Whether nothing was found.
    disclosed: bool,
    findings: Vec<DisclosureFindingBody>,
}

impl From<Looked> for LookedBody {
    fn from(looked: Looked) -> Self {
        Self {
            url: looked.post.map(|post| post.url.as_str().to_owned()),
            disclosed: looked.findings.is_empty(),
            findings: DisclosureFindingBody::list(looked.findings),
        }
    }
}
