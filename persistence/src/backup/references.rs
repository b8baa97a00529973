//! References between tables, which hold at the end of a restore and not before: rows come in table by table.

use diesel::{
    QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query, sql_types::Text,
};

use super::{Failed, tables::quoted};
use crate::connection::AnyConnection;

/// The references that were taken away for the time. SQLite looks at its own when the transaction is committed.
pub(super) struct References(Vec<Reference>);

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

impl References {
    /// Lets rows in whatever they refer to, to the end of the transaction.
    pub(super) fn lift(conn: &mut AnyConnection) -> Result<Self, Failed> {
        match conn {
            AnyConnection::Sqlite(sqlite) => {
                sqlite.batch_execute("PRAGMA defer_foreign_keys = ON")?;
                Ok(Self(Vec::new()))
            }
            // Made anew at the end, each is checked by one join of two tables; deferred, row by row.
            AnyConnection::Postgres(postgres) => {
                let found: Vec<Reference> = sql_query(
                    "SELECT c.relname::text AS table_name, r.conname::text AS name,
                            pg_get_constraintdef(r.oid) AS definition
                     FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid
                     WHERE r.contype = 'f' AND r.connamespace = current_schema()::regnamespace ORDER BY 1, 2",
                )
                .load(postgres)?;
                for Reference { table_name, name, .. } in &found {
                    let (table, name) = (quoted(table_name), quoted(name));
                    postgres.batch_execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}"))?;
                }
                Ok(Self(found))
            }
        }
    }

    /// # Errors
    /// [`Failed::Table`] when a row refers to nothing.
    pub(super) fn put_back(self, conn: &mut AnyConnection) -> Result<(), Failed> {
        for Reference { table_name, name, definition } in self.0 {
            let (table, name) = (quoted(&table_name), quoted(&name));
            conn.batch_execute(&format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
                .map_err(|error| Failed::of_table(&table_name, error))?;
        }
        Ok(())
    }
}
