//! An empty database that is being filled with the rows of a backup.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_query,
    sql_types::{BigInt, Binary, Bool, Date, Double, Nullable, Text, Timestamp},
    sqlite::Sqlite,
};
use serde_json::Value as Json;

use super::{
    Failed, Origin, Rows,
    tables::{Kind, Table, quoted},
    value::Value,
};
use crate::connection::AnyConnection;

/// The database that is filled.
pub struct Target<'a> {
    rows: Rows<'a>,
    /// The tables of the backup, with its columns.
    tables: Vec<Table>,
}

impl<'a> Target<'a> {
    pub(super) fn new(rows: Rows<'a>, origin: &Origin) -> Result<Self, Failed> {
        let unknown =
            |table: &str| Failed::of_table(table, "this release has no such table, or column of it");
        let table = |(name, columns): &(String, Vec<String>)| {
            let table = rows.tables.iter().find(|table| table.name == *name).ok_or_else(|| unknown(name))?;
            let column = |name: &String| table.column(name).cloned().ok_or_else(|| unknown(&table.name));
            let columns = columns.iter().map(column).collect::<Result<_, Failed>>()?;
            Ok(Table { columns, ..table.clone() })
        };
        let tables = origin.tables.iter().map(table).collect::<Result<_, Failed>>()?;
        Ok(Self { rows, tables })
    }

    pub(super) fn conn(&mut self) -> &mut AnyConnection {
        self.rows.conn
    }

    /// # Errors
    /// [`Failed::NotEmpty`] names the first table that has a row.
    pub(super) fn ensure_empty(&mut self) -> Result<(), Failed> {
        for table in self.rows.tables.clone() {
            if self.rows.count(&table)? > 0 {
                return Err(Failed::NotEmpty(table.name));
            }
        }
        Ok(())
    }

    /// Puts rows into a table: lines as [`Rows::read`] gives them, in their order.
    ///
    /// # Errors
    /// [`Failed::Table`] when a line is no row of it, or the database does not take one.
    pub fn insert(&mut self, table: &str, lines: &str) -> Result<(), Failed> {
        let table = self.table(table)?;
        match &mut *self.rows.conn {
            AnyConnection::Sqlite(sqlite) => one_by_one(sqlite, &table, lines),
            AnyConnection::Postgres(postgres) => at_once(postgres, &table, lines),
        }
        .map_err(|cause| Failed::of_table(&table.name, cause))
    }

    /// Gives the rows of a table back, as [`Rows::read`] does.
    ///
    /// # Errors
    /// As [`Rows::read`].
    pub fn read(&mut self, table: &str, each: impl FnMut(&str) -> Result<(), Failed>) -> Result<(), Failed> {
        let table = self.table(table)?;
        self.rows.read(&table, each)
    }

    fn table(&self, name: &str) -> Result<Table, Failed> {
        let table = self.tables.iter().find(|table| table.name == name);
        table.cloned().ok_or_else(|| Failed::of_table(name, "is not among the tables of the backup"))
    }
}

fn names(table: &Table) -> String {
    table.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// SQLite takes rows as fast one by one as it would together.
fn one_by_one(conn: &mut SqliteConnection, table: &Table, lines: &str) -> Result<(), String> {
    let head = format!("INSERT INTO {} ({}) VALUES ", table.quoted(), names(table));
    for line in lines.lines() {
        let row: Vec<Json> = serde_json::from_str(line).map_err(|error| format!("no row: {error}"))?;
        if row.len() != table.columns.len() {
            return Err(format!("a row of {} values for {} columns", row.len(), table.columns.len()));
        }
        let value = |(column, json): (&super::Column, &Json)| {
            let value = Value::read(column.kind, json);
            let value = value.ok_or_else(|| format!("{} cannot hold {json}", column.name))?;
            Ok((column.kind, value))
        };
        let values = table.columns.iter().zip(&row).map(value).collect::<Result<_, String>>()?;
        Insert { head: &head, values }.execute(conn).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// PostgreSQL takes many rows in one statement, as the JSON that they are.
fn at_once(conn: &mut PgConnection, table: &Table, lines: &str) -> Result<(), String> {
    let column = |(nth, column): (usize, &super::Column)| match column.kind {
        Kind::Bytes if column.declared == "bytea" => format!("decode(replace(r ->> {nth}, '-', ''), 'hex')"),
        _ => format!("(r ->> {nth})::{}", column.declared),
    };
    let columns = table.columns.iter().enumerate().map(column).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "INSERT INTO {} ({}) SELECT {columns} FROM jsonb_array_elements($1::jsonb) AS r",
        table.quoted(),
        names(table)
    );
    let rows = format!("[{}]", lines.trim_end().replace('\n', ","));
    sql_query(sql).bind::<Text, _>(rows).execute(conn).map_err(|error| error.to_string())?;
    Ok(())
}

/// An insert that stays prepared, known by its text.
struct Insert<'a> {
    /// What stands before the values.
    head: &'a str,
    values: Vec<(Kind, Value)>,
}

impl QueryFragment<Sqlite> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.head);
        for (nth, (kind, value)) in self.values.iter().enumerate() {
            out.push_sql(if nth == 0 { "(" } else { ", " });
            match value {
                Value::Null => nothing(*kind, &mut out)?,
                Value::Bytes(bytes) => out.push_bind_param::<Binary, _>(bytes)?,
                Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Value::Whole(number) => out.push_bind_param::<BigInt, _>(number)?,
                Value::Fraction(number) => out.push_bind_param::<Double, _>(number)?,
                Value::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
                Value::Time(at) => out.push_bind_param::<Timestamp, NaiveDateTime>(at)?,
                Value::Day(day) => out.push_bind_param::<Date, NaiveDate>(day)?,
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

/// None, as the type of the column: a statement is kept for each list of types.
fn nothing(kind: Kind, out: &mut AstPass<'_, '_, Sqlite>) -> QueryResult<()> {
    match kind {
        Kind::Bytes => out.push_bind_param::<Nullable<Binary>, _>(&None::<Vec<u8>>),
        Kind::Text => out.push_bind_param::<Nullable<Text>, _>(&None::<String>),
        Kind::Whole => out.push_bind_param::<Nullable<BigInt>, _>(&None::<i64>),
        Kind::Fraction => out.push_bind_param::<Nullable<Double>, _>(&None::<f64>),
        Kind::Flag => out.push_bind_param::<Nullable<Bool>, _>(&None::<bool>),
        Kind::Time => out.push_bind_param::<Nullable<Timestamp>, _>(&None::<NaiveDateTime>),
        Kind::Day => out.push_bind_param::<Nullable<Date>, _>(&None::<NaiveDate>),
    }
}

impl Query for Insert<'_> {
    type SqlType = ();
}

impl QueryId for Insert<'_> {
    type QueryId = ();
    /// Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for Insert<'_> {}
