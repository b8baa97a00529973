//! What is known when entries are given to judges, and the plan that is made of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Able, Asked, Given, Kind, Planned, parts, seed};
use crate::{
    EntryId, MemberId, Refusal,
    contests::{
        Barred, Contest,
        conflicts::{self, Conflict, Party, Side},
        judges::Judge,
    },
    digest,
};

/// Entries, judges, what stands between them, and what was given so far in this round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub works: Vec<Work>,
    /// Those who may be given entries.
    pub judges: Vec<(Judge, Party)>,
    pub said: Vec<Conflict>,
    pub seats: Vec<Seat>,
}

/// An entry that is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What it is about: the choices among its answers.
    pub choices: BTreeMap<String, String>,
    pub side: Side,
}

/// A judge before an entry, by assignment or by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub entry: EntryId,
    pub judge: MemberId,
    /// Whether it counts for the entry, or may yet.
    pub is_held: bool,
    /// Whether somebody worked on it, or decided about it.
    pub is_touched: bool,
}

impl Facts {
    /// The plan by which entries get the judges they lack: all of them, or these. As long as nobody worked on anything, all are
    /// given anew.
    ///
    /// # Errors
    /// [`Barred::NothingToAssign`].
    pub fn planned(&self, contest: &Contest, only: Option<&[EntryId]>) -> Result<Planned, Refusal> {
        let is_anew = only.is_none() && !self.seats.iter().any(|seat| seat.is_touched);
        let reviews = usize::try_from(contest.terms.judging.reviews_per_entry).unwrap_or(usize::MAX);
        let mut entries = BTreeMap::new();
        for work in &self.works {
            let entry = work.side.entry;
            let kept = if is_anew { BTreeSet::new() } else { self.held(contest, entry) };
            let wanted = reviews.saturating_sub(kept.len());
            if wanted > 0 && only.is_none_or(|only| only.contains(&entry)) {
                let asked = Asked { choices: work.choices.clone(), kept, wanted };
                entries.insert(contest.pseudonym_of_entry(entry), asked);
            }
        }
        if entries.is_empty() {
            return Err(Barred::NothingToAssign.into());
        }
        let able = |(judge, _): &(Judge, Party)| {
            let elsewhere = if is_anew { 0 } else { self.elsewhere(contest, judge.member_id, &entries) };
            let able = Able { most: judge.most, expertise: judge.expertise.clone(), elsewhere };
            (contest.pseudonym_of_judge(judge.member_id), able)
        };
        Ok(Planned {
            kind: if is_anew { Kind::Anew } else { Kind::Filled },
            seed: digest::hex(seed(contest)),
            reviews,
            judges: self.judges.iter().map(able).collect(),
            conflicts: self.conflicts(contest, &entries),
            entries,
        })
    }

    /// Who judges an entry.
    fn held(&self, contest: &Contest, entry: EntryId) -> BTreeSet<String> {
        let held = self.seats.iter().filter(|seat| seat.is_held && seat.entry == entry);
        held.map(|seat| contest.pseudonym_of_judge(seat.judge)).collect()
    }

    /// How many entries a judge has that are not among these.
    fn elsewhere(&self, contest: &Contest, judge: MemberId, entries: &BTreeMap<String, Asked>) -> usize {
        let held = self.seats.iter().filter(|seat| seat.is_held && seat.judge == judge);
        held.filter(|seat| !entries.contains_key(&contest.pseudonym_of_entry(seat.entry))).count()
    }

    /// Who may not meet: for a reason, or because the judge had the entry before.
    fn conflicts(&self, contest: &Contest, entries: &BTreeMap<String, Asked>) -> BTreeSet<(String, String)> {
        // Of each judge what was said of them, for there may be much of it, and many entries.
        let judge = |(judge, party): &'_ (Judge, Party)| {
            let said = self.said.iter().filter(|conflict| conflict.judge_id == judge.member_id);
            (contest.pseudonym_of_judge(judge.member_id), party.clone(), said.cloned().collect())
        };
        let judges: Vec<(String, Party, Vec<Conflict>)> = self.judges.iter().map(judge).collect();
        let mut found = BTreeSet::new();
        for work in &self.works {
            let entry = contest.pseudonym_of_entry(work.side.entry);
            if entries.contains_key(&entry) {
                let barred = judges
                    .iter()
                    .filter(|(_, party, said)| conflicts::ground(party, &work.side, said).is_some());
                found.extend(barred.map(|(judge, ..)| (entry.clone(), judge.clone())));
            }
        }
        for seat in self.seats.iter().filter(|seat| !seat.is_held) {
            let pair = (contest.pseudonym_of_entry(seat.entry), contest.pseudonym_of_judge(seat.judge));
            if entries.contains_key(&pair.0) && judges.iter().any(|(judge, ..)| *judge == pair.1) {
                found.insert(pair);
            }
        }
        found
    }

    /// Whom the pseudonyms of what was given stand for.
    #[must_use]
    pub fn pairs(&self, contest: &Contest, given: &Given) -> Vec<(EntryId, MemberId)> {
        let entry = |work: &Work| (contest.pseudonym_of_entry(work.side.entry), work.side.entry);
        let judge =
            |(judge, _): &(Judge, Party)| (contest.pseudonym_of_judge(judge.member_id), judge.member_id);
        let entries: BTreeMap<String, EntryId> = self.works.iter().map(entry).collect();
        let judges: BTreeMap<String, MemberId> = self.judges.iter().map(judge).collect();
        let pairs = given.judges.iter().flat_map(|(entry, of)| of.iter().map(move |judge| (entry, judge)));
        pairs.filter_map(|(entry, judge)| Some((*entries.get(entry)?, *judges.get(judge)?))).collect()
    }

    /// The parts that the reviews of the round fall into once these are added.
    #[must_use]
    pub fn parts_with(&self, contest: &Contest, planned: &Planned, given: &Given) -> usize {
        let held = self.seats.iter().filter(|seat| seat.is_held && planned.kind == Kind::Filled);
        let held =
            held.map(|seat| (contest.pseudonym_of_entry(seat.entry), contest.pseudonym_of_judge(seat.judge)));
        let new =
            given.judges.iter().flat_map(|(entry, of)| of.iter().map(|judge| (entry.clone(), judge.clone())));
        parts(&held.chain(new).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{
        entries::tests::member,
        judges::tests::judge,
        tests::{contest, day},
    };

    fn entry(nth: u8) -> EntryId {
        EntryId::new(day(11), [nth; 10])
    }

    fn party(nth: u8) -> Party {
        Party { member: member(nth), employer: None, household: None }
    }

    /// Three entries of one author each, and four judges, of whom one wrote the first entry.
    fn facts() -> Facts {
        let work = |nth| Work {
            choices: BTreeMap::new(),
            side: Side { entry: entry(nth), team: vec![party(nth)], idea_by: BTreeSet::new() },
        };
        let able = |nth| (Judge { member_id: member(nth), ..judge() }, party(nth));
        Facts {
            works: (1..=3).map(work).collect(),
            judges: [1, 7, 8, 9].map(able).into(),
            said: Vec::new(),
            seats: Vec::new(),
        }
    }

    fn seat(of: u8, judge: u8, is_held: bool, is_touched: bool) -> Seat {
        Seat { entry: entry(of), judge: member(judge), is_held, is_touched }
    }

    #[test]
    fn all_is_given_anew_until_somebody_worked_and_then_only_what_lacks() {
        let (contest, facts) = (contest(), facts());
        let plan = facts.planned(&contest, None).unwrap();
        assert_eq!((plan.kind, plan.entries.len(), plan.conflicts.len()), (Kind::Anew, 3, 1));
        let given = plan.run().unwrap();
        let pairs = facts.pairs(&contest, &given);
        assert!(pairs.len() == 9 && !pairs.contains(&(entry(1), member(1))));
        assert_eq!(facts.parts_with(&contest, &plan, &given), 1);

        let seats: Vec<Seat> = pairs
            .iter()
            .map(|&(entry, judge)| Seat { entry, judge, is_held: true, is_touched: false })
            .collect();
        let there = Facts { seats: seats.clone(), ..facts.clone() };
        assert_eq!(there.planned(&contest, None).unwrap().kind, Kind::Anew);
        let mut worked = Facts { seats, ..facts };
        worked.seats[0].is_touched = true;
        assert_eq!(worked.planned(&contest, None), Err(Barred::NothingToAssign.into()));
        let lost = worked.seats[1];
        worked.seats[1] = Seat { is_held: false, is_touched: true, ..lost };
        let plan = worked.planned(&contest, Some(&[lost.entry])).unwrap();
        let name = contest.pseudonym_of_entry(lost.entry);
        assert_eq!(
            (plan.kind, plan.entries[&name].wanted, plan.entries[&name].kept.len()),
            (Kind::Filled, 1, 2)
        );
        let back = (name.clone(), contest.pseudonym_of_judge(lost.judge));
        assert!(plan.conflicts.contains(&back), "nobody gets back what they lost");
        let given = plan.run().unwrap();
        // The first entry had the only three who may judge it.
        assert_eq!(given.lacking.contains_key(&name), lost.entry == entry(1));
    }

    #[test]
    fn what_a_judge_has_of_other_entries_counts_for_them() {
        let mut facts = Facts { seats: vec![seat(2, 7, true, true), seat(3, 7, true, true)], ..facts() };
        facts.judges[1].0.most = Some(2);
        let plan = facts.planned(&contest(), Some(&[entry(1)])).unwrap();
        assert_eq!(plan.judges[&contest().pseudonym_of_judge(member(7))].elsewhere, 2);
        let pairs = facts.pairs(&contest(), &plan.run().unwrap());
        assert_eq!(pairs.iter().map(|pair| pair.1).collect::<BTreeSet<_>>(), [member(8), member(9)].into());
    }
}
