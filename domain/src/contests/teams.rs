//! Teams: who is in an entry, who was asked, and who leads.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Barred, Contest, entries::Entry, terms::Terms};
use crate::{EntryId, MemberId, Refusal, TeamInvitationId, members::Email, text::Fault};

/// Who is in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Who joined first stands first.
    pub members: Vec<Teammate>,
    /// How many were asked and have not answered.
    pub unanswered: usize,
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teammate {
    pub member: MemberId,
    /// The keys of the consents they gave.
    pub agreed: BTreeSet<String>,
    pub joined_at: DateTime<Utc>,
}

/// Somebody who is asked to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: TeamInvitationId,
    pub entry_id: EntryId,
    pub to: Addressee,
    pub created_at: DateTime<Utc>,
    /// When it was answered, and whether with a yes.
    pub answer: Option<(DateTime<Utc>, bool)>,
}

/// Who is asked. Of an address nothing is told, not even whether it is somebody's here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    Member(MemberId),
    Email(Email),
}

impl Invitation {
    /// # Errors
    /// [`Barred::InvitationAnswered`].
    pub fn ensure_unanswered(&self) -> Result<(), Refusal> {
        match self.answer {
            None => Ok(()),
            Some(_) => Err(Barred::InvitationAnswered.into()),
        }
    }
}

impl Team {
    #[must_use]
    pub fn holds(&self, member: MemberId) -> bool {
        self.members.iter().any(|mate| mate.member == member)
    }

    /// Who leads when somebody leaves: they stay, or whoever joined first of the others takes over.
    #[must_use]
    pub fn leader_without(&self, leaving: MemberId, leader: Option<MemberId>) -> Option<MemberId> {
        let rest = || self.members.iter().map(|mate| mate.member).find(|member| *member != leaving);
        leader.filter(|leader| *leader != leaving).or_else(rest)
    }

    /// Whether the team may send: everybody has answered, and there are as many as the rules ask for.
    ///
    /// # Errors
    /// [`Barred::TeamUnanswered`] or [`Barred::TeamSize`].
    pub fn ensure_whole(&self, terms: &Terms) -> Result<(), Refusal> {
        let (least, most) = terms.team_size();
        let fits = u32::try_from(self.members.len()).is_ok_and(|size| (least..=most).contains(&size));
        match (self.unanswered, fits) {
            (1.., _) => Err(Barred::TeamUnanswered.into()),
            (0, false) => Err(Barred::TeamSize { least, most }.into()),
            (0, true) => Ok(()),
        }
    }

    /// Who in the team has not given a consent that is required, or took it back: at `/consents` whoever leads, at
    /// `/team/{place}/consents` the others.
    #[must_use]
    pub fn missing_consents(&self, terms: &Terms, leader: Option<MemberId>) -> Vec<(String, Fault)> {
        let lacks = |mate: &Teammate| {
            terms.consents.iter().any(|consent| consent.required && !mate.agreed.contains(&consent.key))
        };
        let at = |(place, mate): (usize, &Teammate)| match Some(mate.member) == leader {
            true => ("/consents".to_owned(), Fault::Required),
            false => (format!("/team/{place}/consents"), Fault::Required),
        };
        self.members.iter().enumerate().filter(|(_, mate)| lacks(mate)).map(at).collect()
    }

    /// Whether one more may be asked.
    ///
    /// # Errors
    /// [`Barred::TeamSize`].
    pub fn ensure_room(&self, terms: &Terms) -> Result<(), Refusal> {
        let (least, most) = terms.team_size();
        let asked = self.members.len() + self.unanswered;
        match u32::try_from(asked).is_ok_and(|asked| asked < most) {
            true => Ok(()),
            false => Err(Barred::TeamSize { least, most }.into()),
        }
    }
}

impl Entry {
    /// # Errors
    /// [`Barred::NotLeader`].
    pub fn ensure_led_by(&self, member: MemberId) -> Result<(), Refusal> {
        match self.leader_id == Some(member) {
            true => Ok(()),
            false => Err(Barred::NotLeader.into()),
        }
    }

    /// The entry once its team is another: one more edit, so that nobody sends it at the same moment.
    #[must_use]
    pub fn regrouped(self, now: DateTime<Utc>) -> Self {
        Self { updated_at: now, version: self.version + 1, ..self }
    }

    /// Whether somebody may still join its team.
    ///
    /// # Errors
    /// [`Barred::NoTeams`], [`Barred::TeamsClosed`], and those of [`Entry::ensure_open`].
    pub fn ensure_team_open(&self, contest: &Contest, now: DateTime<Utc>) -> Result<(), Refusal> {
        if contest.terms.team.is_none() {
            return Err(Barred::NoTeams.into());
        }
        contest.ensure_takes_entries(now)?;
        self.ensure_open(contest, now)?;
        match contest.terms.teams_until() {
            until if now >= until => Err(Barred::TeamsClosed { until }.into()),
            _ => Ok(()),
        }
    }
}

/// The consents somebody gives who joins a team.
///
/// # Errors
/// [`Refusal::UnfitAt`] when one that is required is missing, or one was never asked for.
pub fn agreed(terms: &Terms, given: &BTreeSet<String>, needed: Needed) -> Result<(), Refusal> {
    let at = |pointer: &str, fault| Refusal::UnfitAt { pointer: pointer.to_owned(), fault };
    if let Some(odd) = given.iter().position(|key| !terms.consents.iter().any(|one| one.key == *key)) {
        return Err(at(&format!("/consents/{odd}"), Fault::NotA("key of a consent")));
    }
    let is_missing = terms.consents.iter().any(|consent| consent.required && !given.contains(&consent.key));
    match needed {
        Needed::Now if is_missing => Err(at("/consents", Fault::Required)),
        Needed::Now | Needed::Later => Ok(()),
    }
}

/// Whether all consents that are required are to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    Now,
    /// Before it is sent.
    Later,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contests::{
            entries::{
                State,
                tests::{alone, entry, member},
            },
            terms,
            tests::{contest, day},
        },
        terms::Consent,
    };

    fn team(of: u8) -> Team {
        let mate = |nth| Teammate {
            member: member(nth),
            agreed: BTreeSet::new(),
            joined_at: day(10 + i64::from(nth)),
        };
        Team { members: (1..=of).map(mate).collect(), unanswered: 0 }
    }

    fn with_teams() -> Contest {
        let mut contest = contest();
        contest.terms.team = Some(terms::Team { least: 2, most: 3, merge_deadline: Some(day(15)) });
        contest
    }

    #[test]
    fn a_team_sends_when_it_is_whole_and_everybody_has_answered() {
        let terms = with_teams().terms;
        let size = Err(Barred::TeamSize { least: 2, most: 3 }.into());
        assert_eq!(team(1).ensure_whole(&terms), size);
        assert_eq!(team(2).ensure_whole(&terms), Ok(()));
        assert_eq!(team(4).ensure_whole(&terms), size);
        let asked = Team { unanswered: 1, ..team(2) };
        assert_eq!(asked.ensure_whole(&terms), Err(Barred::TeamUnanswered.into()));
        assert_eq!((asked.ensure_room(&terms), team(2).ensure_room(&terms)), (size, Ok(())));
        assert_eq!(alone().ensure_whole(&contest().terms), Ok(()));
    }

    #[test]
    fn teams_are_made_until_their_deadline() {
        assert_eq!(entry().ensure_team_open(&with_teams(), day(14)), Ok(()));
        let closed = Err(Barred::TeamsClosed { until: day(15) }.into());
        assert_eq!(entry().ensure_team_open(&with_teams(), day(15)), closed);
        assert_eq!(entry().ensure_team_open(&contest(), day(11)), Err(Barred::NoTeams.into()));
    }

    #[test]
    fn nobody_in_a_team_takes_a_required_consent_back_and_is_sent_along() {
        let mut terms = with_teams().terms;
        let text = || "x".to_owned();
        let privacy = Consent { key: "privacy".to_owned(), purpose: text(), text: text(), required: true };
        terms.consents =
            vec![privacy.clone(), Consent { key: "news".to_owned(), required: false, ..privacy }];
        let mut three = team(3);
        three.members.iter_mut().for_each(|mate| mate.agreed = ["privacy".to_owned()].into());
        assert_eq!(three.missing_consents(&terms, Some(member(2))), []);
        three.members[2].agreed.clear();
        let third = ("/team/2/consents".to_owned(), Fault::Required);
        assert_eq!(three.missing_consents(&terms, Some(member(2))), std::slice::from_ref(&third));
        three.members[1].agreed.clear();
        let leader = ("/consents".to_owned(), Fault::Required);
        assert_eq!(three.missing_consents(&terms, Some(member(2))), [leader, third]);
    }

    #[test]
    fn a_team_that_became_too_small_sends_again_while_others_can_still_join() {
        let (contest, sent) = (with_teams(), Entry { state: State::Submitted, ..entry() });
        assert_eq!(sent.state_without(1, &contest, day(14)), State::Draft);
        assert_eq!(sent.state_without(2, &contest, day(14)), State::Submitted);
        assert_eq!(sent.state_without(1, &contest, day(15)), State::Submitted, "nobody can join any more");
    }

    #[test]
    fn who_joined_first_takes_over() {
        let three = team(3);
        assert_eq!(three.leader_without(member(1), Some(member(1))), Some(member(2)));
        assert_eq!(three.leader_without(member(2), Some(member(1))), Some(member(1)));
        assert_eq!(alone().leader_without(member(1), Some(member(1))), None);
    }
}
