//! Statements written out in SQL that both databases understand: where the query builder cannot say it, or would keep no
//! plan of it.

use std::{borrow::Cow, marker::PhantomData};

use chrono::NaiveDateTime;
use diesel::{
    QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Double, Integer, Text, Timestamp},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    key::{Key, KeyValue},
};

/// SQL with values in it, which gives rows of `Of`. It stays prepared, known by its text.
#[derive(Debug, Clone)]
pub(crate) struct Written<Of = ()> {
    parts: Vec<Part>,
    of: PhantomData<fn() -> Of>,
}

#[derive(Debug, Clone)]
enum Part {
    Sql(Cow<'static, str>),
    Value(Value),
}

/// A value that stands in a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Key(KeyValue),
    Text(String),
    Time(NaiveDateTime),
    Short(i32),
    Whole(i64),
    Fraction(f64),
}

impl<Of> Written<Of> {
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self { parts: vec![Part::Sql(sql.into())], of: PhantomData }
    }

    /// A value, and the SQL that goes on after it.
    pub(crate) fn with(mut self, value: impl Into<Value>, sql: impl Into<Cow<'static, str>>) -> Self {
        self.parts.extend([Part::Value(value.into()), Part::Sql(sql.into())]);
        self
    }

    /// Another piece of a statement.
    pub(crate) fn then(mut self, piece: Written) -> Self {
        self.parts.extend(piece.parts);
        self
    }
}

impl From<KeyValue> for Value {
    fn from(key: KeyValue) -> Self {
        Self::Key(key)
    }
}

impl<Of> From<domain::id::Id<Of>> for Value {
    fn from(id: domain::id::Id<Of>) -> Self {
        Self::Key(id.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<NaiveDateTime> for Value {
    fn from(at: NaiveDateTime) -> Self {
        Self::Time(at)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Short(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Fraction(number)
    }
}

impl<Of> QueryFragment<MultiBackend> for Written<Of> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Value(Value::Key(key)) => out.push_bind_param::<Key, _>(key)?,
                Part::Value(Value::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Part::Value(Value::Time(at)) => out.push_bind_param::<Timestamp, _>(at)?,
                Part::Value(Value::Short(number)) => out.push_bind_param::<Integer, _>(number)?,
                Part::Value(Value::Whole(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Part::Value(Value::Fraction(number)) => out.push_bind_param::<Double, _>(number)?,
            }
        }
        Ok(())
    }
}

impl<Of> Query for Written<Of> {
    type SqlType = Of;
}

impl<Of> QueryId for Written<Of> {
    type QueryId = ();
    /// Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Of> RunQueryDsl<AnyConnection> for Written<Of> {}
