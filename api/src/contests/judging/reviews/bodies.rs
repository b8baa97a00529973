//! Reviews as they are written in requests and answers of judges.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Actor,
    contests::{
        Contest,
        answers::Answers,
        reviews::{Review, Saving, warnings},
        terms::Blind,
    },
    judging::score::Marks,
};
use persistence::{
    AnyConnection, Result as Rows,
    attachments::contests::for_judges,
    contests::{entries, reviews, teams},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::super::{
    super::ContestRefBody,
    bodies::{MarkingWarningName, ReviewStateName},
};
use crate::{
    attachments::{AttachmentBody, links::Links},
    body::present,
};

/// What is saved of a review; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateReviewBody {
    /// By criterion; null takes a mark out.
    #[serde(default)]
    #[schema(required = false, value_type = Object, example = json!({ "idea": 4, "use": 3.5 }))]
    marks: BTreeMap<String, Option<f64>>,
    /// By criterion, of up to 2,000 characters; null takes a comment out.
    #[serde(default)]
    #[schema(required = false, value_type = Object, example = json!({ "use": "쓸 곳이 더 보이면 좋겠습니다." }))]
    comments: BTreeMap<String, Option<String>>,
    /// For yourself and for staff.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 5_000))]
    #[schema(required = false, nullable = false, max_length = 5_000, example = "다시 볼 것")]
    note: Option<String>,
}

impl UpdateReviewBody {
    pub fn saving(self) -> Saving {
        Saving { marks: self.marks, comments: self.comments, note: self.note }
    }
}

/// Somebody who made an entry, where judges are told.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgedAuthorBody {
    #[schema(example = "아나")]
    display_name: String,
    leads: bool,
}

/// An entry as its judges see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgedEntryBody {
    #[schema(example = "한마당")]
    title: String,
    /// Answers by the key of their question.
    #[schema(value_type = Object, example = json!({ "why": "크고 함께라는 뜻입니다." }))]
    answers: Answers,
    attachments: Vec<AttachmentBody>,
    /// Where AI had a part in it.
    #[schema(example = "쓰지 않았습니다.")]
    ai_use: String,
    /// Those whom `judging.blind` does not keep from judges.
    team: Vec<JudgedAuthorBody>,
}

/// An entry before you as a judge, and what you say of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryReviewBody {
    id: Uuid,
    contest: ContestRefBody,
    #[schema(minimum = 1, example = 1)]
    round: i32,
    state: ReviewStateName,
    /// Null once you do not have it any more, and once what is personal of the contest has had its time.
    entry: Option<JudgedEntryBody>,
    /// By criterion.
    #[schema(value_type = Object, example = json!({ "idea": 4, "use": 3.5 }))]
    marks: Marks,
    #[schema(value_type = Object, example = json!({ "use": "쓸 곳이 더 보이면 좋겠습니다." }))]
    comments: BTreeMap<String, String>,
    #[schema(example = "다시 볼 것")]
    note: String,
    /// What you may want to look at again.
    warnings: Vec<MarkingWarningName>,
    saved_at: Option<DateTime<Utc>>,
    sent_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl EntryReviewBody {
    pub fn of(
        tx: &mut AnyConnection,
        contest: &Contest,
        review: Review,
        with: (&Links, &Actor),
        now: DateTime<Utc>,
    ) -> Rows<Self> {
        let sent = reviews::sent_of(tx, contest, review.judge_id)?;
        Self::beside(tx, (contest, &sent), review, with, now)
    }

    /// A review beside all that its judge has sent.
    pub fn beside(
        tx: &mut AnyConnection,
        (contest, sent): (&Contest, &[Marks]),
        review: Review,
        with: (&Links, &Actor),
        now: DateTime<Utc>,
    ) -> Rows<Self> {
        let is_shown = review.is_held() && contest.is_unsealed(now) && contest.marks.forgotten_at.is_none();
        let entry = is_shown.then(|| entry(tx, contest, &review, with)).transpose()?;
        let found = warnings(&contest.terms, Some(&review.marks), sent);
        Ok(Self {
            id: review.id.uuid(),
            contest: contest.into(),
            round: review.round,
            state: review.state.into(),
            entry,
            marks: review.marks,
            comments: review.comments,
            note: review.note,
            warnings: found.into_iter().map(Into::into).collect(),
            saved_at: review.saved_at,
            sent_at: review.sent_at,
            ended_at: review.ended_at,
        })
    }
}

fn entry(
    tx: &mut AnyConnection,
    contest: &Contest,
    review: &Review,
    (links, actor): (&Links, &Actor),
) -> Rows<JudgedEntryBody> {
    let sent = entries::last_sent(tx, review.entry_id)?;
    let blind = &contest.terms.judging.blind;
    let named = teams::names(tx, &[review.entry_id])?.remove(&review.entry_id).unwrap_or_default();
    let author = |(member, display_name)| {
        let leads = Some(member) == sent.entry.leader_id;
        let hides = if leads { Blind::Author } else { Blind::Team };
        (!blind.contains(&hides)).then_some(JudgedAuthorBody { display_name, leads })
    };
    let files = for_judges(tx, contest, review.entry_id)?;
    Ok(JudgedEntryBody {
        team: named.into_iter().filter_map(author).collect(),
        title: sent.content.title,
        answers: sent.content.answers.clone(),
        attachments: AttachmentBody::list(files, links, actor),
        ai_use: sent.content.ai_use,
    })
}
