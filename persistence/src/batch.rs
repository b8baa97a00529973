//! Running closures in transactions: one by one on PostgreSQL, several to a commit on SQLite.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::{
    RunQueryDsl as _,
    connection::{AnsiTransactionManager, TransactionManager},
    sql_types::BigInt,
};
use tokio::sync::oneshot;

use crate::{
    connection::AnyConnection,
    database::{AloneWith, Answer, Job},
    error::{Error, Result},
};

/// How often a change that lost against another is tried in all.
const TRIES: usize = 5;

/// A closure that waits at a door, with the wire its answer goes back on.
pub(crate) trait Run {
    fn is_change(&self) -> bool;
    fn alone_with(&self) -> AloneWith;
    /// Runs the closure and keeps its outcome.
    fn attempt(&mut self, connection: &mut AnyConnection) -> Verdict;
    /// Sends the outcome off.
    fn answer(self: Box<Self>);
    /// Sends off that it could not be done.
    fn fail(self: Box<Self>, error: Error);
    fn give_up(self: Box<Self>, cause: &str) {
        self.fail(Error::Unavailable(cause.to_owned()));
    }
}

/// What an outcome means for the transaction and the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
    Retry,
    /// The connection is gone.
    Lost,
}

struct Waiting<T, F> {
    closure: F,
    kind: Option<AloneWith>,
    outcome: Option<Result<T>>,
    wire: oneshot::Sender<Result<T>>,
}

pub(crate) fn look<T: Send + 'static>(
    closure: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
) -> (Job, Answer<T>) {
    waiting(None, closure)
}

pub(crate) fn change<T: Send + 'static>(
    alone_with: AloneWith,
    closure: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
) -> (Job, Answer<T>) {
    waiting(Some(alone_with), closure)
}

fn waiting<T: Send + 'static>(
    kind: Option<AloneWith>,
    closure: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
) -> (Job, Answer<T>) {
    let (wire, answer) = oneshot::channel();
    (Box::new(Waiting { closure, kind, outcome: None, wire }), answer)
}

impl<T, F> Run for Waiting<T, F>
where
    T: Send,
    F: Fn(&mut AnyConnection) -> Result<T> + Send,
{
    fn is_change(&self) -> bool {
        self.kind.is_some()
    }

    fn alone_with(&self) -> AloneWith {
        self.kind.unwrap_or(AloneWith::Nobody)
    }

    fn attempt(&mut self, connection: &mut AnyConnection) -> Verdict {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.closure)(connection)));
        let outcome = outcome.unwrap_or_else(|_| Err(Error::Broken("a closure panicked".to_owned())));
        let verdict = match &outcome {
            Ok(_) => Verdict::Keep,
            Err(Error::Contended) => Verdict::Retry,
            Err(Error::Unavailable(_)) => Verdict::Lost,
            Err(Error::Refused(_) | Error::Missing | Error::Taken(_) | Error::Broken(_)) => Verdict::Undo,
        };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Nobody listens when the client has hung up; what was stored stays stored.
            let _ = self.wire.send(outcome);
        }
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.wire.send(Err(error));
    }
}

/// What became of a connection.
pub(crate) enum After {
    Sound,
    /// It is gone; these have not been done, nor answered.
    Lost(Vec<Job>),
}

/// Runs the jobs and answers each that was done.
pub(crate) fn run(connection: &mut AnyConnection, mut jobs: Vec<Job>) -> After {
    if jobs.len() > 1 {
        return run_together(connection, jobs);
    }
    match jobs.pop() {
        None => After::Sound,
        Some(job) if job.is_change() => run_change(connection, job),
        Some(mut job) => match job.attempt(connection) {
            Verdict::Lost => After::Lost(vec![job]),
            Verdict::Keep | Verdict::Undo | Verdict::Retry => {
                job.answer();
                After::Sound
            }
        },
    }
}

fn run_change(connection: &mut AnyConnection, mut job: Job) -> After {
    for attempt in 1..=TRIES {
        let verdict = match begin(connection, job.alone_with()) {
            Ok(()) => job.attempt(connection),
            Err(Error::Contended) if attempt < TRIES => Verdict::Retry,
            Err(Error::Unavailable(_)) => Verdict::Lost,
            Err(error) => {
                job.fail(error);
                return undo(connection);
            }
        };
        if verdict == Verdict::Keep {
            match commit(connection) {
                Ok(()) => {
                    job.answer();
                    return After::Sound;
                }
                Err(Error::Contended) if attempt < TRIES => continue,
                // Nobody can tell whether it was stored, so it is not tried again.
                Err(error) => {
                    job.fail(error);
                    return After::Lost(Vec::new());
                }
            }
        }
        let undone = undo(connection);
        match (verdict, undone) {
            (Verdict::Lost, _) | (_, After::Lost(_)) => return After::Lost(vec![job]),
            (Verdict::Retry, After::Sound) if attempt < TRIES => {}
            (_, After::Sound) => {
                job.answer();
                return After::Sound;
            }
        }
    }
    After::Sound
}

/// Several changes with one commit, each in a savepoint of its own: they wait for the disk once. When the commit fails,
/// or a closure leaves the connection in doubt, none of them is stored, and each is run again alone.
fn run_together(connection: &mut AnyConnection, mut jobs: Vec<Job>) -> After {
    let together = begin(connection, AloneWith::Nobody).and_then(|()| {
        for job in &mut jobs {
            AnyConnection::begin_transaction(connection)?;
            match job.attempt(connection) {
                Verdict::Keep => AnyConnection::commit_transaction(connection)?,
                Verdict::Undo => AnyConnection::rollback_transaction(connection)?,
                Verdict::Retry | Verdict::Lost => return Err(Error::Contended),
            }
        }
        commit(connection)
    });
    if together.is_ok() {
        for job in jobs {
            job.answer();
        }
        return After::Sound;
    }
    let mut state = undo(connection);
    let mut rest = Vec::new();
    for job in jobs {
        match state {
            After::Sound => state = run_change(connection, job),
            After::Lost(_) => rest.push(job),
        }
    }
    match state {
        After::Sound => After::Sound,
        After::Lost(mut undone) => {
            undone.extend(rest);
            After::Lost(undone)
        }
    }
}

/// Leaves whatever transaction is open.
fn undo(connection: &mut AnyConnection) -> After {
    loop {
        match AnyConnection::transaction_manager_status_mut(connection).transaction_depth() {
            Ok(None) => return After::Sound,
            Ok(Some(_)) if AnyConnection::rollback_transaction(connection).is_ok() => {}
            Ok(Some(_)) | Err(_) => return After::Lost(Vec::new()),
        }
    }
}

pub(crate) fn begin(connection: &mut AnyConnection, alone_with: AloneWith) -> Result<()> {
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE").map_err(Error::from)
        }
        AnyConnection::Postgres(postgres) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN")?;
            lock(connection, alone_with)
        }
    }
}

/// Waits until no other change is alone with it, and then is. On SQLite every change is alone anyway.
pub(crate) fn lock(connection: &mut AnyConnection, alone_with: AloneWith) -> Result<()> {
    match (connection, lock_of(alone_with)) {
        (AnyConnection::Postgres(postgres), Some(name)) => {
            diesel::select(pg_advisory_xact_lock(name)).execute(postgres)?;
            Ok(())
        }
        _ => Ok(()),
    }
}

pub(crate) fn commit(connection: &mut AnyConnection) -> Result<()> {
    AnyConnection::commit_transaction(connection).map_err(Error::from)
}

diesel::define_sql_function! {
    fn pg_advisory_xact_lock(name: BigInt);
}

/// The number of the lock: the kind in the sign bit, the rest from the random end of the id. Two names that share a
/// number only wait for each other.
fn lock_of(alone_with: AloneWith) -> Option<i64> {
    let (kind, id) = match alone_with {
        AloneWith::Nobody => return None,
        AloneWith::Member(id) => (0, id),
        AloneWith::Idea(id) => (1u64 << 63, id),
    };
    let (_, random) = id.as_u64_pair();
    Some((random & !(1 << 63) | kind).cast_signed())
}
