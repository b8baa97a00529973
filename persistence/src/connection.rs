//! Connections to either database, chosen by the scheme of the URL.

use std::{fs, path::PathBuf, time::Duration};

use diesel::{
    Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    define_sql_function,
    sql_types::{Double, Integer, Text},
};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

define_sql_function! {
    /// [`domain::ranking::with_vote`].
    fn madang_with_vote(score: Double, weight: Double) -> Double;
}

define_sql_function! {
    /// [`domain::ranking::without_vote`].
    fn madang_without_vote(score: Double, weight: Double, base: Double) -> Double;
}

define_sql_function! {
    /// The place of the needle in the haystack, from 1; 0 where it is not.
    fn instr(haystack: Text, needle: Text) -> Integer;
}

/// Why a database cannot be used, in words for whoever set it up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("must begin with sqlite:// or postgres://, not `{0}`")]
    UnknownScheme(String),
    #[error("must name a file after sqlite://")]
    NoPath,
    #[error("cannot make the folder {folder}: {cause}")]
    Folder { folder: String, cause: String },
    #[error("cannot open the database: {0}")]
    Unreachable(String),
    #[error("the database is {found}, but {least} or newer is needed")]
    TooOld { found: String, least: &'static str },
    #[error("cannot migrate the database: {0}")]
    Migration(String),
    #[error("the database was migrated by a newer release (unknown migration {0}); run that one")]
    Newer(String),
}

/// Where the rows are.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// The path of the file.
    Sqlite(PathBuf),
    /// A URL for libpq.
    Postgres(String),
}

impl std::fmt::Debug for Location {
    /// As a URL, with the password hidden.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = match self {
            Self::Sqlite(path) => return write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => url,
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
        let (main, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let main = match main.rsplit_once('@') {
            Some((user, host)) => format!("{}:***@{host}", user.split(':').next().unwrap_or("")),
            None => main.to_owned(),
        };
        let shown =
            parameters.split('&').filter(|part| !part.is_empty()).map(|part| match part.split_once('=') {
                Some((name, _)) if name.contains("password") => format!("{name}=***"),
                _ => part.to_owned(),
            });
        write!(f, "{scheme}://{main} {}", shown.collect::<Vec<_>>().join(" "))
    }
}

impl Location {
    /// # Errors
    /// [`OpenError::UnknownScheme`] or [`OpenError::NoPath`]; a mistyped URL never becomes a new file.
    pub fn of_url(url: &str) -> Result<Self, OpenError> {
        match url.split_once("://") {
            Some(("sqlite", "" | ":memory:")) => Err(OpenError::NoPath),
            Some(("sqlite", path)) => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            Some((scheme, _)) => Err(OpenError::UnknownScheme(format!("{scheme}://"))),
            None => Err(OpenError::UnknownScheme(url.chars().take(12).collect())),
        }
    }

    /// Opens a connection for [`crate::Database`] to use.
    ///
    /// # Errors
    /// [`OpenError`] when the folder or file cannot be made, or the server not reached, or it is too old.
    pub fn connect(&self) -> Result<AnyConnection, OpenError> {
        match self {
            Self::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    fs::create_dir_all(folder).map_err(|error| OpenError::Folder {
                        folder: folder.display().to_string(),
                        cause: error.to_string(),
                    })?;
                }
                sqlite(&path.display().to_string()).map(AnyConnection::Sqlite)
            }
            Self::Postgres(url) => postgres(url).map(AnyConnection::Postgres),
        }
    }
}

/// How long a statement waits for another process that writes to the same SQLite file.
const BUSY: Duration = Duration::from_secs(10);

fn sqlite(path: &str) -> Result<SqliteConnection, OpenError> {
    let unreachable = |error: String| OpenError::Unreachable(format!("{path}: {error}"));
    let mut connection = SqliteConnection::establish(path).map_err(|error| unreachable(error.to_string()))?;
    // Mapped, so that connections do not each copy pages of a large file into a small cache. An I/O error on a mapped page
    // ends the process instead of the request; what was committed is safe either way.
    let pragmas = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;
         PRAGMA mmap_size = 1073741824;",
        BUSY.as_millis()
    );
    connection.batch_execute(&pragmas).map_err(|error| unreachable(error.to_string()))?;
    let found = diesel::select(diesel::dsl::sql::<Text>("sqlite_version()"))
        .get_result::<String>(&mut connection)
        .map_err(|error| unreachable(error.to_string()))?;
    // Contentless tables that can delete came with 3.43.
    let number = found.split('.').filter_map(|part| part.parse::<u32>().ok()).collect::<Vec<_>>();
    if number < vec![3, 43] {
        return Err(OpenError::TooOld { found: format!("SQLite {found}"), least: "SQLite 3.43" });
    }
    madang_with_vote_utils::register_impl(&mut connection, domain::ranking::with_vote)
        .and_then(|()| {
            madang_without_vote_utils::register_impl(&mut connection, domain::ranking::without_vote)
        })
        .map_err(|error| unreachable(error.to_string()))?;
    Ok(connection)
}

fn postgres(url: &str) -> Result<PgConnection, OpenError> {
    let unreachable = |error: String| OpenError::Unreachable(error.trim().replace('\n', "; "));
    let mut connection = PgConnection::establish(url).map_err(|error| unreachable(error.to_string()))?;
    let found = diesel::select(diesel::dsl::sql::<Integer>("current_setting('server_version_num')::integer"))
        .get_result::<i32>(&mut connection)
        .map_err(|error| unreachable(error.to_string()))?;
    if found < 140_000 {
        return Err(OpenError::TooOld {
            found: format!("PostgreSQL {}", found / 10_000),
            least: "PostgreSQL 14",
        });
    }
    // Times are UTC without a zone; a statement that hangs must not hold a place in the queue for ever.
    connection
        .batch_execute("SET timezone = 'UTC'; SET statement_timeout = '30s'; SET lock_timeout = '10s'")
        .map_err(|error| unreachable(error.to_string()))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_prints_without_its_password() {
        let location =
            Location::of_url("postgres://u:se@cret@h/d?sslpassword=secret&sslmode=require").unwrap();
        assert_eq!(format!("{location:?}"), "postgres://u:***@h/d sslpassword=*** sslmode=require");
    }

    #[test]
    fn the_scheme_chooses_the_database() {
        assert_eq!(Location::of_url("sqlite://data/a.db"), Ok(Location::Sqlite("data/a.db".into())));
        assert_eq!(Location::of_url("sqlite:///var/a.db"), Ok(Location::Sqlite("/var/a.db".into())));
        assert!(matches!(Location::of_url("postgresql://u@h/d"), Ok(Location::Postgres(_))));
        assert_eq!(Location::of_url("sqlite://"), Err(OpenError::NoPath));
        for mistyped in ["postgre://h/d", "data/madang.db", "", "sqlite:/x"] {
            assert!(matches!(Location::of_url(mistyped), Err(OpenError::UnknownScheme(_))), "{mistyped}");
        }
    }
}
