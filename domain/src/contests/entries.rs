//! Entries: drafts until the deadline, sent as often as one likes, and sealed until then.

#[cfg(test)]
pub(crate) mod tests;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Barred, Contest, Phase,
    answers::{self, Answers},
    screening::Screening,
    teams::Team,
    terms::Terms,
};
use crate::{
    ContestId, EntryId, IdeaId, MemberId, Refusal,
    digest::{self, Digest},
    draws,
    text::{Fault, Lines, clean},
};

/// A work in a contest.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: EntryId,
    pub contest_id: ContestId,
    /// Who leads the team, or entered alone; nobody once they are forgotten.
    pub leader_id: Option<MemberId>,
    pub state: State,
    /// As the team has it now. What counts is the last version that was sent.
    pub content: Content,
    /// How often it was sent.
    pub versions: i32,
    /// The idea it grew out of.
    pub from_idea_id: Option<IdeaId>,
    /// The idea that was made of it.
    pub idea_id: Option<IdeaId>,
    pub screening: Screening,
    /// The round of judging after which it did not go on.
    pub cut_in: Option<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// How far an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Submitted,
    Withdrawn,
    Accepted,
    Rejected,
    /// It may be mended, once.
    FixRequested,
    /// A sample of staff, which every judge marks so that they can be compared. It is in no list but that of
    /// samples, and wins nothing.
    Calibration,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Submitted,
        Self::Withdrawn,
        Self::Accepted,
        Self::Rejected,
        Self::FixRequested,
        Self::Calibration,
    ];
    /// Those in which staff see it, once entries are closed.
    pub const SENT: [Self; 4] = [Self::Submitted, Self::Accepted, Self::Rejected, Self::FixRequested];
    /// Those with a version that others than their teams may read.
    pub const READ: [Self; 5] =
        [Self::Submitted, Self::Accepted, Self::Rejected, Self::FixRequested, Self::Calibration];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Withdrawn => "withdrawn",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::FixRequested => "fix_requested",
            Self::Calibration => "calibration",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What an entry says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    pub title: String,
    pub answers: Answers,
    /// In their order. Not what they are called, which may tell who made them.
    pub files: Vec<File>,
    /// Whether the team states what the terms ask for: that it is their own.
    pub original: bool,
    /// Where AI had a part in it; empty when nothing was said.
    pub ai_use: String,
}

/// A file of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub id: Uuid,
    /// Of its bytes, in base 16.
    pub sha256: String,
}

/// A version that was sent, which nobody changes any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub entry_id: EntryId,
    /// From 1.
    pub number: i32,
    pub content: Content,
    pub rules_hash: Digest,
    pub submitted_at: DateTime<Utc>,
}

/// What is wrong with a content, and where: JSON pointers.
type Wrong = Vec<(String, Fault)>;

impl Content {
    pub const AI_USE_MOST: usize = 5_000;

    /// The content of a draft in the form it is kept in: what is there is right, and much may be missing.
    ///
    /// # Errors
    /// [`Refusal::UnfitPlaces`].
    pub fn fit(mut self, terms: &Terms) -> Result<Self, Refusal> {
        let mut wrong = Wrong::new();
        for (pointer, text, least, most, lines) in [
            ("/title", &mut self.title, 1, 200, Lines::One),
            ("/ai_use", &mut self.ai_use, 0, Self::AI_USE_MOST, Lines::Many),
        ] {
            match clean(text, least, most, lines) {
                Ok(cleaned) => *text = cleaned,
                Err(fault) => wrong.push((pointer.to_owned(), fault)),
            }
        }
        let most = usize::try_from(terms.files.most).unwrap_or(usize::MAX);
        if self.files.len() > most {
            wrong.push(("/attachment_ids".to_owned(), Fault::TooMany { most }));
        }
        match answers::fit(&terms.form, &self.answers) {
            Ok(answers) => self.answers = answers,
            Err(misfits) => {
                wrong.extend(misfits.into_iter().map(|(key, fault)| (format!("/answers/{key}"), fault)));
            }
        }
        if wrong.is_empty() { Ok(self) } else { Err(Refusal::UnfitPlaces(wrong)) }
    }

    /// The same of what lacks nothing that an entry needs to be sent.
    ///
    /// # Errors
    /// [`Refusal::UnfitPlaces`].
    pub fn whole(self, terms: &Terms) -> Result<Self, Refusal> {
        let fit = self.fit(terms)?;
        let missing = fit.missing(terms);
        if missing.is_empty() { Ok(fit) } else { Err(Refusal::UnfitPlaces(missing)) }
    }

    /// What is missing for it to be sent.
    fn missing(&self, terms: &Terms) -> Wrong {
        let asked = terms.form.iter().filter(|question| question.required);
        let unanswered = asked.filter(|question| !self.answers.contains_key(&question.key));
        let mut wrong: Wrong =
            unanswered.map(|question| (format!("/answers/{}", question.key), Fault::Required)).collect();
        let least = usize::try_from(terms.files.least).unwrap_or(usize::MAX);
        if self.files.len() < least {
            wrong.push(("/attachment_ids".to_owned(), Fault::TooShort { least }));
        }
        if !self.original {
            wrong.push(("/original".to_owned(), Fault::Required));
        }
        if self.ai_use.is_empty() {
            wrong.push(("/ai_use".to_owned(), Fault::Required));
        }
        wrong
    }
}

impl Version {
    /// What is on the receipt: SHA-256 of the canonical JSON of `{"content", "entry_id", "rules_hash", "submitted_at", "version"}`.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        let receipt = json!({
            "content": self.content,
            "entry_id": self.entry_id.uuid(),
            "rules_hash": digest::hex(self.rules_hash),
            "submitted_at": self.submitted_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "version": self.number,
        });
        Sha256::digest(draws::canonical(&receipt)).into()
    }
}

impl Entry {
    /// How often it may be sent.
    pub const VERSIONS_MOST: i32 = 50;

    /// Whether the team may work on it: until the deadline, or while it mends what staff found. At that very moment it is too late.
    ///
    /// # Errors
    /// [`Barred::EntriesClosed`], [`Barred::EntryState`] or [`Barred::Phase`].
    pub fn ensure_open(&self, contest: &Contest, now: DateTime<Utc>) -> Result<(), Refusal> {
        match (self.state, self.screening.fix_until) {
            (State::Withdrawn, _) => Err(Barred::EntryState(self.state).into()),
            (State::FixRequested, Some(until)) => match contest.phase(now) {
                Phase::Screening if now < until => Ok(()),
                Phase::Screening => Err(Barred::EntriesClosed { until }.into()),
                phase => Err(Barred::Phase(phase).into()),
            },
            _ => contest.ensure_takes_entries(now),
        }
    }

    /// The entry and the version it is sent as.
    ///
    /// # Errors
    /// As [`Entry::ensure_open`]; [`Barred::TeamUnanswered`], [`Barred::TeamSize`], [`Barred::TooManyVersions`];
    /// [`Refusal::UnfitPlaces`] names what is missing.
    pub fn sent(
        self,
        contest: &Contest,
        team: &Team,
        now: DateTime<Utc>,
    ) -> Result<(Self, Version), Refusal> {
        self.ensure_open(contest, now)?;
        team.ensure_whole(&contest.terms)?;
        if self.versions >= Self::VERSIONS_MOST {
            return Err(Barred::TooManyVersions { most: Self::VERSIONS_MOST }.into());
        }
        let mut wrong = self.content.missing(&contest.terms);
        wrong.extend(team.missing_consents(&contest.terms, self.leader_id));
        let Some(rules_hash) = contest.rules_hash.filter(|_| wrong.is_empty()) else {
            return Err(Refusal::UnfitPlaces(wrong));
        };
        let number = self.versions + 1;
        let (entry_id, content) = (self.id, self.content.clone());
        let version = Version { entry_id, number, content, rules_hash, submitted_at: now };
        let version_of_row = self.version + 1;
        let sent = Self {
            state: State::Submitted,
            versions: number,
            updated_at: now,
            version: version_of_row,
            ..self
        };
        Ok((sent, version))
    }

    /// The entry, taken back, which is possible until judging begins.
    ///
    /// # Errors
    /// [`Barred::EntryState`] or [`Barred::Phase`].
    pub fn withdrawn(self, contest: &Contest, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match (self.state, contest.phase(now)) {
            (State::Submitted | State::Accepted | State::FixRequested, Phase::Open | Phase::Screening) => {
                Ok(Self { state: State::Withdrawn, updated_at: now, version: self.version + 1, ..self })
            }
            (State::Submitted | State::Accepted | State::FixRequested, phase) => {
                Err(Barred::Phase(phase).into())
            }
            (state, _) => Err(Barred::EntryState(state).into()),
        }
    }

    /// Whether it may be deleted: a draft, which nobody else has seen.
    ///
    /// # Errors
    /// [`Barred::EntryState`].
    pub fn ensure_draft(&self) -> Result<(), Refusal> {
        match self.state {
            State::Draft => Ok(()),
            state => Err(Barred::EntryState(state).into()),
        }
    }

    /// How far it is once somebody has left a team of so many others: too few for the rules cannot have sent it, while more
    /// can still join.
    #[must_use]
    pub fn state_without(&self, others: usize, contest: &Contest, now: DateTime<Utc>) -> State {
        let too_few = u32::try_from(others).is_ok_and(|others| others < contest.terms.team_size().0);
        match self.state {
            State::Submitted if too_few && self.ensure_team_open(contest, now).is_ok() => State::Draft,
            state => state,
        }
    }

    /// Whether an idea may be made of it now.
    ///
    /// # Errors
    /// [`Barred::Phase`] before the result is final, [`Barred::EntryState`] of one that did not compete, [`Barred::IdeaMade`].
    pub fn ensure_may_become_idea(&self, contest: &Contest, now: DateTime<Utc>) -> Result<(), Refusal> {
        match (contest.phase(now), self.state, self.idea_id) {
            (Phase::Final | Phase::Archived, State::Accepted, None) => Ok(()),
            (Phase::Final | Phase::Archived, State::Accepted, Some(_)) => Err(Barred::IdeaMade.into()),
            (Phase::Final | Phase::Archived, state, _) => Err(Barred::EntryState(state).into()),
            (phase, ..) => Err(Barred::Phase(phase).into()),
        }
    }
}
