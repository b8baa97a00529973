//! What each refusal of a rule is to whoever asked.

use chrono::SecondsFormat;
use domain::{
    Refusal,
    fields::{Misfit, Why},
    moderation::State,
    panels::Barred,
    text::Fault,
};

use super::{Code, Failure, Field, Wrong};

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
            Refusal::FileNotAccepted { why } => failure(Code::FileNotAccepted).with_fact(why),
            Refusal::PictureTooLarge { most_pixels } => {
                failure(Code::PictureTooLarge).with_fact(most_pixels / 1_000_000)
            }
            Refusal::TooManyUnlinked { most } => failure(Code::TooManyUnlinked).with_fact(most),
            Refusal::TooManyRoadmaps { most } => failure(Code::TooManyRoadmaps).with_fact(most),
            Refusal::FollowsStatus => failure(Code::FollowsStatus),
            Refusal::Panel(barred) => of_panel(barred),
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
