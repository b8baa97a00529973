//! Segments over more members than are read or written at a time.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    SegmentId, Stamp,
    boards::Description,
    members::{Attribute, Attributes, DisplayName, Email, Locale, Role},
    segments::{Condition, Rule, Segment, SegmentName, Test, Weight},
};
use persistence::{AloneWith, Database, members, segments};

use crate::on_each_database;

fn at(millis: i64) -> Stamp {
    let start = DateTime::<Utc>::from_timestamp(1_760_000_000, 0).unwrap();
    Stamp::new(start + TimeDelta::milliseconds(millis), [7; 10])
}

/// Members whose attribute `nth` counts them.
async fn arrive(db: &Database, many: i64) {
    db.write(AloneWith::Nobody, move |tx| {
        for nth in 0..many {
            let new = members::NewMember {
                email: Email::try_from(&*format!("m{nth}@example.com")).unwrap(),
                display_name: DisplayName::try_from(&*format!("m{nth}")).unwrap(),
                email_verified: false,
                role: Role::Member,
                locale: Locale::Ko,
                attributes: Attributes::from([("nth".to_owned(), Attribute::Number(nth as f64))]),
                password_hash: None,
                sso_subject: None,
            };
            members::insert(tx, &at(nth), &new)?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

fn below(bound: i64) -> Rule {
    Rule::Where(Condition::new("nth", Test::LessThan(bound as f64)).unwrap())
}

fn segment(nth: i64, rule: Rule) -> Segment {
    let stamp = at(1_000_000 + nth);
    Segment {
        id: stamp.id(0),
        name: SegmentName::try_from("하나").unwrap(),
        description: Description::default(),
        rule,
        weight: Weight::default(),
        member_count: 0,
        created_at: stamp.at,
        updated_at: stamp.at,
        version: 1,
    }
}

async fn counts(db: &Database, id: SegmentId) -> (i64, i64) {
    db.read(move |tx| {
        let first = segments::demand::population(tx)?.strata[&id].members;
        Ok((segments::find(tx, id)?.member_count, first))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_rule_is_asked_of_every_member_however_many() {
    let many = std::env::var("MADANG_MANY_MEMBERS").ok().and_then(|many| many.parse().ok()).unwrap_or(2_500);
    on_each_database(async |_, db| {
        arrive(db, many).await;
        let (half, all) = (segment(1, below(many / 2)), segment(2, below(many)));
        let started = Instant::now();
        for segment in [half.clone(), all.clone()] {
            let stamp = Stamp::new(segment.created_at, [9; 10]);
            db.write(AloneWith::Nobody, move |tx| segments::insert(tx, &stamp, &segment)).await.unwrap();
        }
        eprintln!("two rules over {many} members: {:?}", started.elapsed());
        assert_eq!(counts(db, half.id).await, (many / 2, many / 2));
        assert_eq!(counts(db, all.id).await, (many, many - many / 2));

        let started = Instant::now();
        let (before, stamp) = (half.clone(), at(2_000_000));
        let after = Segment { rule: Rule::Not(Box::new(below(10))), version: 2, ..half.clone() };
        db.write(AloneWith::Nobody, move |tx| segments::update(tx, &stamp, &before, &after)).await.unwrap();
        eprintln!("one turned round: {:?}", started.elapsed());
        assert_eq!(counts(db, half.id).await, (many - 10, many - 10));
        assert_eq!(counts(db, all.id).await, (many, 10));

        let stamp = at(3_000_000);
        db.write(AloneWith::Nobody, move |tx| segments::delete(tx, &stamp, half.id)).await.unwrap();
        assert_eq!(counts(db, all.id).await, (many, many));
        assert_eq!(db.write(AloneWith::Nobody, segments::recount).await.unwrap(), 0);
    })
    .await;
}
