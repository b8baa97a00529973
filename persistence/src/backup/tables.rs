//! Which tables there are and what of them a backup holds, as the database itself says.

use std::collections::BTreeMap;

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{Bool, Text},
};

use super::Failed;
use crate::connection::AnyConnection;

/// A table, with what a backup holds of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// By name.
    pub columns: Vec<Column>,
    /// The columns of a key, which no two rows share: what rows are ordered by.
    pub key: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// What the database calls the kind.
    pub declared: String,
}

/// What the values of a column are, the same on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Bytes; an id is sixteen of them.
    Bytes,
    Text,
    Whole,
    Fraction,
    Flag,
    Time,
    Day,
}

/// What is in no backup, and why: a table, or a column of one. Virtual tables and those of SQLite itself are no tables here.
pub const LEFT_OUT: [(&str, Option<&str>, &str); 6] = [
    (
        "__diesel_schema_migrations",
        None,
        "the manifest names the migrations, and the new database has its own",
    ),
    ("leases", None, "when this installation last did a job"),
    ("replays", None, "answers to requests of a day, kept for whoever repeats one"),
    ("ideas", Some("seq"), "the number of an idea in SQLite's search index, which is made anew"),
    ("idea_texts", Some("title_terms"), "PostgreSQL's search index, which is made anew"),
    ("idea_texts", Some("all_terms"), "PostgreSQL's search index, which is made anew"),
];

impl Table {
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The name as it stands in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Kind {
    fn of(declared: &str) -> Option<Self> {
        Some(match declared {
            "blob" | "bytea" | "uuid" => Self::Bytes,
            "text" => Self::Text,
            "smallint" | "integer" | "bigint" => Self::Whole,
            "double" | "double precision" => Self::Fraction,
            "boolean" => Self::Flag,
            "timestamp" | "timestamp without time zone" => Self::Time,
            "date" => Self::Day,
            _ => return None,
        })
    }
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    declared: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

/// A column of a key; that of the primary key has no name.
#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    key_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

/// What is not left out, by name.
///
/// # Errors
/// [`Failed::Table`] for a table with a column of an unknown kind, or without a key.
pub fn kept(conn: &mut AnyConnection) -> Result<Vec<Table>, Failed> {
    let (columns, keys) = described(conn)?;
    let left_out = |table: &str, column: Option<&str>| {
        LEFT_OUT.iter().any(|(one, part, _)| *one == table && (part.is_none() || *part == column))
    };
    let mut tables = BTreeMap::<String, Vec<(Column, bool)>>::new();
    for row in columns {
        if left_out(&row.table_name, Some(&row.column_name)) {
            continue;
        }
        let kind = Kind::of(&row.declared).ok_or_else(|| {
            let cause = format!("the column {} is of an unknown kind, {}", row.column_name, row.declared);
            Failed::of_table(&row.table_name, cause)
        })?;
        let column = Column { name: row.column_name, kind, declared: row.declared };
        tables.entry(row.table_name).or_default().push((column, row.required));
    }
    let table = |(name, mut columns): (String, Vec<(Column, bool)>)| {
        columns.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let key = key_of(&name, &columns, &keys).ok_or_else(|| Failed::of_table(&name, "has no key"))?;
        Ok(Table { name, key, columns: columns.into_iter().map(|(column, _)| column).collect() })
    };
    tables.into_iter().map(table).collect()
}

/// The primary key, or another where a column of that is left out.
fn key_of(table: &str, columns: &[(Column, bool)], keys: &[KeyRow]) -> Option<Vec<String>> {
    let mut named = BTreeMap::<&str, Vec<String>>::new();
    for row in keys.iter().filter(|row| row.table_name == table) {
        named.entry(&row.key_name).or_default().push(row.column_name.clone());
    }
    let is_kept = |name: &String| columns.iter().any(|(column, required)| column.name == *name && *required);
    let mut whole: Vec<(bool, Vec<String>)> = named
        .into_iter()
        .filter(|(_, key)| key.iter().all(is_kept))
        .map(|(name, key)| (!name.is_empty(), key))
        .collect();
    whole.sort();
    whole.into_iter().next().map(|(_, key)| key)
}

fn described(conn: &mut AnyConnection) -> QueryResult<(Vec<ColumnRow>, Vec<KeyRow>)> {
    match conn {
        AnyConnection::Sqlite(sqlite) => {
            Ok((sql_query(SQLITE_COLUMNS).load(sqlite)?, sql_query(SQLITE_KEYS).load(sqlite)?))
        }
        AnyConnection::Postgres(postgres) => {
            Ok((sql_query(POSTGRES_COLUMNS).load(postgres)?, sql_query(POSTGRES_KEYS).load(postgres)?))
        }
    }
}

const SQLITE_COLUMNS: &str = "
    SELECT t.name AS table_name, c.name AS column_name, lower(c.type) AS declared,
           c.\"notnull\" OR c.pk > 0 AS required
    FROM pragma_table_list t, pragma_table_info(t.name) c
    WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_'";

const SQLITE_KEYS: &str = "
    SELECT * FROM (
        SELECT t.name AS table_name, '' AS key_name, c.name AS column_name, c.pk AS nth
        FROM pragma_table_list t, pragma_table_info(t.name) c
        WHERE t.schema = 'main' AND t.type = 'table' AND c.pk > 0
        UNION ALL
        SELECT t.name, i.name, coalesce(c.name, ''), c.seqno
        FROM pragma_table_list t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
        WHERE t.schema = 'main' AND t.type = 'table' AND i.\"unique\" AND NOT i.partial AND i.origin <> 'pk'
    ) ORDER BY table_name, key_name, nth";

const POSTGRES_COLUMNS: &str = "
    SELECT c.relname::text AS table_name, a.attname::text AS column_name, format_type(a.atttypid, NULL) AS declared,
           a.attnotnull AS required
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''";

const POSTGRES_KEYS: &str = "
    SELECT c.relname::text AS table_name, CASE WHEN i.indisprimary THEN '' ELSE n.relname::text END AS key_name,
           coalesce(a.attname::text, '') AS column_name
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class n ON n.oid = i.indexrelid
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (number, nth)
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
    WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indpred IS NULL
      AND k.nth <= i.indnkeyatts
    ORDER BY 1, 2, k.nth";
