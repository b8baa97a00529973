//! What each refusal of a rule is to whoever asked.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    Refusal, contests,
    fields::{Misfit, Why},
    judging::ties::Rule,
    moderation::State,
    panels::Barred,
    text::Fault,
};

use super::{Code, Failure, Field, Wrong};
use crate::phrases;

impl From<Refusal> for Failure {
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one line for each refusal, and the compiler misses none"
    )]
    fn from(refusal: Refusal) -> Self {
        let failure = |code| Self::new(code);
        match refusal {
            Refusal::SignInNeeded => failure(Code::SignInRequired),
            Refusal::Blocked => failure(Code::MemberBlocked),
            Refusal::SessionEnded => failure(Code::SessionEnded),
            Refusal::TokenReused => failure(Code::TokenReused),
            Refusal::WrongCredentials => failure(Code::WrongCredentials),
            Refusal::Lacks(permission) => failure(Code::Forbidden).with_fact(permission.name()),
            Refusal::BoardClosedTo(_) => failure(Code::BoardForbidden),
            Refusal::IdeaClosed => failure(Code::IdeaClosed),
            Refusal::IdeaMerged { into } => failure(Code::IdeaMerged).with_fact(into),
            Refusal::MergeIntoItself => failure(Code::MergeIntoItself),
            Refusal::MergeIntoMerged { into } => failure(Code::MergeIntoMerged).with_fact(into),
            Refusal::NotMerged => failure(Code::NotMerged),
            Refusal::NotASupporter => failure(Code::NotASupporter),
            Refusal::EditsFrozen => failure(Code::EditsFrozen),
            Refusal::CommentsClosed => failure(Code::CommentsClosed),
            Refusal::NotYourWords => failure(Code::NotYourWords),
            Refusal::OwnComment => failure(Code::OwnComment),
            Refusal::ThreadTooDeep { deepest } => failure(Code::ThreadTooDeep).with_fact(deepest),
            Refusal::NotMentionable { place } => {
                Self::field(format!("/mentions/{place}"), Fault::NotA("member who may be mentioned here"))
            }
            Refusal::TransitionNotAllowed { allowed } => {
                let allowed: Vec<&str> = allowed.iter().map(|key| key.as_str()).collect();
                failure(Code::TransitionNotAllowed).with_fact(allowed.join(", "))
            }
            Refusal::OnlyByMerging => failure(Code::OnlyByMerging),
            Refusal::CountChanged { count } => failure(Code::CountChanged).with_fact(count),
            Refusal::StatusInUse => failure(Code::StatusInUse),
            Refusal::LastOfCategory => failure(Code::LastOfCategory),
            Refusal::TooManyStatuses { most } => failure(Code::TooManyStatuses).with_fact(most),
            Refusal::Unfit { field, fault } if field.starts_with('?') => Self::field(field, fault),
            Refusal::KeyEnded => failure(Code::KeyEnded),
            Refusal::KeyLacks(scope) => failure(Code::KeyLacksScope).with_fact(scope.name()),
            Refusal::NotByKey => failure(Code::NotByKey),
            Refusal::KeyNotGood => failure(Code::KeyNotGood),
            Refusal::TooManyKeys { most } => failure(Code::TooManyKeys).with_fact(most),
            Refusal::TooManySegments { most } => failure(Code::TooManySegments).with_fact(most),
            Refusal::SegmentInUse => failure(Code::SegmentInUse),
            Refusal::FileNotAccepted { why } => failure(Code::FileNotAccepted).with_fact(why),
            Refusal::PictureTooLarge { most_pixels } => {
                failure(Code::PictureTooLarge).with_fact(most_pixels / 1_000_000)
            }
            Refusal::TooManyUnlinked { most } => failure(Code::TooManyUnlinked).with_fact(most),
            Refusal::TooManyRoadmaps { most } => failure(Code::TooManyRoadmaps).with_fact(most),
            Refusal::FollowsStatus => failure(Code::FollowsStatus),
            Refusal::Panel(barred) => of_panel(barred),
            Refusal::Contest(barred) => of_contest(barred),
            Refusal::AlreadyPublished => failure(Code::AlreadyPublished),
            Refusal::UnfitAt { pointer, fault } => Self::field(pointer, fault),
            Refusal::UnfitPlaces(places) => {
                let field = |(pointer, fault)| Field { pointer, wrong: Wrong::Meaning(fault) };
                Self::fields(places.into_iter().map(field).collect())
            }
            Refusal::Unfit { field, fault } => Self::field(format!("/{field}"), fault),
            Refusal::Answers(misfits) => Self::fields(misfits.into_iter().map(misfit).collect()),
            Refusal::TooManyFields { most } => failure(Code::TooManyFields).with_fact(most),
            Refusal::ChoiceInUse => failure(Code::ChoiceInUse),
            Refusal::AnsweredInConfidence => failure(Code::AnsweredInConfidence),
            Refusal::NotACustomer => failure(Code::NotACustomer),
            Refusal::CustomerBlocked => failure(Code::CustomerBlocked),
            Refusal::OwnVote => failure(Code::OwnVote),
            Refusal::VoteBudgetSpent { budget } => failure(Code::VoteBudgetSpent).with_fact(budget),
            Refusal::OthersHaveJoined => failure(Code::OthersHaveJoined),
            Refusal::NotYours => failure(Code::NotYours),
            Refusal::RestoreWindowOver { days } => failure(Code::RestoreWindowOver).with_fact(days),
            Refusal::NotDeleted => failure(Code::NotDeleted),
            Refusal::SameStatus => failure(Code::SameStatus),
            Refusal::BoardHoldsIdeas => failure(Code::BoardHoldsIdeas),
            Refusal::Undecidable { state } => {
                failure(Code::Undecidable).with_fact(state.map_or("published", State::name))
            }
            Refusal::OwnPost => failure(Code::OwnPost),
            Refusal::TooManyWords { most } => failure(Code::TooManyWords).with_fact(most),
            Refusal::OwnAccount => failure(Code::OwnAccount),
            Refusal::AdminAccount => failure(Code::AdminAccount),
            Refusal::Stale => failure(Code::Stale),
            Refusal::EmailUnproven => failure(Code::EmailUnproven),
            Refusal::EmailOfSignOn => failure(Code::EmailOfSignOn),
            Refusal::AlreadyVerified => failure(Code::AlreadyVerified),
            Refusal::LinkNotGood => failure(Code::LinkNotGood),
            Refusal::WrongPassword => failure(Code::WrongPassword),
            Refusal::TooManyMails { wait } => {
                Self { retry_after: Some(wait), ..failure(Code::TooManyRequests).with_fact(wait) }
            }
        }
    }
}

fn of_panel(barred: Barred) -> Failure {
    let failure = |code| Failure::new(code);
    match barred {
        Barred::Phase(phase) => failure(Code::PanelPhase).with_fact(phase.name()),
        Barred::LockStays => failure(Code::LockStays),
        Barred::WindowOver { until } => {
            failure(Code::ObjectionWindowOver).with_fact(until.to_rfc3339_opts(SecondsFormat::Secs, true))
        }
        Barred::ObjectionWindow { until } => {
            failure(Code::ObjectionWindow).with_fact(until.to_rfc3339_opts(SecondsFormat::Secs, true))
        }
        Barred::TermsFrozen(term) => failure(Code::TermsFrozen).with_fact(term),
        Barred::NotInvited => failure(Code::NotInvited),
        Barred::AlreadyApplied => failure(Code::AlreadyApplied),
        Barred::Full => failure(Code::PanelFull),
        Barred::Infeasible { ways_out } => match ways_out[..] {
            // It takes several at once, or fewer seats.
            [] => failure(Code::QuotasFarFromFeasible),
            _ => failure(Code::QuotasInfeasible).with_fact(ways_out.join(", ")),
        },
        Barred::TooComplex { merge } => failure(Code::QuotaCheckTooComplex).with_fact(merge),
        Barred::NobodyHidANumber => failure(Code::NobodyHidANumber),
        Barred::NoPart => failure(Code::NoPart),
        Barred::NoSeat => failure(Code::NoSeat),
        Barred::TooLate => failure(Code::TooLate),
        Barred::NotConfirmed => failure(Code::SeatNotConfirmed),
        Barred::AlreadyShipped => failure(Code::AlreadyShipped),
        Barred::NotShipped => failure(Code::NotShipped),
        Barred::AddressUnreadable => failure(Code::AddressUnreadable),
        Barred::NothingToExcuse => failure(Code::NothingToExcuse),
        Barred::ExcuseTooLate => failure(Code::ExcuseTooLate),
        Barred::AlreadyAppealed => failure(Code::AlreadyAppealed),
        Barred::AppealTooLate => failure(Code::AppealTooLate),
        Barred::NothingToDecide => failure(Code::NothingToDecide),
        Barred::AlreadyDecided => failure(Code::AlreadyDecided),
        Barred::TrialsUnderWay { trying, until } => {
            let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
            failure(Code::TrialsUnderWay).with_fact(format!("{trying}, {until}"))
        }
        Barred::ResultsMissing => failure(Code::ResultsMissing),
        Barred::NotDelivered => failure(Code::NotDelivered),
        Barred::MissionNotOpen { from } => {
            failure(Code::MissionNotOpen).with_fact(from.to_rfc3339_opts(SecondsFormat::Secs, true))
        }
        Barred::MissionsMissing(keys) => failure(Code::MissionsMissing).with_fact(keys.join(", ")),
        Barred::HandedIn => failure(Code::HandedIn),
        Barred::ReportAccepted => failure(Code::ReportAccepted),
        Barred::ReportNotAccepted => failure(Code::ReportNotAccepted),
        Barred::RevisionSent => failure(Code::RevisionSent),
        Barred::RevisionAsked => failure(Code::RevisionAsked),
        Barred::Undisclosed => failure(Code::Undisclosed),
    }
}

fn misfit(Misfit { key, why }: Misfit) -> Field {
    let wrong = match why {
        Why::Unknown => Wrong::Unknown,
        Why::Type(wanted) => Wrong::Type(format!("expected {wanted}")),
        Why::Meaning(fault) => Wrong::Meaning(fault),
    };
    Field { pointer: format!("/fields/{}", key.replace('~', "~0").replace('/', "~1")), wrong }
}

#[expect(clippy::too_many_lines, reason = "a table: one line for each refusal, and the compiler misses none")]
fn of_contest(barred: contests::Barred) -> Failure {
    use contests::Barred as No;
    let failure = |code| Failure::new(code);
    let until = |code, until: DateTime<Utc>| {
        failure(code).with_fact(until.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    match barred {
        No::Phase(phase) => failure(Code::ContestPhase).with_fact(phase.name()),
        No::RulesFrozen(term) => failure(Code::RulesFrozen).with_fact(term),
        No::ObjectionsOpen { until: at } => until(Code::ObjectionsOpen, at),
        No::ScreeningOpen { waiting } => failure(Code::ScreeningOpen).with_fact(waiting),
        No::NothingToJudge => failure(Code::NothingToJudge),
        No::ReviewsOpen { open } => failure(Code::ReviewsOpen).with_fact(open),
        No::ReviewsMissing { missing } => failure(Code::ReviewsMissing).with_fact(missing),
        No::RoundsLeft { left } => failure(Code::RoundsLeft).with_fact(left),
        No::LastRound => failure(Code::LastRound),
        No::TooManyEntries { most } => failure(Code::TooManyEntries).with_fact(most),
        No::NotComputable { check } => failure(Code::NotComputable).with_fact(check),
        No::TiesOpen { awaits } => failure(Code::TiesOpen).with_fact(awaits.map_or("-", Rule::name)),
        No::NoLot => failure(Code::NoLot),
        No::NoTie => failure(Code::NoTie),
        No::NotEligible => failure(Code::NotEligible),
        No::EntriesClosed { until: at } => until(Code::EntriesClosed, at),
        No::EntriesUsed { most } => failure(Code::EntriesUsed).with_fact(most),
        No::EntryState(state) => failure(Code::EntryState).with_fact(state.name()),
        No::TooManyVersions { most } => failure(Code::TooManyVersions).with_fact(most),
        No::NotLeader => failure(Code::NotLeader),
        No::NoTeams => failure(Code::NoTeams),
        No::TeamsClosed { until: at } => until(Code::TeamsClosed, at),
        No::TeamSize { least, most } => failure(Code::TeamSize).with_fact(format!("{least}–{most}")),
        No::TeamUnanswered => failure(Code::TeamUnanswered),
        No::AlreadyInTeam => failure(Code::AlreadyInTeam),
        No::AlreadyAsked => failure(Code::AlreadyAsked),
        No::InvitationAnswered => failure(Code::InvitationAnswered),
        No::LastOfTeam => failure(Code::LastOfTeam),
        No::OwnEntry => failure(Code::OwnEntry),
        No::NoMending => failure(Code::NoMending),
        No::NotRejected => failure(Code::NotRejected),
        No::AlreadyAppealed => failure(Code::AlreadyAppealed),
        No::AppealTooLate { until: at } => until(Code::AppealOver, at),
        No::NothingToDecide => failure(Code::NothingToDecide),
        No::AlreadyDecided => failure(Code::AlreadyDecided),
        No::FileOfEntry => failure(Code::FileOfEntry),
        No::IdeaMade => failure(Code::IdeaMade),
        No::JudgesEnter(names) => failure(Code::JudgesEnter).with_fact(names.join(", ")),
        No::IsJudge => failure(Code::IsJudge),
        No::RunByOthers => failure(Code::RunByOthers),
        No::AlreadyJudge => failure(Code::AlreadyJudge),
        No::TooManyJudges { most } => failure(Code::TooManyJudges).with_fact(most),
        No::Undeclared => failure(Code::ConflictsUndeclared),
        No::Conflicted(ground) => failure(Code::ConflictOfInterest).with_words(phrases::of_ground(ground)),
        No::Unassignable(unfit) => failure(Code::NotAssignable).with_words(phrases::of_unfit(&unfit)),
        No::JudgingChanged => failure(Code::JudgingChanged),
        No::NothingToAssign => failure(Code::NothingToAssign),
        No::ReviewedBefore => failure(Code::ReviewedBefore),
        No::ReviewState(state) => failure(Code::ReviewState).with_fact(state.name()),
        No::JudgesSeeAuthors => failure(Code::JudgesSeeAuthors),
        No::TooManySamples { most } => failure(Code::TooManySamples).with_fact(most),
        No::NoBallot => failure(Code::NoBallot),
        No::BallotNotOpen { from } => until(Code::BallotNotOpen, from),
        No::BallotClosed { until: at } => until(Code::BallotClosed, at),
        No::BallotOpen { until: at } => until(Code::BallotOpen, at),
        No::NotAVoter => failure(Code::NotAVoter),
        No::BallotNotHeld { voter } => failure(Code::BallotNotHeld).with_fact(voter),
        No::BallotChanged { voter } => failure(Code::BallotChanged).with_fact(voter),
        No::BallotsHeld { waiting } => failure(Code::BallotsHeld).with_fact(waiting),
        No::OwnBallot => failure(Code::OwnBallot),
        No::NotTakingPart => failure(Code::NotTakingPart),
        No::ObjectionsOver { until: at } => until(Code::ObjectionsOver, at),
        No::ObjectionsUsed { most } => failure(Code::ObjectionsUsed).with_fact(most),
        No::OwnObjection => failure(Code::OwnObjection),
        No::ObjectionsUndecided { waiting } => failure(Code::ObjectionsUndecided).with_fact(waiting),
        No::WinnersUnverified(entries) => failure(Code::WinnersUnverified).with_fact(entries.join(", ")),
        No::NotAwarded => failure(Code::NotAwarded),
        No::PrizeDeclined => failure(Code::PrizeDeclined),
        No::PrizeVerified => failure(Code::PrizeVerified),
        No::NotClaimed => failure(Code::NotClaimed),
        No::NothingTaxed => failure(Code::NothingTaxed),
        No::Disqualified => failure(Code::Disqualified),
        No::NotDisqualified => failure(Code::NotDisqualified),
    }
}
