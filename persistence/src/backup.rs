//! Every row of an instance, taken out of one database and put into another of either kind.
//!
//! Which tables and columns there are is asked of the database itself (`tables`), and a value is written the same
//! wherever it comes from (`value`): a table that is added later needs nothing here.

mod filling;
mod references;
mod tables;
mod value;

use diesel::{
    Connection as _, QueryResult, RunQueryDsl as _,
    connection::{DefaultLoadingMode, SimpleConnection as _},
    pg::PgRowByRowLoadingMode,
    sql_query,
};

pub use self::{
    filling::Target,
    tables::{Column, LEFT_OUT, Table},
};
use self::{
    references::References,
    value::{Count, Fields, selection},
};
use crate::{
    batch,
    connection::{AnyConnection, Location, OpenError},
    database::AloneWith,
    error::Error,
    ideas::upkeep,
    migrations,
};

/// Why a backup was not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the database failed: {0}")]
    Rows(#[from] Error),
    #[error("{table}: {cause}")]
    Table { table: String, cause: String },
    #[error("the database is not empty ({0} has rows), and nothing is ever restored over what is there")]
    NotEmpty(String),
    #[error("the database has a migration that the backup has not ({0}): restore into a new, empty database")]
    Ahead(String),
    /// Whoever takes or gives the rows cannot go on.
    #[error("{0}")]
    Halted(String),
}

impl From<diesel::result::Error> for Failed {
    fn from(error: diesel::result::Error) -> Self {
        Self::Rows(error.into())
    }
}

impl Failed {
    fn of_table(table: &str, cause: impl std::fmt::Display) -> Self {
        Self::Table { table: table.to_owned(), cause: cause.to_string() }
    }
}

/// The rows of a database, held still.
pub struct Rows<'a> {
    conn: &'a mut AnyConnection,
    pub tables: Vec<Table>,
}

impl Rows<'_> {
    /// How many rows a table has.
    ///
    /// # Errors
    /// Only when the database fails.
    pub fn count(&mut self, table: &Table) -> Result<u64, Failed> {
        let statement = sql_query(format!("SELECT count(*) AS n FROM {}", table.quoted()));
        let Count { n } = match &mut *self.conn {
            AnyConnection::Sqlite(sqlite) => statement.get_result(sqlite)?,
            AnyConnection::Postgres(postgres) => statement.get_result(postgres)?,
        };
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// Gives each row of a table as a JSON array, in the order of its key and the same from either database. One row is in
    /// memory at a time.
    ///
    /// # Errors
    /// Those of `each`, and [`Failed::Table`] when a value cannot be written.
    pub fn read(
        &mut self,
        table: &Table,
        mut each: impl FnMut(&str) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let statement = sql_query(selection(self.conn, table));
        let mut line = String::new();
        let mut take = |fields: QueryResult<Fields>| {
            line.clear();
            let wrong = |cause: String| Failed::of_table(&table.name, cause);
            fields?.write(&table.columns, &mut line).map_err(wrong)?;
            each(&line)
        };
        match &mut *self.conn {
            AnyConnection::Sqlite(sqlite) => {
                statement.load_iter::<Fields, DefaultLoadingMode>(sqlite)?.try_for_each(&mut take)
            }
            AnyConnection::Postgres(postgres) => {
                statement.load_iter::<Fields, PgRowByRowLoadingMode>(postgres)?.try_for_each(&mut take)
            }
        }
    }
}

/// Looks at one moment of a database, however long that takes; others go on changing it.
///
/// # Errors
/// [`Failed`]; [`OpenError::Newer`] when a newer release has migrated the database.
pub fn snapshot<T>(
    location: &Location,
    look: impl FnOnce(&mut Rows<'_>, Vec<String>) -> Result<T, Failed>,
) -> Result<T, Failed> {
    if let Location::Sqlite(path) = location
        && !path.exists()
    {
        return Err(OpenError::Unreachable(format!("{} is not there", path.display())).into());
    }
    let mut connection = location.connect()?;
    connection.batch_execute(match connection {
        // Every page is read once: mapped, they would count as memory of this process for as long as it runs.
        AnyConnection::Sqlite(_) => "PRAGMA mmap_size = 0",
        // SQLite shows every statement of a transaction the same by itself.
        AnyConnection::Postgres(_) => {
            "SET statement_timeout = 0; SET default_transaction_read_only = on;
             SET default_transaction_isolation = 'repeatable read'"
        }
    })?;
    connection.transaction(|conn| {
        let migrations = migrations::applied(conn)?;
        migrations::ensure_known(&migrations)?;
        let tables = tables::kept(conn)?;
        look(&mut Rows { conn, tables }, migrations)
    })
}

/// What a backup says of the database it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The migrations it had, which gave it its form.
    pub migrations: Vec<String>,
    /// Each table with its columns, in the order of their values in a row.
    pub tables: Vec<(String, Vec<String>)>,
}

/// Fills an empty database: brings it to the form of the backup, lets `fill` put the rows in, brings it to the form of this
/// release and makes the search index anew. All of it happens, or nothing.
///
/// # Errors
/// [`Failed`], those of `fill` among them; the database is then as it was.
pub fn restore(
    location: &Location,
    origin: &Origin,
    fill: impl FnOnce(&mut Target<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    migrations::ensure_known(&origin.migrations)?;
    let new = match location {
        Location::Sqlite(path) if !path.exists() => Some(path),
        Location::Sqlite(_) | Location::Postgres(_) => None,
    };
    let outcome =
        location.connect().map_err(Failed::from).and_then(|connection| filled(connection, origin, fill));
    if let Some(path) = new.filter(|_| outcome.is_err()) {
        for end in ["", "-wal", "-shm"] {
            // What cannot be removed is an empty database, into which one can restore.
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }
    outcome
}

/// When this fails the connection goes, and with it all that was not committed.
fn filled(
    mut connection: AnyConnection,
    origin: &Origin,
    fill: impl FnOnce(&mut Target<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    // Alone from the beginning: a server that is just starting waits.
    batch::begin(&mut connection, AloneWith::Nobody)?;
    if let AnyConnection::Postgres(postgres) = &mut connection {
        postgres.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
    }
    migrations::lock(&mut connection)?;
    let ahead = migrations::applied(&mut connection)?;
    if let Some(unknown) = ahead.into_iter().find(|version| !origin.migrations.contains(version)) {
        return Err(Failed::Ahead(unknown));
    }
    migrations::run_those(&mut connection, |version| origin.migrations.iter().any(|known| known == version))?;
    let tables = tables::kept(&mut connection)?;
    let mut target = Target::new(Rows { conn: &mut connection, tables }, origin)?;
    target.ensure_empty()?;
    let references = References::lift(target.conn())?;
    fill(&mut target)?;
    references.put_back(target.conn())?;
    migrations::run_those(&mut connection, |_| true)?;
    upkeep::index_all(&mut connection)?;
    batch::commit(&mut connection)?;
    if let AnyConnection::Postgres(postgres) = &mut connection
        && let Err(error) = postgres.batch_execute("ANALYZE")
    {
        // Autovacuum does it within minutes.
        tracing::warn!(%error, "no statistics were gathered");
    }
    Ok(())
}
