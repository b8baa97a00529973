//! What a backup holds: every table and column, alike on both databases.

use std::collections::BTreeSet;

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};
use kit::databases::{Kind, Lease, kinds};
use persistence::{
    AnyConnection,
    backup::{self, Failed, LEFT_OUT, Origin, Table},
    migrations,
};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables of the form that the database has, as its own catalogue lists them.
fn listed(conn: &mut AnyConnection) -> BTreeSet<String> {
    let rows: Vec<Named> = match conn {
        AnyConnection::Sqlite(sqlite) => sql_query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
             AND name NOT LIKE 'idea_terms_%' AND name NOT LIKE 'sqlite_%'",
        )
        .load(sqlite)
        .unwrap(),
        AnyConnection::Postgres(postgres) => sql_query(
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = current_schema()",
        )
        .load(postgres)
        .unwrap(),
    };
    rows.into_iter().map(|row| row.name).collect()
}

/// What a backup keeps, after asking that nothing is forgotten and that a new database is empty.
fn kept(kind: Kind) -> Vec<Table> {
    let folder = tempfile::tempdir().unwrap();
    let lease = Lease::new(kind, folder.path());
    let mut conn = lease.location.connect().unwrap();
    migrations::migrate(&mut conn).unwrap();
    let left_out =
        LEFT_OUT.iter().filter(|(_, column, _)| column.is_none()).map(|(table, ..)| (*table).to_owned());
    let all = listed(&mut conn);
    backup::snapshot(&lease.location, |rows, _| {
        let tables = rows.tables.clone();
        let named = tables.iter().map(|table| table.name.clone()).chain(left_out);
        assert_eq!(named.collect::<BTreeSet<_>>(), all, "a table is neither kept nor left out");
        for table in &tables {
            assert_eq!(
                rows.count(table)?,
                0,
                "a migration fills {}, so no restore finds it empty",
                table.name
            );
        }
        Ok(tables)
    })
    .unwrap()
}

#[test]
fn every_table_is_kept_alike_on_both_databases_or_left_out_for_a_reason() {
    let plain = |tables: Vec<Table>| {
        let columns =
            |table: &Table| table.columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
        let plain = |table: Table| -> (String, Vec<_>, Vec<String>) {
            (table.name.clone(), columns(&table), table.key)
        };
        tables.into_iter().map(plain).collect::<Vec<_>>()
    };
    let found: Vec<_> = kinds().into_iter().map(|kind| plain(kept(kind))).collect();
    for pair in found.windows(2) {
        for (sqlite, postgres) in pair[0].iter().zip(&pair[1]) {
            assert_eq!(sqlite, postgres);
        }
        assert_eq!(pair[0].len(), pair[1].len());
    }
}

#[test]
fn postgres_numbers_no_row_of_a_table_itself() {
    // A restore puts numbers in as they are, and would leave such a counter behind them.
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let AnyConnection::Postgres(mut conn) = lease.location.connect().unwrap() else { panic!() };
        let found: Vec<Named> =
            sql_query("SELECT sequencename::text AS name FROM pg_sequences").load(&mut conn).unwrap();
        assert!(found.is_empty(), "{}", found[0].name);
    }
}

/// A database of the kind, and what a backup of it would say.
fn empty(kind: Kind, folder: &std::path::Path) -> (Lease, Origin) {
    let lease = Lease::new(kind, folder);
    migrations::migrate(&mut lease.location.connect().unwrap()).unwrap();
    let origin = backup::snapshot(&lease.location, |rows, migrations| {
        let columns = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect();
        let tables = rows.tables.iter().map(|table| (table.name.clone(), columns(table))).collect();
        Ok(Origin { migrations, tables })
    });
    (lease, origin.unwrap())
}

#[test]
fn a_backup_of_an_older_form_is_brought_to_the_present_one() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let (lease, now) = empty(kind, folder.path());
        let before = Origin {
            migrations: now.migrations[..1].to_vec(),
            tables: vec![("members".to_owned(), vec!["id".to_owned(), "email".to_owned()])],
        };
        let ahead = backup::restore(&lease.location, &before, |_| Ok(())).unwrap_err();
        assert!(matches!(&ahead, Failed::Ahead(version) if *version == now.migrations[1]), "{ahead}");

        let other = tempfile::tempdir().unwrap();
        let fresh = fresh(kind, other.path());
        let columns = [
            "id",
            "email",
            "email_key",
            "display_name",
            "role",
            "locale",
            "attributes",
            "created_at",
            "updated_at",
            "version",
        ];
        let tables = vec![("members".to_owned(), columns.map(str::to_owned).to_vec())];
        let line = r#"["01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d","a@b.kr","a@b.kr","아나","member","ko","{}","2026-11-22T00:00:00Z","2026-11-22T00:00:00Z",1]"#;
        backup::restore(&fresh.location, &Origin { tables, ..before }, |target| {
            target.insert("members", line)
        })
        .unwrap();
        assert!(migrations::is_current(&mut fresh.location.connect().unwrap()).unwrap());
        let mut read = Vec::new();
        backup::snapshot(&fresh.location, |rows, _| {
            let members = rows.tables.iter().find(|table| table.name == "members").unwrap().clone();
            rows.read(&members, |line| {
                read.push(line.to_owned());
                Ok(())
            })
        })
        .unwrap();
        // With what the later steps say of a member who was there before them.
        assert_eq!(read.len(), 1);
        assert!(read[0].contains(r#""{}","{}",null"#) && read[0].contains("아나"), "{}", read[0]);
    }
}

/// A database without a table.
fn fresh(kind: Kind, folder: &std::path::Path) -> Lease {
    let lease = Lease::new(kind, folder);
    if let AnyConnection::Postgres(postgres) = &mut lease.location.connect().unwrap() {
        use diesel::connection::SimpleConnection as _;
        postgres.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
    }
    lease
}

#[test]
fn a_row_that_refers_to_nothing_or_is_no_row_leaves_nothing() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let (lease, origin) = empty(kind, folder.path());
        let id = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        for (table, line, expected) in [
            ("segment_members", format!(r#"["{id}","{id}"]"#), "segment_members"),
            ("segment_members", r#"["x","y"]"#.to_owned(), "segment_members"),
            ("private_tags", "[1]".to_owned(), "private_tags"),
            ("private_tags", "not json".to_owned(), "private_tags"),
            ("private_tags", format!(r#"["{id}","a\u0000b"]"#), ""),
            ("nowhere", "[1]".to_owned(), "nowhere"),
        ] {
            let failed = backup::restore(&lease.location, &origin, |target| target.insert(table, &line));
            let failed = failed.unwrap_err().to_string();
            assert!(failed.contains(expected) || failed.contains("FOREIGN KEY"), "{failed}");
            backup::snapshot(&lease.location, |rows, _| {
                rows.tables.clone().iter().try_for_each(|table| {
                    assert_eq!(rows.count(table)?, 0, "{kind:?} {line}");
                    Ok(())
                })
            })
            .unwrap();
        }
        // The references are as they were: a restore of nothing still finds them.
        backup::restore(&lease.location, &origin, |_| Ok(())).unwrap();
    }
}
