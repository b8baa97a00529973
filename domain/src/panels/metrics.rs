//! The numbers of a panel: how many came how far, and whether chance and promises were kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Panel,
    applications::Outcome,
    trials::{Stage, Trial},
};
use crate::{draws::Quotas, insights::share};

/// What is known of somebody who applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    pub eligible: bool,
    pub outcome: Outcome,
    pub trial: Trial,
    /// Whether their report states who paid for it; none without a report.
    pub disclosed: Option<bool>,
    /// Whether they had confirmed another seat in the year before they confirmed this one.
    pub had_seat: bool,
    /// What they count for in the quotas, where the panel was drawn.
    pub facets: BTreeMap<String, String>,
}

/// How many came how far. Each is part of the one before, but for those who were invited, who are known only where the audience
/// can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Funnel {
    pub invited: Option<i64>,
    pub applied: i64,
    pub eligible: i64,
    /// Who had a seat offered, whatever they said.
    pub offered: i64,
    pub confirmed: i64,
    pub shipped: i64,
    pub delivered: i64,
    pub reported: i64,
    pub completed: i64,
}

/// Shares from 0 to 1; none where there is nothing to share.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rates {
    /// Applications by those invited.
    pub apply: Option<f64>,
    /// Eligible by applications.
    pub eligible: Option<f64>,
    /// Confirmed by seats.
    pub fill: Option<f64>,
    /// Confirmed by seats offered.
    pub confirm: Option<f64>,
    /// Accepted reports by confirmed.
    pub completion: Option<f64>,
    /// Reports that came by their time, by those that came or are due; who was excused owes none.
    pub on_time: Option<f64>,
    /// Those who told nothing, by confirmed.
    pub no_show: Option<f64>,
    /// Reports that state who paid for them, by reports.
    pub disclosure: Option<f64>,
    /// Confirmed seats of people who had another within a year, by confirmed.
    pub concentration: Option<f64>,
}

/// How far the confirmed seats are from a quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    pub attribute: String,
    pub value: String,
    pub least: u32,
    pub most: u32,
    pub confirmed: u32,
    /// Seats below the least (negative) or above the most; 0 within.
    pub off_by: i64,
}

/// The numbers of a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    pub funnel: Funnel,
    pub rates: Rates,
    pub deviations: Vec<Deviation>,
}

/// Works the numbers out; `invited` is how many the panel is for, where they can be counted.
#[must_use]
pub fn metrics(panel: &Panel, invited: Option<i64>, traces: &[Trace], now: DateTime<Utc>) -> Metrics {
    let count = |of: &dyn Fn(&Trace) -> bool| traces.iter().filter(|trace| of(trace)).count() as i64;
    let confirmed = |trace: &Trace| trace.outcome == Outcome::Confirmed;
    let offered = |trace: &Trace| {
        confirmed(trace)
            || matches!(trace.outcome, Outcome::Selected { .. } | Outcome::Declined | Outcome::Lapsed)
    };
    let reported = |trace: &Trace| confirmed(trace) && trace.trial.reported_at.is_some();
    let funnel = Funnel {
        invited,
        applied: count(&|trace| trace.outcome != Outcome::Withdrawn),
        eligible: count(&|trace| trace.outcome != Outcome::Withdrawn && trace.eligible),
        offered: count(&offered),
        confirmed: count(&confirmed),
        shipped: count(&|trace| confirmed(trace) && trace.trial.shipped_at.is_some()),
        delivered: count(&|trace| confirmed(trace) && trace.trial.delivered_at.is_some()),
        reported: count(&reported),
        completed: count(&|trace| confirmed(trace) && trace.trial.accepted_at.is_some()),
    };
    let due = |trace: &Trace| trace.trial.due_at(&panel.terms);
    let in_time = |trace: &Trace| {
        reported(trace) && due(trace).is_none_or(|due| trace.trial.reported_at.is_some_and(|at| at <= due))
    };
    let owed = |trace: &Trace| {
        let is_due = confirmed(trace) && due(trace).is_some_and(|due| due < now);
        reported(trace) || is_due && trace.trial.stage() != Stage::Excused
    };
    let whole = funnel.confirmed;
    let rates = Rates {
        apply: invited.and_then(|invited| share(funnel.applied, invited)),
        eligible: share(funnel.eligible, funnel.applied),
        fill: share(whole, panel.terms.seats.into()),
        confirm: share(whole, funnel.offered),
        completion: share(funnel.completed, whole),
        on_time: share(count(&in_time), count(&owed)),
        no_show: share(count(&|trace| confirmed(trace) && trace.trial.stage() == Stage::NoShow), whole),
        disclosure: share(
            count(&|trace| trace.disclosed == Some(true)),
            count(&|trace| trace.disclosed.is_some()),
        ),
        concentration: share(count(&|trace| confirmed(trace) && trace.had_seat), whole),
    };
    let seated: Vec<&Trace> = traces.iter().filter(|trace| confirmed(trace)).collect();
    Metrics { funnel, rates, deviations: deviations(&panel.terms.quotas, &seated) }
}

fn deviations(quotas: &Quotas, seated: &[&Trace]) -> Vec<Deviation> {
    let of_value = |(attribute, value, least, most): (&String, &String, u32, u32)| {
        let holds = |trace: &&&Trace| trace.facets.get(attribute) == Some(value);
        let confirmed = seated.iter().filter(holds).count() as u32;
        let nearest = confirmed.clamp(least, most.max(least));
        Deviation {
            attribute: attribute.clone(),
            value: value.clone(),
            least,
            most,
            confirmed,
            off_by: i64::from(confirmed) - i64::from(nearest),
        }
    };
    let all = quotas.iter().flat_map(|(attribute, values)| {
        values.iter().map(move |(value, bounds)| (attribute, value, bounds.0, bounds.1))
    });
    all.map(of_value).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;
    use crate::panels::{Marks, terms::Terms};

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    /// Four seats, a trial of ten days and five for the report, one to two seats for Seoul.
    fn panel() -> Panel {
        let terms: Terms = serde_json::from_value(json!({
            "title": "체험단", "product": "이어폰", "contact": "desk@example.com", "seats": 4, "method": "lottery",
            "rules": "규칙", "disclosure": "[협찬]", "quotas": { "region": { "seoul": [1, 2], "jeju": [1, 1] } },
            "schedule": { "opens_at": at(0), "closes_at": at(1), "announce_at": at(2), "confirm_by": at(3),
                "trial_days": 10, "report_days": 5 },
        }))
        .unwrap();
        Panel {
            id: crate::PanelId::new(at(0), [0; 10]),
            terms,
            marks: Marks::default(),
            rules_hash: None,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        }
    }

    fn trace(outcome: Outcome, trial: Trial) -> Trace {
        let facets = BTreeMap::from([("region".to_owned(), "seoul".to_owned())]);
        Trace { eligible: true, outcome, trial, disclosed: None, had_seat: false, facets }
    }

    #[test]
    fn each_number_is_part_of_the_one_before() {
        let there = Trial { shipped_at: Some(at(3)), delivered_at: Some(at(4)), ..Trial::default() };
        let told = |day| Trial { reported_at: Some(at(day)), sent_at: Some(at(day)), ..there };
        let done = Trace {
            disclosed: Some(true),
            had_seat: true,
            ..trace(Outcome::Confirmed, Trial { accepted_at: Some(at(20)), ..told(19) })
        };
        let late = Trace { disclosed: Some(false), ..trace(Outcome::Confirmed, told(25)) };
        let excused = trace(Outcome::Confirmed, Trial { excused_at: Some(at(9)), ..there });
        let missed = trace(Outcome::Confirmed, Trial { missed_at: Some(at(26)), ..there });
        let barred = Trace { eligible: false, ..trace(Outcome::NotSelected, Trial::default()) };
        let others = [Outcome::Declined, Outcome::Lapsed, Outcome::Withdrawn, Outcome::NotSelected];
        let mut traces = vec![done, late, excused, missed, barred];
        traces.extend(others.map(|outcome| trace(outcome, Trial::default())));

        let found = metrics(&panel(), Some(16), &traces, at(30));
        let funnel = Funnel {
            invited: Some(16),
            applied: 8,
            eligible: 7,
            offered: 6,
            confirmed: 4,
            shipped: 4,
            delivered: 4,
            reported: 2,
            completed: 1,
        };
        assert_eq!(found.funnel, funnel);
        let rates = Rates {
            apply: Some(0.5),
            eligible: Some(0.875),
            fill: Some(1.0),
            confirm: Some(4.0 / 6.0),
            completion: Some(0.25),
            // One of three: whoever is excused owes nothing.
            on_time: Some(1.0 / 3.0),
            no_show: Some(0.25),
            disclosure: Some(0.5),
            concentration: Some(0.25),
        };
        assert_eq!(found.rates, rates);
        let off: Vec<(&str, i64)> =
            found.deviations.iter().map(|of| (of.value.as_str(), of.off_by)).collect();
        assert_eq!(off, [("jeju", -1), ("seoul", 2)]);
    }

    #[test]
    fn nothing_has_no_shares() {
        let found = metrics(&panel(), None, &[], at(0));
        assert_eq!(found.rates, Rates { fill: Some(0.0), ..Rates::default() });
    }
}
