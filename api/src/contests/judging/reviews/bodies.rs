//! Reviews as they are written in requests and answers of judges.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, EntryId, MemberId,
    contests::{
        Contest,
        answers::Answers,
        reviews::{Review, Saving, warnings},
        terms::Blind,
    },
    judging::score::Marks,
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    attachments::contests::for_judges_of,
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
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JudgedAuthorBody {
    #[schema(example = "아나")]
    display_name: String,
    leads: bool,
}

/// An entry as its judges see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
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
        let of = (review.judge_id, &HashMap::from([(contest.id, contest)]));
        Self::all(tx, of, vec![review], with, now)?.pop().ok_or(Error::Missing)
    }

    /// Reviews of one judge in these contests, beside all that the judge has sent, by as many statements as one of them takes. Each is
    /// shown as far as its contest lets judges see it.
    pub fn all(
        tx: &mut AnyConnection,
        (judge, contests): (MemberId, &HashMap<ContestId, &Contest>),
        all: Vec<Review>,
        with: (&Links, &Actor),
        now: DateTime<Utc>,
    ) -> Rows<Vec<Self>> {
        let is_shown = |review: &&Review| {
            contests.get(&review.contest_id).is_some_and(|contest| {
                review.is_held() && contest.is_unsealed(now) && contest.marks.forgotten_at.is_none()
            })
        };
        let ids: Vec<EntryId> = all.iter().filter(is_shown).map(|review| review.entry_id).collect();
        let entries = judged(tx, contests, &ids, with)?;
        let sent = reviews::sent_by(tx, judge, contests)?;
        let shown = |review: Review| {
            let contest = contests.get(&review.contest_id).ok_or(Error::Missing)?;
            let beside = sent.get(&contest.id).map_or(&[][..], Vec::as_slice);
            // One may have it in several rounds.
            let entry = entries.get(&review.entry_id).filter(|_| is_shown(&&review)).cloned();
            Ok(Self::new(review, contest, entry, beside))
        };
        all.into_iter().map(shown).collect()
    }

    fn new(review: Review, contest: &Contest, entry: Option<JudgedEntryBody>, beside: &[Marks]) -> Self {
        let found = warnings(&contest.terms, Some(&review.marks), beside);
        Self {
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
        }
    }
}

/// These entries of these contests, as their judges see them.
fn judged(
    tx: &mut AnyConnection,
    contests: &HashMap<ContestId, &Contest>,
    ids: &[EntryId],
    (links, actor): (&Links, &Actor),
) -> Rows<HashMap<EntryId, JudgedEntryBody>> {
    let all = entries::last_read_of(tx, ids)?;
    let mut names = teams::names(tx, ids)?;
    let mut files = for_judges_of(tx, contests, &all)?;
    let shown = |sent: entries::Sent| {
        let id = sent.entry.id;
        let contest = contests.get(&sent.entry.contest_id).ok_or(Error::Missing)?;
        let blind = &contest.terms.judging.blind;
        let author = |(member, display_name)| {
            let leads = Some(member) == sent.entry.leader_id;
            let hides = if leads { Blind::Author } else { Blind::Team };
            (!blind.contains(&hides)).then_some(JudgedAuthorBody { display_name, leads })
        };
        let shown = JudgedEntryBody {
            team: names.remove(&id).unwrap_or_default().into_iter().filter_map(author).collect(),
            title: sent.content.title,
            answers: sent.content.answers.clone(),
            attachments: AttachmentBody::list(files.remove(&id).unwrap_or_default(), links, actor),
            ai_use: sent.content.ai_use,
        };
        Ok((id, shown))
    };
    all.into_iter().map(shown).collect()
}
