//! Values as a backup writes them: a row is a JSON array, the same from either database.
//!
//! Sixteen bytes are written as a UUID and others in base 16, times in RFC 3339 with six digits of the second, numbers with
//! as many digits as say which they are. Zero has no sign, because SQLite keeps none.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    QueryableByName,
    deserialize::{self, FromSql, FromSqlRow},
    pg::Pg,
    row::{Field as _, Row},
    sql_types::{BigInt, Binary, Bool, Date, Double, Text, Timestamp, Untyped},
    sqlite::{Sqlite, SqliteType},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::tables::{Column, Kind, Table, quoted};
use crate::connection::AnyConnection;

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bytes(Vec<u8>),
    Text(String),
    Whole(i64),
    Fraction(f64),
    Flag(bool),
    Time(NaiveDateTime),
    Day(NaiveDate),
}

/// The values of a row, in the order they were asked for.
pub(super) struct Fields(Vec<Value>);

#[derive(QueryableByName)]
pub(super) struct Count {
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// The statement that reads a table in the order of its key.
pub(super) fn selection(conn: &AnyConnection, table: &Table) -> String {
    let is_postgres = matches!(conn, AnyConnection::Postgres(_));
    let column = |column: &Column| {
        let name = quoted(&column.name);
        match column.kind {
            Kind::Bytes if is_postgres && column.declared == "uuid" => format!("uuid_send({name})"),
            Kind::Whole if is_postgres => format!("{name}::bigint"),
            _ => name,
        }
    };
    // By the bytes of a text, as both databases can, and not by the customs of a place.
    let place = |name: &String| match table.column(name).map(|column| column.kind) {
        Some(Kind::Text) if is_postgres => format!("{} COLLATE \"C\"", quoted(name)),
        Some(Kind::Text) => format!("{} COLLATE BINARY", quoted(name)),
        _ => quoted(name),
    };
    format!(
        "SELECT {} FROM {} ORDER BY {}",
        table.columns.iter().map(column).collect::<Vec<_>>().join(", "),
        table.quoted(),
        table.key.iter().map(place).collect::<Vec<_>>().join(", ")
    )
}

impl FromSqlRow<Untyped, Sqlite> for Fields {
    /// What SQLite keeps: of a flag a number, of a time a text.
    fn build_from_row<'a>(row: &impl Row<'a, Sqlite>) -> deserialize::Result<Self> {
        let value = |nth| {
            let field = row.get(nth).ok_or("a column is missing")?;
            let Some(raw) = field.value() else { return Ok(Value::Null) };
            Ok(match raw.value_type() {
                None => Value::Null,
                Some(SqliteType::Binary) => Value::Bytes(FromSql::<Binary, Sqlite>::from_sql(raw)?),
                // As bytes, because what is no UTF-8 would be made some on the way.
                Some(SqliteType::Text) => {
                    Value::Text(String::from_utf8(FromSql::<Binary, Sqlite>::from_sql(raw)?)?)
                }
                Some(SqliteType::Float | SqliteType::Double) => {
                    Value::Fraction(FromSql::<Double, Sqlite>::from_sql(raw)?)
                }
                Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                    Value::Whole(FromSql::<BigInt, Sqlite>::from_sql(raw)?)
                }
            })
        };
        (0..row.field_count()).map(value).collect::<deserialize::Result<_>>().map(Self)
    }
}

impl FromSqlRow<Untyped, Pg> for Fields {
    fn build_from_row<'a>(row: &impl Row<'a, Pg>) -> deserialize::Result<Self> {
        let value = |nth| {
            let field = row.get(nth).ok_or("a column is missing")?;
            let Some(raw) = field.value() else { return Ok(Value::Null) };
            // The numbers of PostgreSQL's own types never change.
            Ok(match raw.get_oid().get() {
                16 => Value::Flag(FromSql::<Bool, Pg>::from_sql(raw)?),
                17 => Value::Bytes(FromSql::<Binary, Pg>::from_sql(raw)?),
                20 => Value::Whole(FromSql::<BigInt, Pg>::from_sql(raw)?),
                25 => Value::Text(FromSql::<Text, Pg>::from_sql(raw)?),
                701 => Value::Fraction(FromSql::<Double, Pg>::from_sql(raw)?),
                1_082 => Value::Day(FromSql::<Date, Pg>::from_sql(raw)?),
                1_114 => Value::Time(FromSql::<Timestamp, Pg>::from_sql(raw)?),
                other => return Err(format!("a value of the unknown type {other}").into()),
            })
        };
        (0..row.field_count()).map(value).collect::<deserialize::Result<_>>().map(Self)
    }
}

impl Fields {
    /// Adds the row, as the columns say.
    pub(super) fn write(self, columns: &[Column], line: &mut String) -> Result<(), String> {
        let mut before = '[';
        for (column, value) in columns.iter().zip(self.0) {
            line.push(before);
            before = ',';
            let value = meant(column.kind, value)
                .ok_or_else(|| format!("{} holds what it should not", column.name))?;
            value.write(line).map_err(|error| error.to_string())?;
        }
        line.push(']');
        Ok(())
    }
}

/// What a value means in a column of this kind, if it can be in one.
fn meant(kind: Kind, value: Value) -> Option<Value> {
    Some(match (kind, value) {
        (_, Value::Null) => Value::Null,
        (Kind::Flag, Value::Whole(n @ 0..=1)) => Value::Flag(n == 1),
        (Kind::Fraction, Value::Whole(n)) => Value::Fraction(n as f64),
        (Kind::Time, Value::Text(text)) => Value::Time(time(&text)?),
        (Kind::Day, Value::Text(text)) => Value::Day(text.parse().ok()?),
        (Kind::Bytes, value @ Value::Bytes(_))
        | (Kind::Text, value @ Value::Text(_))
        | (Kind::Whole, value @ Value::Whole(_))
        | (Kind::Fraction, value @ Value::Fraction(_))
        | (Kind::Flag, value @ Value::Flag(_))
        | (Kind::Time, value @ Value::Time(_))
        | (Kind::Day, value @ Value::Day(_)) => value,
        _ => return None,
    })
}

/// A time as SQLite keeps it or as a backup writes it.
fn time(text: &str) -> Option<NaiveDateTime> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    ["%F %T%.f", "%FT%T%.f"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

impl Value {
    fn write(&self, line: &mut String) -> std::fmt::Result {
        match self {
            Self::Null => line.write_str("null"),
            Self::Bytes(bytes) => match Uuid::from_slice(bytes) {
                Ok(id) => write!(line, "\"{id}\""),
                Err(_) => {
                    line.push('"');
                    bytes.iter().try_for_each(|byte| write!(line, "{byte:02x}"))?;
                    line.write_char('"')
                }
            },
            Self::Text(text) => line.write_str(&Json::from(text.as_str()).to_string()),
            Self::Whole(number) => write!(line, "{number}"),
            Self::Fraction(number) if !number.is_finite() => write!(line, "\"{number}\""),
            // The sum of both zeros is the plain one.
            Self::Fraction(number) => write!(line, "{}", number + 0.0),
            Self::Flag(flag) => write!(line, "{flag}"),
            Self::Time(at) => write!(line, "\"{}Z\"", at.format("%FT%T%.6f")),
            Self::Day(day) => write!(line, "\"{day}\""),
        }
    }

    /// What stands in a backup, as a column of this kind takes it; none when it cannot.
    pub(super) fn read(kind: Kind, json: &Json) -> Option<Self> {
        Some(match (kind, json) {
            (_, Json::Null) => Self::Null,
            (Kind::Bytes, Json::String(text)) => Self::Bytes(bytes(text)?),
            (Kind::Text, Json::String(text)) => Self::Text(text.clone()),
            (Kind::Whole, Json::Number(number)) => Self::Whole(number.as_i64()?),
            (Kind::Fraction, Json::Number(number)) => Self::Fraction(number.as_f64()?),
            (Kind::Fraction, Json::String(text)) => Self::Fraction(text.parse().ok()?),
            (Kind::Flag, Json::Bool(flag)) => Self::Flag(*flag),
            (Kind::Time, Json::String(text)) => Self::Time(time(text)?),
            (Kind::Day, Json::String(text)) => Self::Day(text.parse().ok()?),
            _ => return None,
        })
    }
}

/// Bytes in base 16; between the digits of an id there are hyphens.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let digits: Vec<u32> =
        text.as_bytes().iter().filter(|byte| **byte != b'-').map(digit).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |[high, low]: &[u32; 2]| u8::try_from(high * 16 + low).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: Kind) -> Column {
        Column { name: "c".to_owned(), kind, declared: String::new() }
    }

    fn written(kind: Kind, value: Value) -> String {
        let mut line = String::new();
        Fields(vec![value]).write(&[column(kind)], &mut line).unwrap();
        line.trim_matches(['[', ']']).to_owned()
    }

    #[test]
    fn a_value_is_written_alike_from_both_databases_and_read_back_as_it_was() {
        let at =
            |nanos| NaiveDate::from_ymd_opt(2026, 11, 22).unwrap().and_hms_nano_opt(9, 0, 0, nanos).unwrap();
        let id = vec![
            0x01, 0x94, 0x2f, 0x4c, 0x6b, 0x1e, 0x7c, 0x3a, 0x9a, 0x51, 0x3a, 0x1f, 0x6a, 0x2f, 0x0b, 0x7d,
        ];
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        #[rustfmt::skip]
        let table = [
            // kind, as PostgreSQL gives it, as SQLite does, written
            (Kind::Flag, Value::Flag(true), Value::Whole(1), "true"),
            (Kind::Time, Value::Time(at(120_000_000)), Value::Text("2026-11-22 09:00:00.120".to_owned()), "\"2026-11-22T09:00:00.120000Z\""),
            (Kind::Time, Value::Time(at(0)), Value::Text("2026-11-22 09:00:00".to_owned()), "\"2026-11-22T09:00:00.000000Z\""),
            (Kind::Day, Value::Day(day), Value::Text("2024-02-29".to_owned()), "\"2024-02-29\""),
            (Kind::Bytes, Value::Bytes(id.clone()), Value::Bytes(id), "\"01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d\""),
            (Kind::Bytes, Value::Bytes(vec![0, 0xfe]), Value::Bytes(vec![0, 0xfe]), "\"00fe\""),
            (Kind::Fraction, Value::Fraction(3.0), Value::Whole(3), "3"),
            (Kind::Text, Value::Text("\"한글\"\n🙂\u{1}".to_owned()), Value::Text("\"한글\"\n🙂\u{1}".to_owned()), "\"\\\"한글\\\"\\n🙂\\u0001\""),
            (Kind::Whole, Value::Whole(i64::MIN), Value::Whole(i64::MIN), "-9223372036854775808"),
            (Kind::Text, Value::Null, Value::Null, "null"),
        ];
        for (kind, postgres, sqlite, expected) in table {
            assert_eq!(written(kind, postgres.clone()), expected);
            assert_eq!(written(kind, sqlite), expected);
            assert_eq!(Value::read(kind, &serde_json::from_str(expected).unwrap()), Some(postgres));
        }
    }

    #[test]
    fn every_fraction_comes_back_to_the_last_bit() {
        let odd =
            [0.1 + 0.2, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::MIN, 1e15 + 0.3, 9_007_199_254_740_992.0];
        for number in odd.into_iter().chain([f64::INFINITY, f64::NEG_INFINITY]) {
            let json: Json = serde_json::from_str(&written(Kind::Fraction, Value::Fraction(number))).unwrap();
            let Some(Value::Fraction(read)) = Value::read(Kind::Fraction, &json) else { panic!("{json}") };
            assert_eq!(read.to_bits(), number.to_bits());
        }
        assert_eq!(written(Kind::Fraction, Value::Fraction(-0.0)), "0");
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        for (kind, json) in [
            (Kind::Bytes, "\"0\""),
            (Kind::Bytes, "\"zz\""),
            (Kind::Whole, "1.5"),
            (Kind::Flag, "1"),
            (Kind::Time, "\"gestern\""),
            (Kind::Text, "[]"),
        ] {
            assert_eq!(Value::read(kind, &serde_json::from_str(json).unwrap()), None, "{kind:?} {json}");
        }
        assert!(
            Fields(vec![Value::Text("x".to_owned())])
                .write(&[column(Kind::Whole)], &mut String::new())
                .is_err()
        );
    }
}
