//! What can go wrong with rows: the one error inside a transaction.

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use domain::Refusal;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why nothing was stored or found.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such row, or it is not the caller's to know of.
    #[error("not here")]
    Missing,
    /// Another row has what may stand only once.
    #[error("taken: {0:?}")]
    Taken(Unique),
    /// Others were in the way more often than it is worth trying.
    #[error("contended")]
    Contended,
    /// The database cannot be reached, or more wait for it than it can serve in time.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A statement failed that never should.
    #[error("broken: {0}")]
    Broken(String),
}

/// What may stand only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    Email,
    Slug,
    StatusKey,
    Version,
    FieldKey,
    SourceId,
    ReplayKey,
    Lease,
    Word,
    Commitment,
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::NotFound => Self::Missing,
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Contended,
            // PostgreSQL's deadlock (40P01) comes without a kind of its own.
            Diesel::DatabaseError(_, info) if info.message().contains("deadlock detected") => Self::Contended,
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            Diesel::BrokenTransactionManager => Self::Unavailable("connection lost".to_owned()),
            Diesel::DatabaseError(_, info) if is_passing(info.message()) => {
                Self::Unavailable(info.message().to_owned())
            }
            error => Self::Broken(error.to_string()),
        }
    }
}

/// What has no kind of its own: on SQLite another process holds the file, or the disk is full; on PostgreSQL a time limit
/// of [`crate::connection`] has passed.
fn is_passing(message: &str) -> bool {
    ["database is locked", "database or disk is full", "disk I/O error", "lock timeout", "statement timeout"]
        .iter()
        .any(|known| message.contains(known))
}

/// Gives a broken reference its meaning where the statement is written.
pub(crate) fn dangling<E: Into<Error> + Clone>(meaning: E) -> impl Fn(Diesel) -> Error {
    move |error| match error {
        Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => meaning.clone().into(),
        error => error.into(),
    }
}

/// Of two who write the first version of a row at once, the second reads what the first wrote.
pub(crate) fn contended(error: Diesel) -> Error {
    match taken(Unique::Version)(error) {
        Error::Taken(_) => Error::Contended,
        error => error,
    }
}

/// Gives a unique violation its meaning where the insert is written.
pub(crate) fn taken(unique: Unique) -> impl Fn(Diesel) -> Error {
    move |error| match error {
        Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Error::Taken(unique),
        error => error.into(),
    }
}
