//! The keys that addresses are sealed with: changed, lost, and kept apart from backups.

use std::path::Path;

use kit::{TestApp, databases::Lease, on_each_database_with};
use madang::{
    Config, StartError,
    address_keys::{self, AddressKeys, Resealed},
    backup,
    config::Secret,
    open_database,
};
use persistence::panels::shipments;
use serde_json::json;

use super::{address, listed, of, seated};

const OLD: &str = "2026:Kt1IbHl5A_8nb4y9pV4WxH3sT0eQkRzUuXqgJm2cYwE";
const NEW: &str = "2027:Zm9yIHRoZSB5ZWFyIHRoYXQgaXMgdG8gY29tZSwgMjc";

fn sealed_with(keys: &str) -> impl Fn(Config) -> Config {
    let keys = Secret::new(keys);
    move |config| Config { address_keys: Some(keys.clone()), ..config }
}

fn keys_of(app: &TestApp, keys: &str) -> AddressKeys {
    AddressKeys::of(&sealed_with(keys)(app.config().clone())).unwrap()
}

/// Does what waits for rows and files where nothing else waits for it.
async fn off_thread(config: &Config, file: &Path, work: fn(&Config, &Path) -> Result<(), StartError>) {
    let (config, file) = (config.clone(), file.to_owned());
    actix_web::web::block(move || work(&config, &file)).await.unwrap().unwrap();
}

/// The addresses in a database, as these keys open them: to whom they are.
fn opened(config: &Config, keys: &AddressKeys) -> Vec<Option<String>> {
    let mut connection = config.database.connect().unwrap();
    let kept = shipments::addresses(&mut connection, None, 100).unwrap();
    kept.into_iter().map(|(id, sealed)| Some(keys.open(id, &sealed).ok()?.recipient)).collect()
}

#[actix_web::test]
async fn an_old_key_is_retired_once_its_addresses_are_sealed_anew() {
    on_each_database_with(sealed_with(OLD), async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        for (name, id) in ["ana", "ben"].iter().zip(&ids) {
            app.member(name).await.put_body(&of(id), &address()).await.expect(200);
        }
        let (new, both) = (keys_of(app, NEW), keys_of(app, &format!("{NEW},{OLD}")));
        let db = open_database(app.config()).unwrap();
        let found = async |keys| address_keys::reseal(&db, keys, app.clock()).await.unwrap();
        // Without the old one nothing is lost.
        assert_eq!(found(&new).await, Resealed { anew: 0, kept: 0, unreadable: 2 });
        assert_eq!(opened(app.config(), &new), [None, None]);
        assert_eq!(found(&both).await, Resealed { anew: 2, kept: 0, unreadable: 0 });
        assert_eq!(found(&both).await, Resealed { anew: 0, kept: 2, unreadable: 0 });
        assert_eq!(opened(app.config(), &new), [Some("홍길동".to_owned()), Some("홍길동".to_owned())]);

        // The server that still has the old one alone says so, in lists as in files.
        let (ana, marketer) = (app.member("ana").await, app.staff("marketer").await);
        ana.get(&of(&ids[0])).await.expect_problem(409, "address_unreadable");
        let asked = format!("/v1/panels/{panel}/shipments?with_addresses=true");
        let seen = marketer.get(&asked).await.expect(200);
        assert_eq!(
            (&seen["items"][0]["address_state"], seen["items"][0].get("address")),
            (&json!("unreadable"), None)
        );
        let file = marketer.get(&format!("/v1/panels/{panel}/shipments/export")).await.text;
        assert!(file.lines().nth(1).unwrap().ends_with(",,,,,,'=이어폰,unreadable"), "{file}");
        // Whoever it is of can send it again.
        ana.put_body(&of(&ids[0]), &address()).await.expect(200);
        assert_eq!(listed(&marketer, &panel).await[0]["address_state"], "kept");
        let log = app.admin().await.get("/v1/audit?action=reseal%20addresses").await.expect(200);
        assert_eq!(log["items"][1]["after"], json!({ "anew": 2, "kept": 0, "unreadable": 0 }));
    })
    .await;
}

#[actix_web::test]
async fn an_address_that_was_moved_to_somebody_else_does_not_open() {
    on_each_database_with(sealed_with(OLD), async |app| {
        let (panel, ids) = seated(app, &["ana", "ben"]).await;
        app.member("ana").await.put_body(&of(&ids[0]), &address()).await.expect(200);
        let mut other = address();
        other["recipient"] = json!("김마당");
        app.member("ben").await.put_body(&of(&ids[1]), &other).await.expect(200);
        app.seed_execute("UPDATE shipments SET address = (SELECT max(address) FROM shipments)").unwrap();
        let states: Vec<_> = listed(&app.staff("marketer").await, &panel)
            .await
            .iter()
            .map(|one| one["address_state"].clone())
            .collect();
        let moved = states.iter().filter(|state| *state == "unreadable").count();
        assert_eq!((states.len(), moved), (2, 1));
    })
    .await;
}

#[actix_web::test]
async fn a_backup_has_addresses_and_not_the_key_to_them() {
    on_each_database_with(sealed_with(OLD), async |app| {
        let (_, ids) = seated(app, &["ana"]).await;
        app.member("ana").await.put_body(&of(&ids[0]), &address()).await.expect(200);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all.tar");
        off_thread(app.config(), &file, backup::create).await;
        let lease = Lease::new(app.kind, folder.path());
        let data_dir = folder.path().join("data");
        let restored = Config { database: lease.location.clone(), data_dir, ..app.config().clone() };
        off_thread(&restored, &file, backup::restore).await;
        assert_eq!(opened(&restored, &AddressKeys::of(&restored).unwrap()), [Some("홍길동".to_owned())]);
        // Where no keys are set, a folder makes its own, which the backup does not bring along.
        let keyless = Config { address_keys: None, ..restored.clone() };
        assert_eq!(opened(&keyless, &AddressKeys::of(&keyless).unwrap()), [None]);
    })
    .await;
}
