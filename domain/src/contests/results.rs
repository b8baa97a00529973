//! From scores to a result: what a round is computed from, and when it is; `found` is what came out.

mod found;
mod later;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, json};

pub use self::{
    found::{Counts, Found, Ranked, Titles},
    later::Later,
};
use super::{Barred, Contest, Phase};
use crate::{
    EntryId, MemberId, Refusal,
    digest::hex,
    draws::{beacon::Evidence, proof::Number},
    judging::{
        FORMULA,
        bundle::{self, Ballot, Bundle, Hashes, Locked, Lot, Score, State},
        score::Marks,
        ties::{Prizes, Rule},
    },
};

/// How long after the lock the round of drand comes out whose number a lot takes: nobody knows it while scores may still change.
const LOT_AFTER: TimeDelta = TimeDelta::minutes(10);

/// What a judge sent of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub entry: EntryId,
    pub judge: MemberId,
    pub marks: Marks,
    pub purpose: Purpose,
}

/// What a review is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Score,
    /// To compare judges by, on an entry that does not compete.
    Calibration,
    /// To part entries that are tied across a prize line, after the lock.
    TieBreak,
}

/// A ballot as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    pub voter: MemberId,
    pub stars: Vec<EntryId>,
    pub state: State,
}

/// All that a round is computed from, as it stands at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Who still competes.
    pub entries: Vec<EntryId>,
    pub sent: Vec<Sent>,
    /// How many reviews are not sent.
    pub open: i64,
    /// Of the last round.
    pub ballots: Vec<Cast>,
}

/// What came after the lock.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Since {
    /// Who withdrew, was disqualified or declined their prize.
    pub out: Vec<EntryId>,
    pub extra: Vec<Sent>,
}

impl Field {
    /// # Errors
    /// [`Barred::ReviewsOpen`] or [`Barred::ReviewsMissing`].
    fn ensure_done(&self) -> Result<(), Refusal> {
        let scored = |sent: &&Sent| sent.purpose == Purpose::Score;
        let scored: BTreeSet<EntryId> = self.sent.iter().filter(scored).map(|sent| sent.entry).collect();
        let missing = self.entries.iter().filter(|entry| !scored.contains(entry)).count();
        match (self.open, missing) {
            (1.., _) => Err(Barred::ReviewsOpen { open: self.open }.into()),
            (_, 1..) => Err(Barred::ReviewsMissing { missing }.into()),
            _ => Ok(()),
        }
    }
}

impl Contest {
    /// How many rounds of judging are still to come after the present one.
    #[must_use]
    pub fn rounds_left(&self) -> usize {
        let ended = usize::try_from(self.round).unwrap_or_default();
        self.terms.judging.rounds.len().saturating_sub(ended)
    }

    /// How many go on after a round; none after the last.
    #[must_use]
    pub fn cut_to(&self, round: i32) -> Option<u32> {
        let place = usize::try_from(round).ok()?.checked_sub(1)?;
        self.terms.judging.rounds.get(place)?.cut_to
    }

    /// Whether it may be known what came out: by those who run the contest from the lock on (of a round with a cut, from its end), and by
    /// everybody once the provisional result is public.
    ///
    /// # Errors
    /// [`Barred::Phase`]: not even counts are told before.
    pub fn ensure_result_known(&self, runs_it: bool, round: i32, now: DateTime<Utc>) -> Result<(), Refusal> {
        let is_computed = self.marks.locked_at.is_some() || round < self.round;
        match runs_it && is_computed || self.is_result_public(now) {
            true => Ok(()),
            false => Err(Barred::Phase(self.phase(now)).into()),
        }
    }

    /// Whether everybody may know the result.
    #[must_use]
    pub fn is_result_public(&self, now: DateTime<Utc>) -> bool {
        matches!(self.phase(now), Phase::Objection | Phase::Final | Phase::Archived)
    }

    /// Whether what came out may still change: extra reviews and lots settle ties, and somebody may be disqualified.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_result_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.phase(now) {
            Phase::ScoresLocked | Phase::Provisional | Phase::Objection => Ok(()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// What the present round is computed from, frozen. A round with a cut is the jury's alone, and to go on is its prize.
    ///
    /// # Errors
    /// [`Barred::ReviewsOpen`], [`Barred::ReviewsMissing`] or [`Barred::NotComputable`].
    pub fn frozen(&self, field: &Field, now: DateTime<Utc>) -> Result<Bundle, Refusal> {
        field.ensure_done()?;
        let rubric = self.terms.rubric().map_err(|_| Barred::NotComputable { check: "rubric" })?;
        let calibration = field.sent.iter().filter(|sent| sent.purpose == Purpose::Calibration);
        let bundle = Bundle {
            formula: FORMULA.to_owned(),
            rules: Map::new(),
            rules_hash: None,
            jury_weight: 1.0,
            rubric: rubric.criteria().to_vec(),
            scores: self.scores(&field.sent),
            ballots: Vec::new(),
            withdrawn: BTreeSet::new(),
            tie_order: Vec::new(),
            draw: None,
            calibration: calibration.map(|sent| self.pseudonym_of_entry(sent.entry)).collect(),
            prizes: None,
            stars: None,
            extra_reviews: Vec::new(),
            hashes: None,
            result: None,
        };
        let bundle = match self.cut_to(self.round) {
            Some(cut) => self.for_cut(cut, bundle),
            None => self.for_prizes(&field.ballots, bundle, now),
        };
        let is = Locked::of(&bundle);
        let hashes = Hashes {
            scores_root: Some(hex(is.scores_root)),
            ballots_root: Some(hex(is.ballots_root)),
            lock_hash: Some(hex(is.lock)),
            inputs_hash: None,
        };
        Ok(Bundle { rules_hash: Some(hex(is.rules)), hashes: Some(hashes), ..bundle })
    }

    fn for_prizes(&self, ballots: &[Cast], bundle: Bundle, now: DateTime<Utc>) -> Bundle {
        let terms = &self.terms;
        let prizes = terms.prize_places();
        let draws_lots = prizes.is_some() && terms.tie_order.contains(&Rule::Lot);
        let beacon = terms.lot.beacon(now + LOT_AFTER);
        Bundle {
            rules: terms.rules(),
            jury_weight: terms.jury_weight,
            ballots: self.ballots(ballots),
            tie_order: terms.tie_order.clone(),
            draw: draws_lots.then_some(Lot { beacon, number: None, seed: None }),
            prizes,
            stars: terms.ballot.and_then(|ballot| usize::try_from(ballot.stars).ok()),
            ..bundle
        }
    }

    /// The rules are those of the contest under a name of their own, and the round: by their own names they would have to be what is
    /// computed with. Nobody waits for a lot between rounds: whom the marks do not part goes on.
    fn for_cut(&self, cut: u32, bundle: Bundle) -> Bundle {
        let tie_order = Rule::at_a_cut(&self.terms.tie_order);
        let mut rules = Map::new();
        rules.insert("contest".to_owned(), self.terms.rules().into());
        rules.insert("round".to_owned(), json!(self.round));
        Bundle { rules, tie_order, prizes: Some(Prizes { places: vec![cut], least: None }), ..bundle }
    }

    /// What is computed from what was frozen and from what came after it.
    ///
    /// # Errors
    /// [`Barred::NotComputable`] with the check that failed: of more than the formula takes, or of what was changed since it was frozen.
    pub fn computed(&self, frozen: Bundle, since: &Since) -> Result<(Bundle, Found), Refusal> {
        let lock = frozen.lock();
        let withdrawn = self.withdrawn(frozen.scores.iter().map(|score| score.entry.as_str()), since);
        let extra_reviews = self.scores(&since.extra);
        let mut bundle = Bundle { withdrawn, extra_reviews, result: None, ..frozen };
        let inputs_hash = Some(hex(bundle::inputs_hash(&lock, &bundle)));
        bundle.hashes = Some(Hashes { inputs_hash, ..bundle.hashes.take().unwrap_or_default() });
        let verdict = bundle::recompute(&bundle);
        match (verdict.checks.into_iter().find(|check| !check.ok), verdict.result) {
            (None, Some(result)) => {
                let found = Found { result, warnings: verdict.warnings, counts: Counts::of(&bundle) };
                Ok((bundle, found))
            }
            (failed, _) => {
                let check = failed.map_or("result", |check| check.name);
                Err(Barred::NotComputable { check }.into())
            }
        }
    }

    /// Whose places after a round do not lead on.
    #[must_use]
    pub fn cut(&self, entries: &[EntryId], found: &Found) -> Vec<EntryId> {
        let on: BTreeSet<&str> = found.awarded().map(|(entry, _)| entry).collect();
        let out = |entry: &&EntryId| !on.contains(self.pseudonym_of_entry(**entry).as_str());
        entries.iter().filter(out).copied().collect()
    }

    fn scores(&self, sent: &[Sent]) -> Vec<Score> {
        let score = |sent: &Sent| Score {
            entry: self.pseudonym_of_entry(sent.entry),
            judge: self.pseudonym_of_judge(sent.judge),
            marks: sent.marks.clone(),
        };
        let mut scores: Vec<Score> = sent.iter().map(score).collect();
        scores.sort_by(|a, b| (&a.entry, &a.judge).cmp(&(&b.entry, &b.judge)));
        scores
    }

    /// In the order of their pseudonyms, which says nothing of who was here first.
    fn ballots(&self, ballots: &[Cast]) -> Vec<Ballot> {
        // Few entries get many stars.
        let starred: BTreeSet<EntryId> = ballots.iter().flat_map(|cast| &cast.stars).copied().collect();
        let names: BTreeMap<EntryId, String> =
            starred.into_iter().map(|entry| (entry, self.pseudonym_of_entry(entry))).collect();
        let ballot = |cast: &Cast| Ballot {
            voter: self.pseudonym_of_voter(cast.voter),
            stars: cast.stars.iter().filter_map(|entry| names.get(entry).cloned()).collect(),
            state: cast.state,
        };
        let mut ballots: Vec<Ballot> = ballots.iter().map(ballot).collect();
        ballots.sort_by(|a, b| a.voter.cmp(&b.voter));
        ballots
    }
}

/// A frozen bundle with the number of its lot; none where it was brought before, since that is done once.
///
/// # Errors
/// [`Barred::NoLot`] when no line waits for one; [`Refusal::UnfitAt`] when the evidence shows nothing.
pub fn with_number(
    bundle: Bundle,
    found: &Found,
    evidence: &Evidence,
    now: DateTime<Utc>,
) -> Result<Option<Bundle>, Refusal> {
    match &bundle.draw {
        Some(Lot { number: Some(_), .. }) => Ok(None),
        Some(Lot { beacon, .. }) if found.awaits() == Some(Some(Rule::Lot)) => {
            let bytes = beacon.brought(evidence, now)?;
            let seed = crate::draws::priority::seed(&bundle.lock(), &bytes);
            let number = Number { bytes: hex(bytes), evidence: evidence.clone() };
            let lot = Lot { beacon: beacon.clone(), number: Some(number), seed: Some(hex(seed)) };
            Ok(Some(Bundle { draw: Some(lot), ..bundle }))
        }
        Some(_) | None => Err(Barred::NoLot.into()),
    }
}
