//! Migrations: the same names for both databases.

use diesel::{
    QueryDsl as _, RunQueryDsl as _,
    backend::Backend,
    connection::SimpleConnection as _,
    migration::{Migration as _, MigrationSource},
    pg::Pg,
    sql_types::Bool,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, OpenError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the database to the present form; safe to run on many nodes at once. Returns the names of what it ran.
///
/// # Errors
/// [`OpenError::Migration`] when a step fails (nothing of that step stays), [`OpenError::Newer`] when the database is ahead.
pub fn migrate(connection: &mut AnyConnection) -> Result<Vec<String>, OpenError> {
    let failed = |error: &dyn std::fmt::Display| OpenError::Migration(error.to_string());
    match connection {
        AnyConnection::Sqlite(sqlite) => run(sqlite, SQLITE),
        AnyConnection::Postgres(postgres) => {
            // One node migrates, the others wait and then find nothing to do. The lock ends with the statement below.
            postgres
                .batch_execute("SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock(hashtext('madang migrate'))")
                .map_err(|error| failed(&error))?;
            let outcome = run(postgres, POSTGRES);
            postgres
                .batch_execute(
                    "SELECT pg_advisory_unlock(hashtext('madang migrate')); SET lock_timeout = '10s'; SET statement_timeout = '30s'",
                )
                .map_err(|error| failed(&error))?;
            outcome
        }
    }
}

/// Waits, to the end of the transaction, until no other node migrates; SQLite has one writer anyway.
pub(crate) fn lock(connection: &mut AnyConnection) -> Result<(), OpenError> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(postgres) => postgres
            .batch_execute("SELECT pg_advisory_xact_lock(hashtext('madang migrate'))")
            .map_err(|error| OpenError::Migration(error.to_string())),
    }
}

/// Runs those of the steps that were not yet, in the transaction that is open.
pub(crate) fn run_those(
    connection: &mut AnyConnection,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), OpenError> {
    match connection {
        AnyConnection::Sqlite(sqlite) => run_some(sqlite, SQLITE, wanted),
        AnyConnection::Postgres(postgres) => run_some(postgres, POSTGRES, wanted),
    }
}

fn run_some<C, DB>(
    connection: &mut C,
    source: EmbeddedMigrations,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), OpenError>
where
    DB: Backend,
    C: MigrationHarness<DB> + diesel::Connection<Backend = DB>,
{
    let failed = |error: &dyn std::fmt::Display| OpenError::Migration(error.to_string());
    for step in connection.pending_migrations(source).map_err(|error| failed(&error))? {
        if wanted(&step.name().version().to_string()) {
            connection.run_migration(&step).map_err(|error| failed(&error))?;
        }
    }
    Ok(())
}

/// The steps a database has had, in their order; none where it is empty.
///
/// # Errors
/// [`OpenError::Migration`] when it cannot be read.
pub(crate) fn applied(connection: &mut AnyConnection) -> Result<Vec<String>, OpenError> {
    let failed = |error: &dyn std::fmt::Display| OpenError::Migration(error.to_string());
    // Only read: diesel's own question makes its table where there is none, which a look may not.
    let known = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT count(*) > 0 AS known FROM sqlite_schema WHERE name = '__diesel_schema_migrations'"
        }
        AnyConnection::Postgres(_) => "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS known",
    };
    let known = diesel::dsl::sql::<Bool>(known);
    if !known.get_result::<bool>(connection).map_err(|error| failed(&error))? {
        return Ok(Vec::new());
    }
    __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version)
        .load(connection)
        .map_err(|error| failed(&error))
}

/// # Errors
/// [`OpenError::Newer`] names the first that this release does not know.
pub(crate) fn ensure_known(found: &[String]) -> Result<(), OpenError> {
    let known = versions::<Sqlite>(&SQLITE)?;
    match found.iter().find(|version| !known.contains(version)) {
        Some(unknown) => Err(OpenError::Newer(unknown.clone())),
        None => Ok(()),
    }
}

/// Whether the database is in the present form.
///
/// # Errors
/// As [`migrate`].
pub fn is_current(connection: &mut AnyConnection) -> Result<bool, OpenError> {
    // Only read: diesel's own question makes its table where there is none, which a replica refuses.
    let applied: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load(connection)
        .map_err(|error| OpenError::Migration(error.to_string()))?;
    let known = match connection {
        AnyConnection::Sqlite(_) => versions::<Sqlite>(&SQLITE)?,
        AnyConnection::Postgres(_) => versions::<Pg>(&POSTGRES)?,
    };
    Ok(known.iter().all(|version| applied.contains(version)))
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

fn versions<DB: Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, OpenError> {
    let migrations = MigrationSource::<DB>::migrations(source);
    let migrations = migrations.map_err(|error| OpenError::Migration(error.to_string()))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn run<C, DB>(connection: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>, OpenError>
where
    DB: Backend,
    C: MigrationHarness<DB> + diesel::Connection<Backend = DB>,
{
    let failed = |error: &dyn std::fmt::Display| OpenError::Migration(error.to_string());
    let known = versions::<DB>(&source)?;
    let applied = connection.applied_migrations().map_err(|error| failed(&error))?;
    if let Some(unknown) = applied.iter().find(|version| !known.contains(&version.to_string())) {
        return Err(OpenError::Newer(unknown.to_string()));
    }
    let ran = connection.run_pending_migrations(source).map_err(|error| failed(&error))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}
