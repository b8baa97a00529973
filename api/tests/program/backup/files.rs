//! The file of a backup, and what is there before a restore.

use std::{fs, process::Command};

use kit::databases::{Kind, Lease, kinds};
use persistence::Location;
use serde_json::Value;

use super::{content, lively, madang, paths, refused};
use crate::said;

#[actix_web::test]
async fn nothing_is_restored_over_what_is_there() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (app, _) = lively(kind, folder).await;
        let config = app.config();
        let before =
            content(&mut madang(folder, &config.database, &config.data_dir, &["backup", "before.tar"]));
        let why = refused(&mut madang(folder, &config.database, &config.data_dir, &["restore", "all.tar"]));
        assert!(why.starts_with("the database is not empty (") && why.contains("has rows"), "{why}");
        let after =
            content(&mut madang(folder, &config.database, &config.data_dir, &["backup", "after.tar"]));
        assert_eq!(after, before);
        // Keys that are there have signed what is out.
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, data.path());
        fs::write(data.path().join("signing-keys"), "others").unwrap();
        let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "all.tar"]));
        assert!(why.contains("has signing keys that are not those of the backup"), "{why}");
        assert_eq!(fs::read(data.path().join("signing-keys")).unwrap(), b"others");
        // Those that are set count.
        let mut restore = madang(folder, &lease.location, data.path(), &["restore", "all.tar"]);
        content(restore.env("MADANG_SIGNING_KEYS", format!("k:{}", "A".repeat(43))));
        assert_eq!(fs::read(data.path().join("signing-keys")).unwrap(), b"others");
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_backup_takes_no_other_files_place_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let config = app.config();
    let run = |arguments: &[&str]| madang(folder, &config.database, &config.data_dir, arguments);
    let mode = |name: &str| {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.join(name)).unwrap().permissions())
            & 0o777
    };
    assert_eq!(mode("all.tar"), 0o600);
    let before = fs::read(folder.join("all.tar")).unwrap();
    assert!(refused(&mut run(&["backup", "all.tar"])).contains("all.tar is there already"));
    assert_eq!(fs::read(folder.join("all.tar")).unwrap(), before);
    assert!(refused(&mut run(&["backup", "nowhere/all.tar"])).contains("nowhere/all.tar.partial: "));
    assert!(refused(&mut run(&["restore", "none.tar"])).contains("none.tar: No such file"));
    let mut nothing = madang(folder, &Location::Sqlite("none.db".into()), folder, &["backup", "none.tar"]);
    assert!(refused(&mut nothing).contains("none.db is not there"));
    assert_eq!(paths(folder), ["all.tar"]);
    // One that was killed is written over, one that is running is left alone.
    let partial = fs::File::create(folder.join("new.tar.partial")).unwrap();
    partial.lock().unwrap();
    assert!(refused(&mut run(&["backup", "new.tar"])).contains("another backup is writing new.tar.partial"));
    partial.unlock().unwrap();
    fs::write(folder.join("new.tar.partial"), vec![b'x'; 10 << 20]).unwrap();
    content(&mut run(&["backup", "new.tar"]));
    content(&mut run(&["restore", "new.tar", "--dry-run"]));
    assert_eq!(paths(folder), ["all.tar", "new.tar"]);
    app.finish().await;
}

#[actix_web::test]
async fn ordinary_tools_can_look_into_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (app, _) = lively(Kind::Sqlite, folder.path()).await;
    let tar =
        |arguments: &[&str]| Command::new("tar").current_dir(folder.path()).args(arguments).output().unwrap();
    let (code, names, error) = said(&tar(&["-tf", "all.tar"]));
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(
        names.starts_with("manifest.json\ndata/signing-keys\n") && names.ends_with("closing.json\n"),
        "{names}"
    );
    assert_eq!(said(&tar(&["-xf", "all.tar", "tables/boards"])).0, Some(0));
    let rows = fs::read(folder.path().join("tables/boards/000001.jsonl.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(rows.as_slice()), &mut text).unwrap();
    assert!(
        text.lines().all(|line| serde_json::from_str::<Vec<Value>>(line).is_ok())
            && text.contains("생활용품")
    );
    app.finish().await;
}
