//! Opening a database: encrypted and checked, or refused in one clear line.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use diesel::connection::SimpleConnection as _;
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
use persistence::{Location, OpenError, migrations};

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

#[test]
fn a_migration_can_be_taken_back() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, folder.path());
        let mut connection = lease.location.connect().unwrap();
        migrations::migrate(&mut connection).unwrap();
        let kind = if kind == Kind::Sqlite { "sqlite" } else { "postgres" };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
        let mut steps: Vec<_> = fs::read_dir(folder).unwrap().map(|step| step.unwrap().path()).collect();
        steps.sort();
        for step in steps.iter().rev() {
            let down = fs::read_to_string(step.join("down.sql")).unwrap();
            connection.batch_execute(&down).unwrap();
        }
        connection.batch_execute("DELETE FROM __diesel_schema_migrations").unwrap();
        assert!(!migrations::is_current(&mut connection).unwrap());
        assert_eq!(migrations::migrate(&mut connection).unwrap().len(), steps.len());
    }
}
