//! Locks, and numbers that are hidden until they stand.

use serde_json::{Value, json};

use super::*;

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

/// Locked at the tenth hour, with a day for objections.
fn locked(beacon: &Value) -> Panel {
    let terms = json!({
        "title": "t", "product": "p", "contact": "c", "seats": 1, "method": "lottery", "rules": "r", "disclosure": "d",
        "beacon": beacon, "objection_hours": 24,
        "schedule": {
            "opens_at": at(1), "closes_at": at(9), "announce_at": at(99), "confirm_by": at(199), "trial_days": 1, "report_days": 1,
        },
    });
    let marks = Marks { published_at: Some(at(0)), locked_at: Some(at(10)), ..Marks::default() };
    let id = PanelId::new(at(0), [0; 10]);
    let terms = serde_json::from_value(terms).unwrap();
    Panel { id, terms, marks, rules_hash: None, created_at: at(0), updated_at: at(10), version: 1 }
}

#[test]
fn a_lock_is_taken_back_only_while_nobody_can_know_the_number() {
    let until = at(34);
    let (early, late) = (until - TimeDelta::microseconds(1), until);
    for beacon in [json!({ "kind": "drand" }), json!({ "kind": "multi_party" })] {
        let panel = locked(&beacon);
        assert_eq!(panel.ensure_may(Step::Unlock, early), Ok(()), "{beacon}");
        assert_eq!(panel.ensure_may_show(early), Err(Barred::ObjectionWindow { until }.into()));
        assert_eq!(panel.ensure_may(Step::Unlock, late), Err(Barred::WindowOver { until }.into()));
        assert_eq!(panel.ensure_may_show(late), Ok(()));
    }
    let named = locked(&json!({ "kind": "manual_sources", "sources": ["로또 1300회"] }));
    for now in [early, late] {
        assert_eq!(named.ensure_may(Step::Unlock, now), Err(Barred::LockStays.into()));
    }
}

#[test]
fn whom_to_ask_may_change_until_the_panel_is_over() {
    let panel = locked(&json!({ "kind": "drand" }));
    let with = |change: fn(&mut Terms)| {
        let mut terms = panel.terms.clone();
        change(&mut terms);
        panel.clone().with_terms(terms, at(20))
    };
    assert!(with(|terms| terms.contact = "desk@example.com".to_owned()).is_ok());
    let late = Err(Barred::Phase(Phase::PoolLocked).into());
    assert_eq!(with(|terms| terms.description = "d".to_owned()), late);
    assert_eq!(with(|terms| terms.schedule.closes_at = at(30)), late);
    assert_eq!(with(|terms| terms.seats = 2), Err(Barred::TermsFrozen("terms").into()));
    let closed = Panel { marks: Marks { closed_at: Some(at(15)), ..panel.marks }, ..panel.clone() };
    assert_eq!(closed.with_terms(panel.terms, at(20)), Err(Barred::Phase(Phase::Closed).into()));
}
