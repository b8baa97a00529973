//! Members who leave at the same moment: neither waits for the other while the other waits for them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use diesel::{
    QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query, sql_types::BigInt,
};
use domain::{ContestId, MemberId};
use futures_util::future::join;
use kit::databases::{Kind, Lease};
use persistence::{AloneWith, AnyConnection, Database, Settings, contests, members};
use uuid::Uuid;

use crate::{doors::member, plans::contests::contest, stamp};

/// A member who has a ballot in one contest, and judges another.
async fn voter_and_judge(db: &Database, nth: u8, [voted, judged]: [ContestId; 2]) -> MemberId {
    db.write(AloneWith::Nobody, move |tx| {
        let id = members::insert(tx, &stamp(i64::from(nth), nth), &member(&format!("m{nth}")))?.id;
        tx.batch_execute(&format!(
            "INSERT INTO contest_ballots (contest_id, member_id, voter, stars, state, signals, first_act, cast_at, changed_at, version)
             VALUES ('{voted}', '{id}', '{nth:016x}', '[]', 'counted', '[]', FALSE, now(), now(), 1);
             INSERT INTO contest_judges (contest_id, member_id, expertise, appointed_at, version)
             VALUES ('{judged}', '{id}', '{{}}', now(), 1)"
        ))?;
        Ok(id)
    })
    .await
    .unwrap()
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Goes on once so many wait for a lock.
async fn until_waiting(conn: &mut AnyConnection, wanted: i64) {
    const COUNT: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sql_query(COUNT).get_result::<Waiting>(conn).unwrap().count < wanted {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn two_who_leave_the_same_contests_at_once_are_forgotten_at_the_first_try() {
    // SQLite has one writer.
    for kind in kit::databases::kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let settings =
            Settings { location: lease.location.clone(), replica: None, connections: 4, queue: 256 };
        let db = Database::open(&settings).unwrap();
        let both @ [one, two] = [21, 22].map(|nth| ContestId::from(Uuid::from_u128(nth)));
        db.write(AloneWith::Nobody, move |tx| {
            for (id, nth) in both.into_iter().zip(100..) {
                contests::insert(tx, &stamp(0, nth), &domain::contests::Contest { id, ..contest() })?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let (ana, bo) =
            (voter_and_judge(&db, 1, [two, one]).await, voter_and_judge(&db, 2, [one, two]).await);

        let tries = Arc::new(AtomicUsize::new(0));
        let erase = |id: MemberId, nth: u8| {
            let tries = Arc::clone(&tries);
            db.write(AloneWith::Nobody, move |tx| {
                tries.fetch_add(1, Ordering::SeqCst);
                members::erasure::erase(tx, &stamp(10, nth), id)
            })
        };
        let (mut gate, mut looking) = (lease.location.connect().unwrap(), lease.location.connect().unwrap());
        let hold = format!("BEGIN; SELECT 1 FROM contests WHERE id = '{two}' FOR NO KEY UPDATE");
        gate.batch_execute(&hold).unwrap();
        let second = async {
            until_waiting(&mut looking, 1).await;
            let open = async {
                until_waiting(&mut looking, 2).await;
                drop(gate);
            };
            join(erase(bo, 51), open).await.0
        };
        let (first, second) = join(erase(ana, 50), second).await;
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        assert_eq!(tries.load(Ordering::SeqCst), 2, "nobody was in the way of somebody who was in theirs");
    }
}
