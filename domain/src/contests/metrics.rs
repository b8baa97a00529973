//! The numbers of a contest: how many came how far, how severe judges are, and how long each phase lasted.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Contest, Phase};

/// How many came how far. `viewed` counts members and all else entries, each of which is one of those before it. What is sealed is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Funnel {
    /// Members who were shown it; none once it is forgotten who they were.
    pub viewed: Option<i64>,
    /// Entries that were begun, and not deleted.
    pub begun: Option<i64>,
    /// Entries that were sent, and not withdrawn.
    pub submitted: Option<i64>,
    pub accepted: Option<i64>,
    /// Accepted entries that some judge has marked.
    pub judged: Option<i64>,
    /// Entries that were given a prize; none before the result is final.
    pub awarded: Option<i64>,
}

/// How far judges differ: of the severity that the model found, in points of 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub least: f64,
    pub most: f64,
    /// The population standard deviation.
    pub deviation: f64,
}

impl Spread {
    /// Of judges by their severity; none without a judge.
    #[must_use]
    pub fn of(severity: &BTreeMap<String, f64>) -> Option<Self> {
        let all: Vec<f64> = severity.values().copied().collect();
        let (least, most) = (all.iter().copied().reduce(f64::min)?, all.iter().copied().reduce(f64::max)?);
        let count = all.len() as f64;
        let mean = all.iter().sum::<f64>() / count;
        let square = |one: &f64| (one - mean) * (one - mean);
        Some(Self { least, most, deviation: (all.iter().map(square).sum::<f64>() / count).sqrt() })
    }
}

impl Contest {
    /// How long each phase has lasted until now, in their order. Without those that it passed over or has not come to, and without the
    /// last ones, which do not end.
    #[must_use]
    pub fn spent(&self, now: DateTime<Utc>) -> Vec<(Phase, TimeDelta)> {
        let (marks, schedule) = (&self.marks, &self.terms.schedule);
        let begun = [
            (Phase::Draft, Some(self.created_at)),
            (Phase::Announced, marks.published_at),
            (Phase::Open, marks.published_at.map(|at| at.max(schedule.opens_at))),
            (Phase::Screening, marks.published_at.map(|at| at.max(schedule.closes_at))),
            (Phase::Judging, marks.judging_at),
            (Phase::ScoresLocked, marks.locked_at),
            (Phase::Provisional, marks.provisional_at),
            (Phase::Objection, marks.provisional_at.map(|at| at.max(schedule.provisional_at))),
            (Phase::Final, marks.finalized_at),
        ];
        let end = marks.cancelled_at.unwrap_or(now).min(now);
        let begun: Vec<(Phase, DateTime<Utc>)> = begun
            .into_iter()
            .filter_map(|(phase, at)| Some((phase, at?)))
            .filter(|(_, at)| *at <= end)
            .collect();
        let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([end]);
        let lasted = begun.iter().zip(ends).map(|((phase, from), until)| (*phase, until - *from));
        lasted.filter(|(phase, time)| *phase != Phase::Final && *time > TimeDelta::zero()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{
        Step,
        tests::{contest, day},
    };

    #[test]
    fn each_phase_lasted_until_the_next_began() {
        let days = |contest: &Contest, now| {
            let spent = contest.spent(day(now)).into_iter();
            spent.map(|(phase, time)| (phase, time.num_days())).collect::<Vec<_>>()
        };
        let until_open = vec![(Phase::Draft, 1), (Phase::Announced, 9)];
        assert_eq!(days(&contest(), 10), until_open);
        assert_eq!(days(&contest(), 15), [until_open.clone(), vec![(Phase::Open, 5)]].concat());
        let done = [
            (Step::BeginJudging, 25),
            (Step::LockScores, 40),
            (Step::PublishProvisional, 45),
            (Step::Finalize, 53),
        ];
        let done =
            done.into_iter().fold(contest(), |contest, (step, at)| contest.after(step, day(at)).unwrap());
        let rest = [
            (Phase::Open, 10),
            (Phase::Screening, 5),
            (Phase::Judging, 15),
            (Phase::ScoresLocked, 5),
            (Phase::Provisional, 5),
            (Phase::Objection, 3),
        ];
        assert_eq!(days(&done, 400), [until_open.clone(), rest.into()].concat());
        let cancelled = contest().after(Step::Cancel, day(12)).unwrap();
        assert_eq!(days(&cancelled, 400), [until_open, vec![(Phase::Open, 2)]].concat());
    }

    #[test]
    fn judges_differ_by_what_lies_between_the_mildest_and_the_most_severe() {
        let of =
            |all: &[f64]| Spread::of(&all.iter().enumerate().map(|(n, b)| (n.to_string(), *b)).collect());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[2.0, -2.0]), Some(Spread { least: -2.0, most: 2.0, deviation: 2.0 }));
        assert_eq!(of(&[1.5]), Some(Spread { least: 1.5, most: 1.5, deviation: 0.0 }));
    }
}
