//! Reviews: an entry before a judge, the marks as they come, and how they count.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Barred, Contest, Phase, screening::Note, terms::Terms};
use crate::{
    ContestId, EntryId, MemberId, Refusal, ReviewId,
    judging::{is_plain, score::Marks},
    terms::escaped,
    text::{Fault, Lines, clean},
};

/// What a judge says of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    pub id: ReviewId,
    pub contest_id: ContestId,
    pub entry_id: EntryId,
    pub judge_id: MemberId,
    /// Of judging, from 1.
    pub round: i32,
    pub kind: Kind,
    pub state: State,
    /// By criterion; some may be missing before it is sent.
    pub marks: Marks,
    pub comments: BTreeMap<String, String>,
    /// What they keep for themselves and for staff.
    pub note: String,
    /// Why it was given by hand, taken away, or why the judge stepped back.
    pub reason: Option<Note>,
    pub created_at: DateTime<Utc>,
    pub saved_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// Why an entry is before a judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Assigned,
    /// A sample that every judge marks: it tells how severe they are, and nothing else.
    Calibration,
    /// One more, after the scores were locked, of all entries that are tied across a prize line.
    Extra,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Assigned, Self::Calibration, Self::Extra];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Calibration => "calibration",
            Self::Extra => "extra",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The phases in which such a review is given, marked and ended. A tie may open as long as somebody may lose their rank.
    #[must_use]
    pub fn phases(self) -> &'static [Phase] {
        match self {
            Self::Assigned | Self::Calibration => &[Phase::Judging],
            Self::Extra => &[Phase::ScoresLocked, Phase::Provisional, Phase::Objection],
        }
    }
}

/// How far a review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    /// It counts.
    Sent,
    /// The judge stepped back from it; what they marked does not count.
    Recused,
    /// Staff gave it to somebody else, or a conflict came to light.
    Taken,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Open, Self::Sent, Self::Recused, Self::Taken];
    /// Those in which it is before its judge.
    pub const HELD: [Self; 2] = [Self::Open, Self::Sent];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sent => "sent",
            Self::Recused => "recused",
            Self::Taken => "taken",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What changes of a review: of each criterion what is named, and none takes it out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Saving {
    pub marks: BTreeMap<String, Option<f64>>,
    pub comments: BTreeMap<String, Option<String>>,
    pub note: Option<String>,
}

type Wrong = Vec<(String, Fault)>;

impl Review {
    /// The most characters of a comment on a criterion.
    pub const COMMENT_MOST: usize = 2_000;
    /// The most characters of the note.
    pub const NOTE_MOST: usize = 5_000;

    /// An entry that comes before a judge, in the round the contest is in.
    #[must_use]
    pub fn new(
        id: ReviewId,
        contest: &Contest,
        (entry_id, judge_id): (EntryId, MemberId),
        kind: Kind,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            contest_id: contest.id,
            entry_id,
            judge_id,
            round: contest.round,
            kind,
            state: State::Open,
            marks: Marks::new(),
            comments: BTreeMap::new(),
            note: String::new(),
            reason: None,
            created_at: at,
            saved_at: None,
            sent_at: None,
            ended_at: None,
            version: 1,
        }
    }

    /// Whether it is before its judge.
    #[must_use]
    pub fn is_held(&self) -> bool {
        State::HELD.contains(&self.state)
    }

    /// Whether somebody worked on it, or decided about it.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.state != State::Open || self.saved_at.is_some() || self.reason.is_some()
    }

    /// Whether it may be marked, sent or ended now.
    ///
    /// # Errors
    /// [`Barred::ReviewState`] once it has ended, and of an extra one once it is sent: it decides a prize as soon as it is, and whoever
    /// could change it then could choose who wins. [`Barred::Phase`], of an earlier round too.
    pub fn ensure_going(&self, contest: &Contest, now: DateTime<Utc>) -> Result<(), Refusal> {
        contest.ensure_in(self.kind.phases(), now)?;
        let is_over = !self.is_held() || self.kind == Kind::Extra && self.state == State::Sent;
        match (is_over, self.round == contest.round) {
            (true, _) => Err(Barred::ReviewState(self.state).into()),
            (false, false) => Err(Barred::Phase(contest.phase(now)).into()),
            (false, true) => Ok(()),
        }
    }

    /// The review with what its judge marked. What was sent stays whole.
    ///
    /// # Errors
    /// As [`Review::ensure_going`]; [`Refusal::UnfitPlaces`] names marks outside their scale, and of what was sent what is missing.
    pub fn saved(mut self, contest: &Contest, saving: &Saving, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_going(contest, now)?;
        let mut wrong = self.mark(&contest.terms, &saving.marks);
        wrong.extend(self.comment(&contest.terms, &saving.comments));
        if let Some(note) = &saving.note {
            match clean(note, 0, Self::NOTE_MOST, Lines::Many) {
                Ok(note) => self.note = note,
                Err(fault) => wrong.push(("/note".to_owned(), fault)),
            }
        }
        if wrong.is_empty() && self.state == State::Sent {
            wrong = self.missing(&contest.terms);
        }
        match wrong.is_empty() {
            true => Ok(Self { saved_at: Some(now), version: self.version + 1, ..self }),
            false => Err(Refusal::UnfitPlaces(wrong)),
        }
    }

    fn mark(&mut self, terms: &Terms, marks: &BTreeMap<String, Option<f64>>) -> Wrong {
        let mut wrong = Wrong::new();
        for (key, mark) in marks {
            let at = format!("/marks/{}", escaped(key));
            match (terms.rubric.iter().find(|criterion| criterion.key == *key), mark) {
                (None, _) => wrong.push((at, Fault::NotA("criterion of the rubric"))),
                (Some(_), None) => drop(self.marks.remove(key)),
                (Some(of), Some(mark)) if is_plain(*mark) && (of.scale.0..=of.scale.1).contains(mark) => {
                    self.marks.insert(key.clone(), *mark);
                }
                (Some(_), Some(_)) => {
                    wrong.push((at, Fault::NotA("mark of the scale, with up to four decimals")));
                }
            }
        }
        wrong
    }

    fn comment(&mut self, terms: &Terms, comments: &BTreeMap<String, Option<String>>) -> Wrong {
        let mut wrong = Wrong::new();
        for (key, comment) in comments {
            let at = format!("/comments/{}", escaped(key));
            if !terms.rubric.iter().any(|criterion| criterion.key == *key) {
                wrong.push((at, Fault::NotA("criterion of the rubric")));
                continue;
            }
            match comment.as_ref().map(|text| clean(text, 0, Self::COMMENT_MOST, Lines::Many)) {
                Some(Ok(text)) if !text.is_empty() => drop(self.comments.insert(key.clone(), text)),
                Some(Ok(_)) | None => drop(self.comments.remove(key)),
                Some(Err(fault)) => wrong.push((at, fault)),
            }
        }
        wrong
    }

    /// What is missing for it to count: marks, and comments where the rubric asks for them.
    fn missing(&self, terms: &Terms) -> Wrong {
        let mut wrong = Wrong::new();
        for criterion in &terms.rubric {
            let key = &criterion.key;
            let Some(mark) = self.marks.get(key) else {
                wrong.push((format!("/marks/{key}"), Fault::Required));
                continue;
            };
            let below = criterion.comment_required_below.is_some_and(|bound| *mark < bound);
            let above = criterion.comment_required_above.is_some_and(|bound| *mark > bound);
            if (below || above) && !self.comments.contains_key(key) {
                wrong.push((format!("/comments/{key}"), Fault::Required));
            }
        }
        wrong
    }

    /// The review, sent: from now on it counts.
    ///
    /// # Errors
    /// As [`Review::ensure_going`]; [`Refusal::UnfitPlaces`] names what is missing.
    pub fn sent(self, contest: &Contest, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_going(contest, now)?;
        let missing = self.missing(&contest.terms);
        match missing.is_empty() {
            true => Ok(Self { state: State::Sent, sent_at: Some(now), version: self.version + 1, ..self }),
            false => Err(Refusal::UnfitPlaces(missing)),
        }
    }

    /// The review, which its judge steps back from: also after it was sent, and then it counts no more.
    ///
    /// # Errors
    /// As [`Review::ensure_going`].
    pub fn recused(self, contest: &Contest, reason: Note, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_going(contest, now)?;
        Ok(self.ended(State::Recused, Some(reason), now))
    }

    /// The review, taken away by staff: what was sent is not, because a mark that somebody dislikes is still a mark.
    ///
    /// # Errors
    /// As [`Review::ensure_going`]; [`Barred::ReviewState`] when it was sent.
    pub fn taken(self, contest: &Contest, reason: Note, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_going(contest, now)?;
        match self.state {
            State::Sent => Err(Barred::ReviewState(State::Sent).into()),
            _ => Ok(self.ended(State::Taken, Some(reason), now)),
        }
    }

    /// The review, which ends because its judge may not, or does not, go on.
    #[must_use]
    pub fn ended(self, state: State, reason: Option<Note>, now: DateTime<Utc>) -> Self {
        Self { state, reason, ended_at: Some(now), version: self.version + 1, ..self }
    }
}

/// What may be wrong with marks that are by the rubric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// All criteria of this review are marked as high.
    AllCriteriaEqual,
    /// All that the judge sent, three at least, come to the same score.
    AllScoresEqual,
}

/// What a judge may want to look at again, of a review and of all they have sent.
#[must_use]
pub fn warnings(terms: &Terms, review: Option<&Marks>, sent: &[Marks]) -> Vec<Warning> {
    let Ok(rubric) = terms.rubric() else { return Vec::new() };
    let equal = |figures: &[f64]| figures.windows(2).all(|two| two[0] == two[1]);
    let parts = review.and_then(|marks| rubric.parts(marks).ok()).unwrap_or_default();
    let scores: Vec<f64> = sent.iter().filter_map(|marks| rubric.score(marks).ok()).collect();
    let mut found = Vec::new();
    if parts.len() > 1 && equal(&parts) {
        found.push(Warning::AllCriteriaEqual);
    }
    if scores.len() > 2 && equal(&scores) {
        found.push(Warning::AllScoresEqual);
    }
    found
}
