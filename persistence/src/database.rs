//! The two doors: [`Database::read`] looks, [`Database::write`] changes. Nothing else holds a connection.
//!
//! Each door is a bounded queue before a few threads, each with a connection of its own, so a closure never blocks an
//! async worker, and when more wait than can be served in time the answer is [`Error::Unavailable`] instead of a pile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    batch,
    connection::{AnyConnection, Location, OpenError},
    error::{Error, Result},
    migrations,
};

/// What a change must have for itself while it runs. On SQLite every change is alone anyway; on PostgreSQL it takes an
/// advisory lock on that name first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AloneWith {
    Member(Uuid),
    Idea(Uuid),
    /// A constraint or a conditional update guards the rule, or the closure locks the row of a contest or a panel itself
    /// (`be_alone_with`, `share`), which others wait for.
    Nobody,
}

/// How to open a [`Database`].
#[derive(Debug, Clone)]
pub struct Settings {
    pub location: Location,
    /// A replica, which may lag behind, for [`Database::read_afar`].
    pub replica: Option<Location>,
    /// Connections for reading, and on PostgreSQL as many again for writing.
    pub connections: usize,
    /// How many closures may wait at each door.
    pub queue: usize,
}

/// The rows, behind two doors.
#[derive(Clone)]
pub struct Database {
    reads: Door,
    /// To a replica, where there is one.
    replica: Option<Door>,
    writes: Door,
}

pub(crate) type Job = Box<dyn batch::Run + Send>;

#[derive(Clone)]
struct Door {
    jobs: Sender<Job>,
    busy: Arc<AtomicUsize>,
    threads: usize,
}

/// How a door is doing.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub waiting: usize,
    pub busy: usize,
    pub threads: usize,
}

impl Database {
    /// Opens the database, migrates it, and starts the threads behind the doors.
    ///
    /// # Errors
    /// [`OpenError`] in words for whoever set it up.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        // Opened once and alone, before the others: two connections racing to set WAL fail with "database is locked".
        let mut first = settings.location.connect()?;
        for name in migrations::migrate(&mut first)? {
            tracing::info!(migration = name, "migrated");
        }
        let writers = if matches!(first, AnyConnection::Sqlite(_)) { 1 } else { settings.connections };
        let writes = Door::open("write", &settings.location, first, writers, settings.queue)?;
        let reads = |name, location: &Location| {
            Door::open(name, location, location.connect()?, settings.connections, settings.queue)
        };
        let replica = settings.replica.as_ref().map(|location| reads("replica", location)).transpose()?;
        Ok(Self { reads: reads("read", &settings.location)?, replica, writes })
    }

    /// Looks at rows.
    ///
    /// # Errors
    /// What the closure says, or [`Error::Unavailable`] when too many wait or the database is away.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.reads.look(look).await
    }

    /// Looks at rows on the replica, if there is one, which may lag behind: for those who have changed nothing themselves.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn read_afar<T: Send + 'static>(
        &self,
        look: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.replica.as_ref().unwrap_or(&self.reads).look(look).await
    }

    /// Changes rows: all that the closure does is stored, or nothing. A closure may run again after a deadlock or a lost
    /// connection, so it touches rows only; read the clock and draw ids before it.
    ///
    /// # Errors
    /// As [`Database::read`]; besides [`Error::Contended`] when it lost against others several times.
    pub async fn write<T: Send + 'static>(
        &self,
        alone_with: AloneWith,
        change: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (job, answer) = batch::change(alone_with, change);
        self.writes.enter(job)?;
        answer.await.unwrap_or_else(|_| Err(Error::Broken("a change vanished".to_owned())))
    }

    #[must_use]
    pub fn load_of_reads(&self) -> Load {
        self.reads.load()
    }

    #[must_use]
    pub fn load_of_writes(&self) -> Load {
        self.writes.load()
    }
}

impl Door {
    fn open(
        name: &'static str,
        location: &Location,
        first: AnyConnection,
        threads: usize,
        queue: usize,
    ) -> Result<Self, OpenError> {
        let (jobs, waiting) = bounded::<Job>(queue);
        let busy = Arc::new(AtomicUsize::new(0));
        let mut connections = vec![first];
        for _ in 1..threads {
            connections.push(location.connect()?);
        }
        for (number, connection) in connections.into_iter().enumerate() {
            let worker =
                Worker { location: location.clone(), jobs: waiting.clone(), busy: Arc::clone(&busy) };
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || worker.run(connection))
                .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        }
        Ok(Self { jobs, busy, threads })
    }

    async fn look<T: Send + 'static>(
        &self,
        look: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (job, answer) = batch::look(look);
        self.enter(job)?;
        answer.await.unwrap_or_else(|_| Err(Error::Broken("a read vanished".to_owned())))
    }

    fn enter(&self, job: Job) -> Result<()> {
        match self.jobs.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Error::Unavailable("the queue is full".to_owned())),
            Err(TrySendError::Disconnected(_)) => Err(Error::Broken("the door is shut".to_owned())),
        }
    }

    fn load(&self) -> Load {
        Load { waiting: self.jobs.len(), busy: self.busy.load(Ordering::Relaxed), threads: self.threads }
    }
}

/// How many waiting changes SQLite stores with one commit, and so with one wait for the disk.
const MOST_TOGETHER: usize = 64;

struct Worker {
    location: Location,
    jobs: Receiver<Job>,
    busy: Arc<AtomicUsize>,
}

impl Worker {
    /// Serves until the last [`Database`] is gone.
    fn run(self, connection: AnyConnection) {
        let mut connection = Some(connection);
        while let Ok(job) = self.jobs.recv() {
            self.busy.fetch_add(1, Ordering::Relaxed);
            connection = self.serve(connection, job);
            self.busy.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Runs the job, and on SQLite whatever waits behind it; gives the connection back if it is still good.
    fn serve(&self, connection: Option<AnyConnection>, job: Job) -> Option<AnyConnection> {
        let mut connection = connection;
        let mut jobs = vec![job];
        // A second round, on a new connection, for what the loss of the first left undone.
        for _ in 0..2 {
            let mut open = match connection.take().map_or_else(|| self.location.connect(), Ok) {
                Ok(open) => open,
                Err(error) => {
                    tracing::error!(%error, "no connection");
                    jobs.into_iter().for_each(|job| job.give_up(&error.to_string()));
                    // Whoever waits next should not hammer a server that is away.
                    thread::sleep(Duration::from_millis(50));
                    return None;
                }
            };
            if matches!(open, AnyConnection::Sqlite(_)) && jobs.iter().all(|job| job.is_change()) {
                jobs.extend(self.jobs.try_iter().take(MOST_TOGETHER - jobs.len()));
            }
            match batch::run(&mut open, jobs) {
                batch::After::Sound => return Some(open),
                batch::After::Lost(undone) => jobs = undone,
            }
        }
        jobs.into_iter().for_each(|job| job.give_up("connection lost"));
        None
    }
}

/// One end of the wire between a closure on its thread and the request that waits for it.
pub(crate) type Answer<T> = oneshot::Receiver<Result<T>>;
