//! Opening a database: encrypted and checked, or refused in one clear line.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use diesel::{
    QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query, sql_types::BigInt,
};
use kit::databases::{Kind, Lease, cluster_with, kinds};
use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{X509, X509NameBuilder, extension::BasicConstraints, extension::SubjectAlternativeName},
};
use persistence::{AnyConnection, Location, OpenError, migrations};

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// A certificate for `localhost`, or that of an authority.
fn certificate(key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>, name: &str) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(u32::from(issuer.is_some()) + 1).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&subject, |(issuer, _)| issuer.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    let extension = match issuer {
        None => BasicConstraints::new().critical().ca().build().unwrap(),
        Some((authority, _)) => {
            let context = builder.x509v3_context(Some(authority), None);
            SubjectAlternativeName::new().dns(name).build(&context).unwrap()
        }
    };
    builder.append_extension(extension).unwrap();
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    builder.build()
}

fn write(path: &Path, bytes: &[u8], owner: Option<u32>) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::chown(path, owner, None).unwrap();
}

#[test]
fn a_server_is_known_by_its_certificate() {
    if !kinds().contains(&Kind::Postgres) || kit::databases::binaries().is_none() {
        return;
    }
    let (authority_key, server_key) = (key(), key());
    let authority = certificate(&authority_key, None, "authority");
    let server = certificate(&server_key, Some((&authority, &authority_key)), "localhost");
    let cluster = cluster_with(|folder, owner| {
        write(&folder.join("server.crt"), &server.to_pem().unwrap(), owner);
        write(&folder.join("server.key"), &server_key.private_key_to_pem_pkcs8().unwrap(), owner);
        vec!["-c ssl=on".to_owned()]
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (right, wrong) = (folder.path().join("right.crt"), folder.path().join("wrong.crt"));
    write(&right, &authority.to_pem().unwrap(), None);
    write(&wrong, &certificate(&key(), None, "somebody else").to_pem().unwrap(), None);
    let connect = |host: &str, root: &Path| {
        let url = format!(
            "postgres://madang@{host}:{}/postgres?sslmode=verify-full&sslrootcert={}",
            cluster.port,
            root.display()
        );
        Location::of_url(&url).unwrap().connect()
    };
    let mut connection = connect("localhost", &right).unwrap();
    connection
        .batch_execute(
            "DO $$ BEGIN ASSERT (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()); END $$",
        )
        .unwrap();
    for (host, root) in [("localhost", &wrong), ("127.0.0.1", &right)] {
        let refused = connect(host, root).err().unwrap();
        assert!(matches!(refused, OpenError::Unreachable(_)), "{refused}");
        assert!(!refused.to_string().contains('\n'), "{refused}");
    }
}

#[test]
fn a_database_of_a_newer_release_is_left_alone() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let mut connection = lease.location.connect().unwrap();
        migrations::migrate(&mut connection).unwrap();
        assert_eq!(migrations::migrate(&mut connection).unwrap(), Vec::<String>::new());
        assert!(migrations::is_current(&mut connection).unwrap());
        connection
            .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')")
            .unwrap();
        let refused = migrations::migrate(&mut connection).err().unwrap();
        assert_eq!(refused, OpenError::Newer("29991231000000".to_owned()));
    }
}

/// The steps of a kind of database, the oldest first.
fn steps(kind: Kind) -> Vec<PathBuf> {
    let kind = if kind == Kind::Sqlite { "sqlite" } else { "postgres" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
    let mut steps: Vec<_> = fs::read_dir(folder).unwrap().map(|step| step.unwrap().path()).collect();
    steps.sort();
    steps
}

/// Takes these steps back, the newest first, each as a whole or not at all.
fn take_back(connection: &mut AnyConnection, steps: &[PathBuf]) {
    for step in steps.iter().rev() {
        let down = fs::read_to_string(step.join("down.sql")).unwrap();
        let version: String =
            step.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().replace('-', "");
        let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
        let taken = connection.batch_execute(&format!("BEGIN; {down} {forget}; COMMIT"));
        taken.unwrap_or_else(|error| panic!("{}: {error}", step.display()));
    }
}

#[test]
fn a_migration_can_be_taken_back() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let mut connection = lease.location.connect().unwrap();
        migrations::migrate(&mut connection).unwrap();
        let steps = steps(kind);
        take_back(&mut connection, &steps);
        assert!(!migrations::is_current(&mut connection).unwrap());
        assert_eq!(migrations::migrate(&mut connection).unwrap().len(), steps.len());
    }
}

/// A panel, its applicant with everything that follows a seat, and what stands with it; some of an idea beside it.
const ROWS_OF_PANELS: &str = "
    INSERT INTO members (id, email, email_key, display_name, role, locale, attributes, created_at, updated_at, version)
        VALUES ({1}, 'ana@example.com', 'ana@example.com', '아나', 'member', 'ko', '{}', {at}, {at}, 1);
    INSERT INTO panels (id, terms, secret, created_at, updated_at, version) VALUES ({2}, '{}', 's', {at}, {at}, 1);
    INSERT INTO applications (id, panel_id, member_id, ticket, answers, agreed, reasons, outcome, created_at, updated_at)
        VALUES ({3}, {2}, {1}, 't', '{}', '[]', '[]', 'confirmed', {at}, {at});
    INSERT INTO shipments (application_id, panel_id, address, shipped_at, delivered_at, updated_at)
        VALUES ({3}, {2}, 'sealed', {at}, {at}, {at});
    INSERT INTO trial_reports (id, application_id, panel_id, title, body, pros, cons, useful, usable, enjoyable, disclosed,
            first_sent_at, sent_at, version, posts)
        VALUES ({4}, {3}, {2}, '가볍다', '좋다', '[]', '[]', 4, 4, 5, TRUE, {at}, {at}, 1, '[]');
    INSERT INTO mission_works (id, application_id, mission, done, first_done_at, done_at) VALUES ({5}, {3}, 'm', '{}', {at}, {at});
    INSERT INTO attachments (id, owner_id, kind, name, bytes, sha256, panel_id, report_id, work_id, position, created_at, unlinked_at) VALUES
        ({6}, {1}, 'png', 'a.png', 1, {hash}, {2}, NULL, NULL, 0, {at}, NULL),
        ({7}, {1}, 'png', 'b.png', 1, {hash}, NULL, {4}, NULL, 0, {at}, NULL),
        ({8}, {1}, 'png', 'c.png', 1, {hash}, NULL, NULL, {5}, 0, {at}, NULL),
        ({9}, {1}, 'png', 'd.png', 1, {hash}, NULL, NULL, NULL, 0, {at}, {at});
    INSERT INTO excuses (application_id, reason, created_at) VALUES ({3}, '입원', {at});
    INSERT INTO strikes (id, member_id, application_id, panel_id, created_at, appeal, appealed_at)
        VALUES ({8}, {1}, {3}, {2}, {at}, '받지 못했습니다', {at});
    INSERT INTO notifications (member_id, id, kind, panel_id, created_at, mail_due_at) VALUES ({1}, {9}, 'panel_result', {2}, {at}, {at});
    INSERT INTO panel_results (panel_id, learned, changes, created_at, updated_at, version) VALUES ({2}, '컸다', '작게', {at}, {at}, 1);
    INSERT INTO panel_void_locks (panel_id, number, spec, pool, excluded, reason, locked_at, voided_at)
        VALUES ({2}, 1, '{}', '[]', '[]', '지역', {at}, {at});
";

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[test]
fn what_came_after_panels_can_be_taken_back_from_under_their_rows() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let mut connection = lease.location.connect().unwrap();
        migrations::migrate(&mut connection).unwrap();
        let (id, hash): (fn(usize) -> String, _) = match kind {
            Kind::Sqlite => (|nth| format!("X'{nth:032}'"), format!("X'{}'", "0".repeat(64))),
            Kind::Postgres => {
                (|nth| format!("'00000000-0000-0000-0000-{nth:012}'"), format!("'\\x{}'", "0".repeat(64)))
            }
        };
        let rows = ROWS_OF_PANELS.replace("{at}", "'2026-11-22 00:00:00'").replace("{hash}", &hash);
        let rows = (1..10).fold(rows, |rows, nth| rows.replace(&format!("{{{nth}}}"), &id(nth)));
        connection.batch_execute(&rows).unwrap();

        let all = steps(kind).into_iter();
        let later: Vec<PathBuf> =
            all.skip_while(|step| !step.ends_with("2026-11-22-001400_trials")).collect();
        take_back(&mut connection, &later);
        let mut count = |what: &str| {
            let asked = sql_query(format!("SELECT count(*) AS count FROM {what}"));
            asked.get_result::<Left>(&mut connection).unwrap().count
        };
        // What the older form has no place for is gone, the rest is there.
        assert_eq!(["applications", "panels", "attachments", "notifications"].map(&mut count), [1, 1, 1, 0]);
        assert_eq!(migrations::migrate(&mut connection).unwrap().len(), later.len());
        assert!(migrations::is_current(&mut connection).unwrap());
    }
}
