//! The SQL type of ids: `uuid` in PostgreSQL, 16 bytes in SQLite.

use std::io::Write as _;

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Binary, HasSqlType, SqlType},
    sqlite::Sqlite,
};
use domain::id::Id;
use uuid::Uuid;

use crate::connection::MultiBackend;

/// The column type of an id.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(sqlite_type(name = "Binary"), postgres_type(oid = 2950, array_oid = 2951))]
pub struct Key;

/// The value of a column of type [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Key)]
pub struct KeyValue(Uuid);

impl KeyValue {
    pub(crate) fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for KeyValue {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl<Of> From<Id<Of>> for KeyValue {
    fn from(id: Id<Of>) -> Self {
        Self(id.uuid())
    }
}

impl<Of> From<KeyValue> for Id<Of> {
    fn from(key: KeyValue) -> Self {
        Self::from(key.0)
    }
}

/// The id as a column value.
pub(crate) fn key<Of>(id: Id<Of>) -> KeyValue {
    id.into()
}

impl HasSqlType<Key> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<Key>(lookup)
    }
}

impl FromSql<Key, MultiBackend> for KeyValue {
    fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, Key>()
    }
}

impl ToSql<Key, MultiBackend> for KeyValue {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Key, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Key, Pg> for KeyValue {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<Key, Pg> for KeyValue {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Key, Sqlite> for KeyValue {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

impl ToSql<Key, Sqlite> for KeyValue {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}
