//! What is cut off, changed, or no backup at all is refused, and nothing is stored.

use std::{fs, path::Path};

use kit::databases::{Kind, Lease, kinds};
use persistence::Location;

use super::{content, lively, madang, paths, refused};

/// Whatever goes wrong leaves the target as it was: no file, or a database without a row, and an empty folder.
#[track_caller]
fn untouched(location: &Location, data: &Path) {
    match location {
        Location::Sqlite(path) => assert!(!path.exists()),
        Location::Postgres(_) => {
            let counted = persistence::backup::snapshot(location, |rows, _| {
                rows.tables.clone().iter().try_fold(0, |sum, table| Ok(sum + rows.count(table)?))
            });
            assert_eq!(counted.unwrap(), 0);
        }
    }
    let left: Vec<String> = paths(data).into_iter().filter(|name| name != "attachments").collect();
    assert!(left.is_empty(), "{left:?}");
    if data.join("attachments/01").exists() {
        assert!(paths(&data.join("attachments/01")).is_empty());
    }
}

#[actix_web::test]
async fn a_backup_that_is_cut_off_or_changed_anywhere_is_refused_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let whole = fs::read(folder.join("all.tar")).unwrap();
    let length = whole.len();
    // What comes before the second part says of itself what it is.
    let manifest_ends =
        tar::Archive::new(&whole[..]).entries().unwrap().nth(1).unwrap().unwrap().raw_header_position();
    let manifest_ends = usize::try_from(manifest_ends).unwrap();
    let bad = folder.join("bad.tar");
    for to in kinds() {
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::new(to, data.path());
        let refuse = |bytes: &[u8], expected: &str| {
            fs::write(&bad, bytes).unwrap();
            let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "bad.tar"]));
            assert!(why.contains(expected), "{why}");
        };
        refuse(b"", "is no backup of Madang");
        refuse(b"PK\x03\x04", "is no backup of Madang");
        refuse(&[0; 4_096], "is no backup of Madang");
        refuse(&b"=1+1;".repeat(1_000), "is no backup of Madang");
        for cut in [1, 100, 511, manifest_ends / 2] {
            refuse(&whole[..cut], "is no backup of Madang");
        }
        let far = (1..16).map(|nth| manifest_ends + nth * (length - manifest_ends) / 16).chain([
            length - 1,
            length - 72,
            length - 73,
            length - 2_000,
        ]);
        for place in far {
            refuse(&whole[..place], "its checksum is wrong");
            let mut flipped = whole.clone();
            flipped[place] ^= 0x10;
            refuse(&flipped, "its checksum is wrong");
        }
        refuse(&[&whole[..], b"more"].concat(), "its checksum is wrong");
        untouched(&lease.location, data.path());
    }
    app.finish().await;
}

/// The backup with one of its parts changed, and the checksum of that.
fn rewritten(whole: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>) -> Vec<u8> {
    use sha2::Digest as _;
    use std::io::Read as _;
    let mut made = tar::Builder::new(Vec::new());
    for entry in tar::Archive::new(whole).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if let Some((name, content)) = change(&name, content) {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            // Not by `set_path`, which refuses what a hostile file may hold.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            made.append(&header, content.as_slice()).unwrap();
        }
    }
    let mut bytes = made.into_inner().unwrap();
    let sum: String = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.extend(format!("sha256:{sum}\n").bytes());
    bytes
}

fn packed(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

/// Backups with a right checksum over something wrong, and what is to be said of each.
fn lies(whole: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let words = [
        ("\"format\": 1", "\"format\": 2", "use the newer release"),
        ("\"20261122000700\"", "\"20991122000700\"", "a newer release (unknown migration 20991122000700)"),
        ("\"name\": \"votes\"", "\"name\": \"moods\"", "moods: this release has no such table"),
        ("\"carried_from\"", "\"carried_form\"", "votes: this release has no such table, or column"),
    ];
    let in_manifest = words.map(|(from, to, expected)| {
        let changed = rewritten(whole, |name, content| {
            let text = String::from_utf8_lossy(&content).replacen(from, to, 1).into_bytes();
            Some((name.to_owned(), if name == "manifest.json" { text } else { content }))
        });
        (changed, expected)
    });
    let votes = |content| Some(("tables/votes/000001.jsonl.gz", content));
    let parts = [
        ("tables/votes/", None, UNTRUE),
        ("tables/votes/", votes(packed(b"[1,2]\n")), "votes: "),
        ("tables/votes/", votes(b"no gzip".to_vec()), "bad.tar: "),
        ("tables/votes/", votes(packed(&vec![b'\n'; 65 << 20])), "longer than any of ours"),
        ("attachments/01/a", Some(("attachments/01/a.png", b"other".to_vec())), UNTRUE),
        ("attachments/01/a", Some(("attachments/../../out", b"other".to_vec())), "no key of an attachment"),
        ("data/", Some(("etc/passwd", b"x".to_vec())), "etc/passwd is no part of a backup"),
        ("closing", Some(("closing.json", b"{}".to_vec())), "bad.tar: missing field"),
        ("closing", None, UNTRUE),
    ];
    let in_part = parts.into_iter().map(|(part, becomes, expected)| {
        let changed = rewritten(whole, |name, content| match name.starts_with(part) {
            true => becomes.clone().map(|(name, content)| (name.to_owned(), content)),
            false => Some((name.to_owned(), content)),
        });
        (changed, expected)
    });
    in_manifest.into_iter().chain(in_part).collect()
}

const UNTRUE: &str = "does not hold what it says";

#[actix_web::test]
async fn a_backup_that_is_not_what_it_says_is_refused_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let whole = fs::read(folder.join("all.tar")).unwrap();
    let lies = lies(&whole);
    for to in kinds() {
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::new(to, data.path());
        for (bytes, expected) in &lies {
            fs::write(folder.join("bad.tar"), bytes).unwrap();
            let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "bad.tar"]));
            assert!(why.contains(expected), "{expected}: {why}");
            untouched(&lease.location, data.path());
        }
        // After all of it, the one that is whole goes in.
        content(&mut madang(folder, &lease.location, data.path(), &["restore", "all.tar"]));
    }
    app.finish().await;
}

#[actix_web::test]
async fn an_attachment_that_was_there_stays_when_a_restore_fails() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let own = fs::read(app.config().data_dir.join("attachments/01/a.png")).unwrap();
    let whole = fs::read(folder.join("all.tar")).unwrap();
    // It is noticed after everything was put in.
    let untrue =
        rewritten(&whole, |name, content| (name != "closing.json").then(|| (name.to_owned(), content)));
    let data = tempfile::tempdir().unwrap();
    let lease = Lease::new(Kind::Sqlite, data.path());
    let there = data.path().join("attachments/01/a.png");
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    for (content, bytes, expected) in [
        (own, &untrue, UNTRUE),
        (b"another".to_vec(), &whole, "attachment 01/a.png: another file is there already"),
    ] {
        fs::write(&there, &content).unwrap();
        fs::write(folder.join("bad.tar"), bytes).unwrap();
        let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "bad.tar"]));
        assert!(why.contains(expected), "{why}");
        assert_eq!(fs::read(&there).unwrap(), content);
        assert_eq!(paths(there.parent().unwrap()), ["a.png"]);
    }
    app.finish().await;
}
