//! Judges as they are written in answers. What they were given is in [`assignments`].

mod assignments;
mod names;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    MemberId,
    contests::{
        Contest,
        conflicts::{Conflict, Source, With},
        judges::{Expertise, Judge},
        reviews::{State, Warning, warnings},
    },
    judging::score::Marks,
};
use persistence::{
    AnyConnection, Result as Rows,
    contests::{conflicts, judges, reviews as reviewed},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::{
    assignments::{AssignmentBody, AssignmentPlanBody},
    names::{ReasonBody, ReviewKindName, ReviewStateName, reason},
};

/// What a judge may want to look at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkingWarningName {
    /// All criteria are marked as high.
    AllCriteriaEqual,
    /// All that was sent, three at least, comes to the same score.
    AllScoresEqual,
}

impl From<Warning> for MarkingWarningName {
    fn from(warning: Warning) -> Self {
        match warning {
            Warning::AllCriteriaEqual => Self::AllCriteriaEqual,
            Warning::AllScoresEqual => Self::AllScoresEqual,
        }
    }
}

/// How far a judge is in the round.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct JudgeProgressBody {
    /// Not sent, begun or not.
    #[schema(minimum = 0, example = 12)]
    open: u32,
    /// Of these, saved at least once.
    #[schema(minimum = 0, example = 3)]
    begun: u32,
    #[schema(minimum = 0, example = 30)]
    sent: u32,
    #[schema(minimum = 0, example = 1)]
    recused: u32,
    #[schema(minimum = 0, example = 0)]
    taken: u32,
}

/// Who said that a judge is in conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictSourceName {
    Judge,
    Staff,
}

impl From<Source> for ConflictSourceName {
    fn from(source: Source) -> Self {
        match source {
            Source::Judge => Self::Judge,
            Source::Staff => Self::Staff,
        }
    }
}

/// With whom or what a judge is in conflict: a member, or an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictBody {
    member_id: Option<Uuid>,
    entry_id: Option<Uuid>,
    source: ConflictSourceName,
    #[schema(example = "같은 연구실에 있었습니다.")]
    note: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<&Conflict> for ConflictBody {
    fn from(conflict: &Conflict) -> Self {
        let (member_id, entry_id) = match conflict.with {
            With::Member(member) => (Some(member.uuid()), None),
            With::Entry(entry) => (None, Some(entry.uuid())),
        };
        let note = conflict.note.as_ref().map(|note| note.as_str().to_owned());
        Self { member_id, entry_id, source: conflict.source.into(), note, created_at: conflict.created_at }
    }
}

/// A judge of a contest, as those who run it see them.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgeBody {
    member_id: Uuid,
    #[schema(example = "보라")]
    display_name: String,
    /// What they are called in assignments and results.
    #[schema(example = "2f1d0c9b8a7e6f54")]
    pseudonym: String,
    /// What they know much of, from 0 to 100: by a question with choices, and one of these.
    #[schema(value_type = Object, example = json!({ "where": { "app": 80 } }))]
    expertise: Expertise,
    /// The most entries they take.
    #[schema(minimum = 1, example = 50)]
    most: Option<u32>,
    appointed_at: DateTime<Utc>,
    /// When they said with whom they are in conflict, or that they are with nobody; before that they get no entries.
    declared_at: Option<DateTime<Utc>>,
    left_at: Option<DateTime<Utc>>,
    #[schema(example = "출장이 길어졌습니다.")]
    left_reason: Option<String>,
    reviews: JudgeProgressBody,
    warnings: Vec<MarkingWarningName>,
    /// Of one judge alone: what was said of conflicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflicts: Option<Vec<ConflictBody>>,
}

/// The judges of a contest.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgesBody {
    pub items: Vec<JudgeBody>,
}

/// What judges are shown with.
struct Showing<'a> {
    contest: &'a Contest,
    names: HashMap<MemberId, String>,
    progress: HashMap<MemberId, JudgeProgressBody>,
    sent: HashMap<MemberId, Vec<Marks>>,
}

impl<'a> Showing<'a> {
    fn of(tx: &mut AnyConnection, contest: &'a Contest) -> Rows<Self> {
        let mut progress: HashMap<MemberId, JudgeProgressBody> = HashMap::new();
        for (judge, state, is_begun) in reviewed::standing(tx, contest.id, contest.round)? {
            let of = progress.entry(judge).or_default();
            match state {
                State::Open => {
                    of.open += 1;
                    of.begun += u32::from(is_begun);
                }
                State::Sent => of.sent += 1,
                State::Recused => of.recused += 1,
                State::Taken => of.taken += 1,
            }
        }
        let mut sent: HashMap<MemberId, Vec<Marks>> = HashMap::new();
        for one in reviewed::sent_marks(tx, contest.id, contest.round)? {
            sent.entry(one.judge).or_default().push(one.marks);
        }
        Ok(Self { contest, names: judges::names(tx, contest.id)?, progress, sent })
    }

    fn judge(&mut self, judge: Judge) -> JudgeBody {
        let member = judge.member_id;
        let sent = self.sent.remove(&member).unwrap_or_default();
        let found = warnings(&self.contest.terms, None, &sent);
        JudgeBody {
            member_id: member.uuid(),
            display_name: self.names.remove(&member).unwrap_or_default(),
            pseudonym: self.contest.pseudonym_of_judge(member),
            expertise: judge.expertise,
            most: judge.most,
            appointed_at: judge.appointed_at,
            declared_at: judge.declared_at,
            left_at: judge.left.as_ref().map(|(at, _)| *at),
            left_reason: judge.left.map(|(_, reason)| reason.as_str().to_owned()),
            reviews: self.progress.remove(&member).unwrap_or_default(),
            warnings: found.into_iter().map(Into::into).collect(),
            conflicts: None,
        }
    }
}

impl JudgeBody {
    pub fn all(tx: &mut AnyConnection, contest: &Contest) -> Rows<Vec<Self>> {
        let mut showing = Showing::of(tx, contest)?;
        let found = judges::list(tx, contest.id)?;
        Ok(found.into_iter().map(|judge| showing.judge(judge)).collect())
    }

    pub fn of(tx: &mut AnyConnection, contest: &Contest, judge: Judge) -> Rows<Self> {
        let said = conflicts::said(tx, contest.id, Some(judge.member_id))?;
        let shown = Showing::of(tx, contest)?.judge(judge);
        Ok(Self { conflicts: Some(said.iter().map(Into::into).collect()), ..shown })
    }
}
