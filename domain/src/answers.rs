//! Answering: what the brand says to an idea, what happened to it, and who hears of it.

use crate::{
    Refusal,
    access::{Actor, Permission},
    ideas::Idea,
    text::{Fault, Lines, clean},
};

/// The brand's own words on an idea: Markdown of 1–10,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response(String);

impl Response {
    pub const MOST: usize = 10_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Response {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// Who is told of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notify {
    /// The supporters of the idea and the followers of its board.
    #[default]
    All,
    /// The supporters of the idea: who votes for it or follows it.
    Followers,
    Nobody,
}

/// What a member is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    StatusChanged,
    Responded,
    Merged,
    Mentioned,
    Replied,
    /// A moderator decided about their post.
    Moderated,
    /// An idea they support stands in an entry of the changelog.
    Announced,
    /// What became of their application is known.
    PanelResult,
    /// They have the seat that somebody left.
    PanelSeat,
    /// Staff: a seat was left, and nobody could take it.
    PanelSeatEmpty,
    /// Their report is due soon, or was.
    PanelReminder,
    /// Their report did not come, and that counts against them.
    PanelNoShow,
    /// Staff: somebody excuses themselves.
    PanelExcuseWaiting,
    PanelExcuseDecided,
    /// Staff: somebody appeals.
    PanelAppealWaiting,
    PanelAppealDecided,
    /// What was learned from a panel they applied to, and what changes.
    PanelResultsBack,
    PanelCancelled,
    /// Somebody asks them into a team.
    ContestTeamAsked,
    /// Who was asked into their team has answered, or somebody left it.
    ContestTeamChanged,
    /// Whether their entry keeps the rules is decided.
    ContestScreened,
    /// Staff: a team appeals.
    ContestAppealWaiting,
    ContestAppealDecided,
    ContestCancelled,
    /// They are asked to judge.
    ContestJudgeAppointed,
    /// They have entries to judge.
    ContestReviewAssigned,
    /// Staff: an entry lacks a judge, and nobody can take it.
    ContestReviewerMissing,
    /// Staff: ballots look bought.
    ContestBallotsHeld,
    /// Their ballot was rejected; they may appeal.
    ContestBallotRejected,
    ContestBallotAppealDecided,
    /// Staff: somebody objects to a provisional result.
    ContestObjectionWaiting,
    ContestObjectionDecided,
    /// Their entry lost its rank.
    ContestDisqualified,
    /// It has it back.
    ContestReinstated,
    /// Their entry is to get a prize, which they have to claim.
    ContestPrizeWon,
    /// It is no more, because somebody else has their rank back.
    ContestPrizePassed,
    /// The result of a contest in which they took part is final.
    ContestFinal,
}

impl News {
    pub const ALL: [Self; 37] = [
        Self::StatusChanged,
        Self::Responded,
        Self::Merged,
        Self::Mentioned,
        Self::Replied,
        Self::Moderated,
        Self::Announced,
        Self::PanelResult,
        Self::PanelSeat,
        Self::PanelSeatEmpty,
        Self::PanelReminder,
        Self::PanelNoShow,
        Self::PanelExcuseWaiting,
        Self::PanelExcuseDecided,
        Self::PanelAppealWaiting,
        Self::PanelAppealDecided,
        Self::PanelResultsBack,
        Self::PanelCancelled,
        Self::ContestTeamAsked,
        Self::ContestTeamChanged,
        Self::ContestScreened,
        Self::ContestAppealWaiting,
        Self::ContestAppealDecided,
        Self::ContestCancelled,
        Self::ContestJudgeAppointed,
        Self::ContestReviewAssigned,
        Self::ContestReviewerMissing,
        Self::ContestBallotsHeld,
        Self::ContestBallotRejected,
        Self::ContestBallotAppealDecided,
        Self::ContestObjectionWaiting,
        Self::ContestObjectionDecided,
        Self::ContestDisqualified,
        Self::ContestReinstated,
        Self::ContestPrizeWon,
        Self::ContestPrizePassed,
        Self::ContestFinal,
    ];
    /// What those hear who run panels; nobody else, once they run none any more.
    pub const OF_PANEL_STAFF: [Self; 3] =
        [Self::PanelSeatEmpty, Self::PanelExcuseWaiting, Self::PanelAppealWaiting];

    /// What those hear who run contests, as [`News::OF_PANEL_STAFF`].
    pub const OF_CONTEST_STAFF: [Self; 4] = [
        Self::ContestAppealWaiting,
        Self::ContestReviewerMissing,
        Self::ContestBallotsHeld,
        Self::ContestObjectionWaiting,
    ];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::StatusChanged => "status_changed",
            Self::Responded => "responded",
            Self::Merged => "merged",
            Self::Mentioned => "mentioned",
            Self::Replied => "replied",
            Self::Moderated => "moderated",
            Self::Announced => "announced",
            Self::PanelResult => "panel_result",
            Self::PanelSeat => "panel_seat",
            Self::PanelSeatEmpty => "panel_seat_empty",
            Self::PanelReminder => "panel_reminder",
            Self::PanelNoShow => "panel_no_show",
            Self::PanelExcuseWaiting => "panel_excuse_waiting",
            Self::PanelExcuseDecided => "panel_excuse_decided",
            Self::PanelAppealWaiting => "panel_appeal_waiting",
            Self::PanelAppealDecided => "panel_appeal_decided",
            Self::PanelResultsBack => "panel_results_back",
            Self::PanelCancelled => "panel_cancelled",
            Self::ContestTeamAsked => "contest_team_asked",
            Self::ContestTeamChanged => "contest_team_changed",
            Self::ContestScreened => "contest_screened",
            Self::ContestAppealWaiting => "contest_appeal_waiting",
            Self::ContestAppealDecided => "contest_appeal_decided",
            Self::ContestCancelled => "contest_cancelled",
            Self::ContestJudgeAppointed => "contest_judge_appointed",
            Self::ContestReviewAssigned => "contest_review_assigned",
            Self::ContestReviewerMissing => "contest_reviewer_missing",
            Self::ContestBallotsHeld => "contest_ballots_held",
            Self::ContestBallotRejected => "contest_ballot_rejected",
            Self::ContestBallotAppealDecided => "contest_ballot_appeal_decided",
            Self::ContestObjectionWaiting => "contest_objection_waiting",
            Self::ContestObjectionDecided => "contest_objection_decided",
            Self::ContestDisqualified => "contest_disqualified",
            Self::ContestReinstated => "contest_reinstated",
            Self::ContestPrizeWon => "contest_prize_won",
            Self::ContestPrizePassed => "contest_prize_passed",
            Self::ContestFinal => "contest_final",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|news| news.key() == key)
    }

    /// Whether it is mailed as well: what has a time that one must not miss.
    #[must_use]
    pub fn is_mailed(self) -> bool {
        matches!(self, Self::PanelResult | Self::PanelSeat | Self::PanelReminder)
    }
}

/// An entry of an idea's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    StatusChanged,
    Responded,
    Edited,
    /// This idea into another.
    Merged,
    /// Out of the other again.
    Unmerged,
    /// Another idea into this one.
    Absorbed,
    /// The other is on its own again.
    Released,
    Pinned,
    Unpinned,
    Locked,
    Unlocked,
    /// Owner, due date or the marks it is ranked by; for staff alone.
    Triaged,
    /// In an entry of the changelog.
    Announced,
}

impl Happening {
    pub const ALL: [Self; 13] = [
        Self::StatusChanged,
        Self::Responded,
        Self::Edited,
        Self::Merged,
        Self::Unmerged,
        Self::Absorbed,
        Self::Released,
        Self::Pinned,
        Self::Unpinned,
        Self::Locked,
        Self::Unlocked,
        Self::Triaged,
        Self::Announced,
    ];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::StatusChanged => "status_changed",
            Self::Responded => "responded",
            Self::Edited => "edited",
            Self::Merged => "merged",
            Self::Unmerged => "unmerged",
            Self::Absorbed => "absorbed",
            Self::Released => "released",
            Self::Pinned => "pinned",
            Self::Unpinned => "unpinned",
            Self::Locked => "locked",
            Self::Unlocked => "unlocked",
            Self::Triaged => "triaged",
            Self::Announced => "announced",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|happening| happening.key() == key)
    }

    /// Whether it is the staff's own business.
    #[must_use]
    pub fn is_internal(self) -> bool {
        self == Self::Triaged
    }
}

/// Whether `source` may be merged into `target`. A ring cannot come about, because what is merged already takes nothing in.
///
/// # Errors
/// [`Refusal::Lacks`], [`Refusal::MergeIntoItself`], [`Refusal::IdeaMerged`] or [`Refusal::MergeIntoMerged`].
pub fn ensure_may_merge(actor: &Actor, source: &Idea, target: &Idea) -> Result<(), Refusal> {
    actor.ensure(Permission::ManageIdeas)?;
    match (source.merged_into, target.merged_into) {
        _ if source.id == target.id => Err(Refusal::MergeIntoItself),
        (Some(into), _) => Err(Refusal::IdeaMerged { into }),
        (None, Some(into)) => Err(Refusal::MergeIntoMerged { into }),
        (None, None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_names_one_thing() {
        for news in News::ALL {
            assert_eq!(News::of_key(news.key()), Some(news));
        }
        for happening in Happening::ALL {
            assert_eq!(Happening::of_key(happening.key()), Some(happening));
        }
        assert_eq!(Happening::of_key(""), None);
    }

    #[test]
    fn a_response_has_words() {
        assert!(Response::try_from(&*"가".repeat(10_000)).is_ok());
        assert_eq!(Response::try_from(" "), Err(Fault::TooShort { least: 1 }));
        assert_eq!(Response::try_from(&*"가".repeat(10_001)), Err(Fault::TooLong { most: 10_000 }));
    }
}
