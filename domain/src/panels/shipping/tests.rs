//! What holds of parcels.

use chrono::TimeDelta;

use super::*;

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

/// The panel was announced at the first hour.
fn until(hour: i64) -> Span {
    at(1)..=at(hour)
}

fn news(state: State, hour: Option<i64>) -> News {
    let tracking = Tracking::try_from("6123-4567-8901").unwrap();
    let courier = Courier::try_from("CJ대한통운").unwrap();
    News { courier: Some(courier), tracking: Some(tracking), state, at: hour.map(at) }
}

#[test]
fn the_same_news_twice_changes_nothing() {
    let parcel = Parcel::default();
    for (state, hour) in [(State::Shipped, None), (State::Shipped, Some(3)), (State::Delivered, Some(4))] {
        let base = match state {
            State::Shipped => parcel.clone(),
            State::Delivered => parcel.clone().told(&news(State::Shipped, Some(2)), &until(9)).unwrap(),
        };
        let once = base.clone().told(&news(state, hour), &until(9)).unwrap();
        let twice = once.clone().told(&news(state, hour), &until(10)).unwrap();
        assert_eq!(once, twice);
        assert!(once.events_to(&twice).is_empty() && !base.events_to(&once).is_empty());
    }
}

#[test]
fn of_two_deliveries_the_earlier_stands() {
    let shipped = Parcel::default().told(&news(State::Shipped, Some(1)), &until(9)).unwrap();
    assert_eq!(Parcel::default().received(at(5)), Err(Barred::NotShipped.into()));
    let there = shipped.received(at(5)).unwrap();
    assert_eq!(there.clone().received(at(6)).unwrap(), there);
    let later = there.clone().told(&news(State::Delivered, Some(6)), &until(9)).unwrap();
    assert_eq!(later, there);
    let unsaid = there.clone().told(&news(State::Delivered, None), &until(9)).unwrap();
    assert_eq!(unsaid, there);
    let earlier = there.told(&news(State::Delivered, Some(4)), &until(9)).unwrap();
    assert_eq!(earlier.delivered_at, Some(at(4)));
}

#[test]
fn what_was_delivered_had_left_by_then() {
    let shipped = Parcel::default().told(&news(State::Shipped, Some(3)), &until(9)).unwrap();
    let there = shipped.clone().told(&news(State::Delivered, Some(2)), &until(9)).unwrap();
    assert_eq!((there.shipped_at, there.delivered_at), (Some(at(2)), Some(at(2))));
    // Said again or later, the shipping is the one that was known.
    for hour in [None, Some(3), Some(6)] {
        assert_eq!(there.clone().told(&news(State::Shipped, hour), &until(9)).unwrap(), there);
    }
    let earlier = there.told(&news(State::Shipped, Some(1)), &until(9)).unwrap();
    assert_eq!((earlier.shipped_at, earlier.delivered_at), (Some(at(1)), Some(at(2))));
}

#[test]
fn times_that_cannot_be_are_named() {
    let shipped = Parcel::default().told(&news(State::Shipped, Some(3)), &until(9)).unwrap();
    let field = |parcel: &Parcel, state, hour| {
        parcel.clone().told(&news(state, hour), &until(9)).map_err(|(field, _)| field)
    };
    assert_eq!(field(&shipped, State::Shipped, Some(10)), Err("shipped_at"));
    assert_eq!(field(&shipped, State::Delivered, Some(10)), Err("delivered_at"));
    assert_eq!(field(&Parcel::default(), State::Delivered, None), Err("delivered_at"));
    // By hand nothing is moved along.
    let odd = Parcel { delivered_at: Some(at(2)), ..shipped.clone() };
    assert_eq!(shipped.becoming(odd, &until(9)).map_err(|(field, _)| field), Err("delivered_at"));
    // A wrong year is no time of this panel; what was kept before there was such a rule holds up nothing that is said today.
    for state in [State::Shipped, State::Delivered] {
        assert!(field(&shipped, state, Some(0)).is_err());
    }
    let old = Parcel { shipped_at: Some(at(-9)), ..Parcel::default() };
    assert_eq!(field(&old, State::Delivered, Some(2)).unwrap().delivered_at, Some(at(2)));
}

#[test]
fn a_delivery_is_told_when_it_was_first_said_to_be_then() {
    let shipped = Parcel::default().told(&news(State::Shipped, Some(1)), &until(2)).unwrap();
    assert_eq!(shipped.told_at, None);
    let there = shipped.told(&news(State::Delivered, Some(4)), &until(7)).unwrap();
    assert_eq!(there.told_at, Some(at(7)));
    for hour in [None, Some(4), Some(5)] {
        assert_eq!(there.told(&news(State::Delivered, hour), &until(8)).unwrap().told_at, Some(at(7)));
    }
    assert_eq!(there.clone().received(at(8)).unwrap().told_at, Some(at(7)));
    let earlier = there.told(&news(State::Delivered, Some(3)), &until(9)).unwrap();
    assert_eq!(earlier.told_at, Some(at(9)));
    let back = earlier.becoming(Parcel { delivered_at: None, ..earlier.clone() }, &until(9)).unwrap();
    assert_eq!(back.told_at, None);
}

#[test]
fn what_a_spreadsheet_made_of_a_number_is_no_number() {
    assert!(Tracking::try_from("612345678901").is_ok());
    for odd in ["6.12346E+11", "123", "=1+1", "12 34 56", "운송장"] {
        assert!(Tracking::try_from(odd).is_err(), "{odd}");
    }
}
