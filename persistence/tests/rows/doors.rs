//! The doors on both databases: all or nothing, each for itself, and back after a lost connection.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use domain::{
    Actor, IdeaId, MemberId, Refusal,
    boards::{Board, BoardName, Description, Slug},
    ideas::{Body, Tags, Title, Words},
    members::{Attributes, DisplayName, Email, Locale, Role},
};
use futures_util::future::join_all;
use kit::databases::{Kind, Lease};
use persistence::{
    AloneWith, AnyConnection, Database, Error, Settings, boards,
    ideas::{self, NewIdea, upkeep},
    members, votes,
};

use crate::{on_each_database, stamp};

pub fn member(name: &str) -> members::NewMember {
    members::NewMember {
        email: Email::try_from(&*format!("{name}@example.com")).unwrap(),
        display_name: DisplayName::try_from(name).unwrap(),
        email_verified: false,
        role: Role::Member,
        locale: Locale::Ko,
        attributes: Attributes::new(),
        password_hash: None,
        sso_subject: None,
    }
}

async fn an_idea(db: &Database) -> IdeaId {
    db.write(AloneWith::Nobody, |tx| {
        let stamp = stamp(0, 200);
        let (name, slug) = (BoardName::try_from("앱").unwrap(), Slug::try_from("app").unwrap());
        let board = Board::open(stamp.id(0), name, slug, Description::default(), stamp.at);
        boards::insert(tx, &stamp, &board)?;
        let words = Words {
            title: Title::try_from("다크 모드").unwrap(),
            body: Body::default(),
            tags: Tags::default(),
        };
        let told = crate::stamp(0, 100);
        let new =
            NewIdea { board: board.id, author: None, words, source_id: None, carried_votes: 3, held: false };
        ideas::insert(tx, &told, &told, &new)
    })
    .await
    .unwrap()
}

async fn a_member(db: &Database, nth: u8) -> MemberId {
    let new = member(&format!("m{nth}"));
    db.write(AloneWith::Nobody, move |tx| Ok(members::insert(tx, &stamp(0, nth), &new)?.id)).await.unwrap()
}

#[tokio::test]
async fn a_refused_change_leaves_nothing_and_harms_no_other() {
    on_each_database(async |_, db| {
        let changes = (0..60u8).map(|nth| {
            db.write(AloneWith::Nobody, move |tx| {
                let made = members::insert(tx, &stamp(0, nth), &member(&format!("m{nth}")))?;
                match nth % 3 {
                    0 => Ok(made.id),
                    1 => Err(Refusal::IdeaClosed.into()),
                    _ => panic!("a closure that panics"),
                }
            })
        });
        for (nth, outcome) in join_all(changes).await.into_iter().enumerate() {
            match nth % 3 {
                0 => assert!(outcome.is_ok(), "{nth}: {outcome:?}"),
                1 => assert!(matches!(outcome, Err(Error::Refused(Refusal::IdeaClosed))), "{outcome:?}"),
                _ => assert!(matches!(outcome, Err(Error::Broken(_))), "{outcome:?}"),
            }
        }
        let stored = db.read(|tx| members::count(tx, &members::Filter::default())).await.unwrap();
        assert_eq!(stored, 20);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_lost_runs_again_and_then_gives_up() {
    on_each_database(async |_, db| {
        let runs = Arc::new(AtomicUsize::new(0));
        let contended = |until: usize| {
            let runs = Arc::clone(&runs);
            db.write(AloneWith::Nobody, move |_| match runs.fetch_add(1, Ordering::SeqCst) + 1 {
                nth if nth < until => Err(Error::Contended),
                nth => Ok(nth),
            })
        };
        assert_eq!(contended(3).await.unwrap(), 3);
        runs.store(0, Ordering::SeqCst);
        assert!(matches!(contended(usize::MAX).await, Err(Error::Contended)));
        assert!(runs.load(Ordering::SeqCst) >= 3);
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_is_opened_again_without_anybody_noticing() {
    on_each_database(async |kind, db| {
        if kind == Kind::Sqlite {
            return;
        }
        for round in 0..3u8 {
            db.write(AloneWith::Nobody, |tx| {
                tx.batch_execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )?;
                Ok(())
            })
            .await
            .unwrap();
            let reads =
                join_all((0..8).map(|_| db.read(|tx| members::count(tx, &members::Filter::default())))).await;
            assert!(reads.iter().all(Result::is_ok), "{reads:?}");
            let writes = (0..8u8).map(|nth| {
                let name = format!("r{round}m{nth}");
                db.write(AloneWith::Nobody, move |tx| {
                    members::insert(tx, &stamp(i64::from(round), nth), &member(&name))
                })
            });
            let writes = join_all(writes).await;
            assert!(writes.iter().all(Result::is_ok), "{writes:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn votes_cast_and_taken_back_leave_count_and_score_as_their_rows() {
    on_each_database(async |_, db| {
        let idea = an_idea(db).await;
        let mut people = Vec::new();
        for nth in 0..12 {
            people.push(a_member(db, nth).await);
        }
        let find = move |tx: &mut AnyConnection| Ok::<_, Error>(ideas::find(tx, &Actor::System, idea)?.0);
        for (nth, person) in (0u8..).zip(people.clone()) {
            // Years apart, so that a fresh vote drowns everything before it.
            let at = i64::from(nth) * 400 * 86_400;
            let cast = db.write(AloneWith::Nobody, move |tx| {
                let idea = find(tx)?;
                votes::cast(tx, &stamp(at + 1, nth), &idea, person)
            });
            assert_eq!(cast.await.unwrap(), i64::from(nth) + 4);
        }
        for (nth, person) in (0..12u8).zip(people).rev().take(11) {
            let back = db.write(AloneWith::Nobody, move |tx| {
                let idea = find(tx)?;
                votes::withdraw(tx, &stamp(2, nth), &idea, person)
            });
            assert_eq!(back.await.unwrap(), i64::from(nth) + 3);
            let found = db.write(AloneWith::Nobody, |tx| upkeep::recount(tx, None, 10)).await.unwrap();
            assert_eq!((found.ideas, found.counters, found.scores), (1, 0, 0), "after {nth}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_recount_finds_drift_and_mends_it() {
    on_each_database(async |_, db| {
        an_idea(db).await;
        let spoil = db.write(AloneWith::Nobody, |tx| {
            tx.batch_execute("UPDATE ideas SET vote_count = vote_count + 5, trending = trending + 1")?;
            Ok(())
        });
        spoil.await.unwrap();
        let recount = || db.write(AloneWith::Nobody, |tx| upkeep::recount(tx, None, 10));
        let found = recount().await.unwrap();
        assert_eq!((found.counters, found.scores), (1, 1));
        let found = recount().await.unwrap();
        assert_eq!((found.counters, found.scores), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn of_many_nodes_one_has_the_turn() {
    on_each_database(async |_, db| {
        let turn = |hours: i64| {
            let now = stamp(0, 0).at + TimeDelta::hours(hours);
            db.write(AloneWith::Nobody, move |tx| upkeep::take_turn(tx, "job", now, TimeDelta::hours(1)))
        };
        for hour in 0..3 {
            let told = join_all((0..8).map(|_| turn(hour))).await;
            let yes = told.iter().filter(|told| matches!(told, Ok(true))).count();
            let odd = told.iter().filter(|told| !matches!(told, Ok(_) | Err(Error::Taken(_)))).count();
            assert_eq!((yes, odd), (1, 0), "{told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_stored_outlives_a_process_that_is_killed() {
    // The file as another process finds it while this one still holds it open: nothing is flushed by closing.
    let folder = tempfile::tempdir().unwrap();
    let lease = Lease::new(Kind::Sqlite, folder.path());
    let settings = Settings { location: lease.location.clone(), replica: None, connections: 1, queue: 16 };
    let db = Database::open(&settings).unwrap();
    a_member(&db, 1).await;
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let found = Lease::new(Kind::Sqlite, copy.path());
    let settings = Settings { location: found.location.clone(), ..settings };
    let db = Database::open(&settings).unwrap();
    assert_eq!(db.read(|tx| members::count(tx, &members::Filter::default())).await.unwrap(), 1);
}
