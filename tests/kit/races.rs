//! Races: requests that are all under way before the first is done, in an order that the test says.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query,
    sql_types::BigInt,
};
use futures_util::future::{LocalBoxFuture, join, join_all};
use persistence::AnyConnection;
use tokio::sync::oneshot;

use crate::TestApp;

/// How long a request may take to come to where it waits; shorter than a change waits for its turn.
const PATIENCE: Duration = Duration::from_secs(8);

impl TestApp {
    /// What requests about a panel, a contest or an entry are answered that race each other. On PostgreSQL its row is held, and each
    /// request is sent when the one before waits for it, or for one that does, or was answered without waiting; then they go on in their
    /// order. SQLite has one writer, so there they are sent at once, and take turns as they come.
    pub async fn seed_race<T>(&self, about: &str, requests: Vec<LocalBoxFuture<'_, T>>) -> Vec<T> {
        let mut gate = match self.config.database.connect().unwrap() {
            AnyConnection::Sqlite(_) => None,
            AnyConnection::Postgres(connection) => Some(Gate::shut(connection, about)),
        };
        let answered = Cell::new(0);
        let (starts, signals): (Vec<_>, Vec<_>) = requests.iter().map(|_| oneshot::channel()).unzip();
        let runs = requests.into_iter().zip(signals).map(async |(request, signal)| {
            signal.await.unwrap();
            let answer = request.await;
            answered.set(answered.get() + 1);
            answer
        });
        let start = async {
            for (nth, start) in (1..).zip(starts) {
                start.send(()).unwrap();
                if let Some(gate) = &mut gate {
                    gate.until(|waiting| waiting + answered.get() >= nth).await;
                }
            }
            drop(gate);
        };
        join(join_all(runs), start).await.0
    }
}

/// A connection that holds the row of a panel, a contest or an entry until it is dropped.
struct Gate(PgConnection);

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Gate {
    fn shut(mut connection: PgConnection, id: &str) -> Self {
        let hold = |table| format!("; SELECT 1 FROM {table} WHERE id = '{id}' FOR NO KEY UPDATE");
        let held: String = ["panels", "contests", "contest_entries"].map(hold).concat();
        connection.batch_execute(&format!("BEGIN{held}")).unwrap();
        Self(connection)
    }

    /// Looks how many wait for a lock in this database until it is as wanted.
    async fn until(&mut self, wanted: impl Fn(i64) -> bool) {
        // Who is connected is otherwise told as of the first time that a transaction asks.
        const ANEW: &str = "SELECT pg_stat_clear_snapshot()";
        const COUNT: &str = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let started = Instant::now();
        loop {
            self.0.batch_execute(ANEW).unwrap();
            if wanted(sql_query(COUNT).get_result::<Waiting>(&mut self.0).unwrap().count) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "a request neither waits nor is answered");
            tokio::task::yield_now().await;
        }
    }
}
