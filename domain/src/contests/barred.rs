//! Why contests say no.

use chrono::{DateTime, Utc};

use super::{Phase, conflicts, entries::State, reviews};
use crate::{
    Refusal,
    judging::{assignment, ties::Rule},
};

/// Why a contest does not let something happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    #[error("the contest is {}", .0.name())]
    Phase(Phase),
    #[error("what was published is not changed: {0}")]
    RulesFrozen(&'static str),
    #[error("objections may be raised until {until}")]
    ObjectionsOpen { until: DateTime<Utc> },
    #[error("{waiting} entries are not decided about")]
    ScreeningOpen { waiting: i64 },
    #[error("no entry was accepted")]
    NothingToJudge,
    #[error("at most {most} entries can be judged")]
    TooManyEntries { most: usize },
    #[error("{open} reviews are not sent")]
    ReviewsOpen { open: i64 },
    #[error("{missing} entries have no review")]
    ReviewsMissing { missing: usize },
    #[error("{left} rounds are to come")]
    RoundsLeft { left: usize },
    #[error("it is the last round")]
    LastRound,
    #[error("it cannot be computed: {check} does not hold")]
    NotComputable { check: &'static str },
    #[error("it is not decided who gets a prize: {}", awaits.map_or("the tie order has come to its end", Rule::name))]
    TiesOpen { awaits: Option<Rule> },
    #[error("no prize waits for a lot")]
    NoLot,
    #[error("no prize waits for an extra review")]
    NoTie,
    #[error("the contest is for others")]
    NotEligible,
    #[error("entries were taken until {until}")]
    EntriesClosed { until: DateTime<Utc> },
    #[error("one may be in {most} entries")]
    EntriesUsed { most: u32 },
    #[error("the entry is {}", .0.name())]
    EntryState(State),
    #[error("an entry is sent at most {most} times")]
    TooManyVersions { most: i32 },
    #[error("only whoever leads the team may do this")]
    NotLeader,
    #[error("one enters alone")]
    NoTeams,
    #[error("teams were made until {until}")]
    TeamsClosed { until: DateTime<Utc> },
    #[error("a team has {least} to {most} members")]
    TeamSize { least: u32, most: u32 },
    #[error("somebody who was asked into the team has not answered")]
    TeamUnanswered,
    #[error("they are in the team")]
    AlreadyInTeam,
    #[error("they were asked")]
    AlreadyAsked,
    #[error("the invitation was answered")]
    InvitationAnswered,
    #[error("nobody else is in the team")]
    LastOfTeam,
    #[error("it is an entry of your own")]
    OwnEntry,
    #[error("no mending is allowed, or was asked for before")]
    NoMending,
    #[error("nothing was rejected that could be appealed")]
    NotRejected,
    #[error("there is an appeal already")]
    AlreadyAppealed,
    #[error("one could appeal until {until}")]
    AppealTooLate { until: DateTime<Utc> },
    #[error("nobody has appealed")]
    NothingToDecide,
    #[error("it is decided")]
    AlreadyDecided,
    #[error("it is a file of an entry")]
    FileOfEntry,
    #[error("an idea was made of it")]
    IdeaMade,
    /// By their names.
    #[error("{} judge the contest and have entered it", .0.join(", "))]
    JudgesEnter(Vec<String>),
    #[error("who judges the contest does not enter it")]
    IsJudge,
    #[error("who judges the contest does not run it before its result is released")]
    RunByOthers,
    #[error("they judge it already")]
    AlreadyJudge,
    #[error("a contest has at most {most} judges")]
    TooManyJudges { most: usize },
    #[error("they have not said with whom they are in conflict")]
    Undeclared,
    #[error("they are in conflict with it ({})", .0.name())]
    Conflicted(conflicts::Ground),
    #[error("no assignment: {0}")]
    Unassignable(assignment::Unfit),
    #[error("judges, entries or conflicts changed meanwhile")]
    JudgingChanged,
    #[error("every entry has its judges")]
    NothingToAssign,
    #[error("the judge had it before")]
    ReviewedBefore,
    #[error("the review is {}", .0.name())]
    ReviewState(reviews::State),
    #[error("judges see who made entries, and would know a sample by that")]
    JudgesSeeAuthors,
    #[error("a contest has at most {most} samples")]
    TooManySamples { most: usize },
    #[error("customers have no say in it")]
    NoBallot,
    #[error("ballots are taken from {from} on")]
    BallotNotOpen { from: DateTime<Utc> },
    #[error("ballots were taken until {until}")]
    BallotClosed { until: DateTime<Utc> },
    #[error("ballots are taken until {until}")]
    BallotOpen { until: DateTime<Utc> },
    #[error("staff, judges and who became a member too late do not vote")]
    NotAVoter,
    #[error("the ballot of {voter} was not held")]
    BallotNotHeld { voter: String },
    #[error("the ballot of {voter} changed meanwhile")]
    BallotChanged { voter: String },
    #[error("{waiting} ballots wait for a decision")]
    BallotsHeld { waiting: i64 },
    #[error("it is a ballot of your own")]
    OwnBallot,
    #[error("only who entered or voted may object")]
    NotTakingPart,
    #[error("objections were raised until {until}")]
    ObjectionsOver { until: DateTime<Utc> },
    #[error("one objects at most {most} times")]
    ObjectionsUsed { most: i64 },
    #[error("it is an objection of your own")]
    OwnObjection,
    #[error("{waiting} objections are not decided about")]
    ObjectionsUndecided { waiting: i64 },
    /// Entries by their pseudonyms: they neither are verified nor have declined, or it is not known yet which of them wins.
    #[error("who wins is not certain of {0:?}")]
    WinnersUnverified(Vec<String>),
    #[error("the entry is to get no prize")]
    NotAwarded,
    #[error("the prize was declined")]
    PrizeDeclined,
    #[error("the winner is verified")]
    PrizeVerified,
    #[error("nobody has claimed the prize")]
    NotClaimed,
    #[error("nothing is withheld from the prize")]
    NothingTaxed,
    #[error("the entry is disqualified")]
    Disqualified,
    #[error("the entry is not disqualified")]
    NotDisqualified,
}

impl From<Barred> for Refusal {
    fn from(barred: Barred) -> Self {
        Self::Contest(barred)
    }
}
