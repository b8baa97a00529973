//! The kit of the tests: an instance of Madang with an empty database of its own, and people who use it over HTTP.

pub mod answer;
pub mod bucket;
pub mod contract;
pub mod databases;
pub mod files;
pub mod logs;
pub mod mail;
pub mod people;
mod races;
pub mod statements;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use actix_web::dev::ServerHandle;
use chrono::TimeDelta;
use databases::{Kind, Lease};
use madang::{
    Config, Server,
    clock::Clock,
    config::{FirstAdmin, LogForm, Secret, Sso, SsoKeys, StoreSettings},
    rates::Rates,
    store::Store,
};
use people::Person;

pub const ADMIN_EMAIL: &str = "admin@example.com";
pub const ADMIN_PASSWORD: &str = "the keeper of the square";
pub const SSO_SECRET: &str = "a secret that the shop and the square share";

/// An instance of Madang that listens on a port of its own.
pub struct TestApp {
    pub kind: Kind,
    pub url: String,
    pub(crate) client: reqwest::Client,
    config: Config,
    clock: Clock,
    server: ServerHandle,
    tampered: AtomicBool,
    // Last, so that the database goes after everything that uses it.
    _data: tempfile::TempDir,
    _database: Lease,
}

/// Runs a test on SQLite and on PostgreSQL, each time with an instance and an empty database of its own. Afterwards every
/// counter must equal its rows, and every event must be one that `docs/EVENTS.md` explains.
pub async fn on_each_database(test: impl AsyncFn(&TestApp)) {
    on_each_database_with(|config| config, test).await;
}

/// [`on_each_database`] with other settings.
pub async fn on_each_database_with(settings: impl Fn(Config) -> Config, test: impl AsyncFn(&TestApp)) {
    for kind in databases::kinds() {
        eprintln!("on {kind:?}");
        let app = TestApp::start(kind, &settings).await;
        test(&app).await;
        app.finish().await;
    }
}

impl TestApp {
    /// Starts an instance.
    pub async fn start(kind: Kind, settings: &impl Fn(Config) -> Config) -> Self {
        logs::subscribe();
        let data = tempfile::tempdir().unwrap();
        let database = Lease::new(kind, data.path());
        let clock = Clock::Ahead(Arc::new(AtomicI64::new(0)));
        let config = settings(plain_config(&database, data.path().into(), clock.clone()));
        let server = Server::start(config.clone()).await.unwrap();
        let (url, handle) = (format!("http://{}", server.address()), server.handle());
        actix_web::rt::spawn(server.run());
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        let tampered = AtomicBool::new(false);
        Self { kind, url, client, config, clock, server: handle, tampered, _data: data, _database: database }
    }

    /// Somebody who has not signed in.
    pub fn visitor(&self) -> Person<'_> {
        Person::visitor(self)
    }

    /// A customer of this name, who comes by the brand's sign-on.
    pub async fn member(&self, name: &str) -> Person<'_> {
        Person::member(self, name).await
    }

    /// Somebody with a role.
    pub async fn staff(&self, role: &str) -> Person<'_> {
        Person::staff(self, role).await
    }

    /// The admin of the first start.
    pub async fn admin(&self) -> Person<'_> {
        Person::admin(self).await
    }

    /// Turns the clock of this instance on.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Runs SQL with the rights of the application, round the API; what the database says against it.
    pub fn seed_execute(&self, sql: &str) -> Result<(), String> {
        use diesel::connection::SimpleConnection as _;
        let mut connection = self.config.database.connect().unwrap();
        connection.batch_execute(sql).map_err(|error| error.to_string())
    }

    /// Says that the audit log was tampered with on purpose.
    pub fn seed_tampered(&self) {
        self.tampered.store(true, Ordering::SeqCst);
    }

    /// The events that wait to be delivered, read round the API, which does not show them.
    pub fn seed_read_events(&self) -> Vec<(String, serde_json::Value)> {
        let mut connection = self.config.database.connect().unwrap();
        let waiting = persistence::outbox::waiting(&mut connection, 1_000_000).unwrap();
        waiting.into_iter().map(|(kind, _, data)| (kind, data)).collect()
    }

    /// Ranks every idea anew, which a job does every few minutes.
    pub async fn seed_rank(&self) {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::rank(&db, self.clock.now()).await.unwrap();
    }

    /// Looks for duplicates, which a job does every few minutes.
    pub async fn seed_find_duplicates(&self) {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::find_duplicates(&db).await.unwrap();
    }

    /// Sweeps the attachments, which a job does each hour; how many went.
    pub async fn seed_sweep(&self) -> usize {
        let (db, store) = (madang::open_database(&self.config).unwrap(), Store::open(&self.config).unwrap());
        madang::jobs::sweep_attachments(&db, &store, self.clock.now()).await.unwrap()
    }

    /// Announces what has come out by the clock, which a job does every minute; says how many entries that were.
    pub async fn seed_announce(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::announce(&db, &self.clock).await.unwrap()
    }

    pub async fn seed_estimate_chances(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::estimate_chances(&db).await.unwrap()
    }

    /// Examines the ballots of every contest that is judged, which a job does every ten minutes; how many are held since.
    pub async fn seed_examine_ballots(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::examine_ballots(&db, &self.clock).await.unwrap()
    }

    pub async fn seed_lapse_seats(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::lapse_seats(&db, &self.clock).await.unwrap()
    }

    /// Every row that a backup would hold, as text.
    pub fn seed_read_rows(&self) -> String {
        use persistence::backup;
        let mut all = String::new();
        let read = backup::snapshot(&self.config.database, |rows, _| {
            for table in rows.tables.clone() {
                rows.read(&table, |line| {
                    all.push_str(line);
                    all.push('\n');
                    Ok(())
                })?;
            }
            Ok(())
        });
        read.unwrap();
        all
    }

    /// Deletes what is personal of panels and had its time, which a job does each hour; how many things went.
    pub async fn seed_forget_panels(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::retention::forget_panels(&db, &self.clock).await.unwrap()
    }

    /// Does what the hourly job does with contests that ended; says how many there were.
    pub async fn seed_forget_contests(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::contests::forget(&db, &self.clock).await.unwrap()
    }

    /// Tells those in panels what is due by the clock, which jobs do every few minutes: results, reminders, strikes; says how many of
    /// each there were.
    pub async fn seed_tell_people(&self) -> [usize; 3] {
        use madang::jobs::people;
        let db = madang::open_database(&self.config).unwrap();
        [
            people::tell_results(&db, &self.clock).await.unwrap(),
            people::remind(&db, &self.clock).await.unwrap(),
            people::record_strikes(&db, &self.clock).await.unwrap(),
        ]
    }

    /// Offers the prizes of results that have become public, which a job does every minute; says of how many contests.
    pub async fn seed_offer_prizes(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::contests::offer_prizes(&db, &self.clock).await.unwrap()
    }

    /// Accepts the reports that nobody looked at for too long, which a job does every few minutes; says how many that were.
    pub async fn seed_accept_silently(&self) -> usize {
        let db = madang::open_database(&self.config).unwrap();
        madang::jobs::accept_silently(&db, &self.config).await.unwrap()
    }

    /// The answers kept for repeated requests, as they are at rest.
    pub fn seed_read_kept_answers(&self) -> Vec<Vec<u8>> {
        let mut connection = self.config.database.connect().unwrap();
        persistence::replays::all(&mut connection).unwrap()
    }

    /// Stops the instance after asking what must always hold.
    pub async fn finish(self) {
        let explained = include_str!("../../docs/EVENTS.md");
        for (kind, _) in self.seed_read_events() {
            assert!(explained.contains(&format!("`{kind}`")), "docs/EVENTS.md does not explain {kind}");
        }
        let db = madang::open_database(&self.config).unwrap();
        let drift = madang::jobs::recount(&db).await.unwrap();
        assert_eq!((drift.counters, drift.scores), (0, 0), "counters drifted from their rows");
        if !self.tampered.load(Ordering::SeqCst) {
            let verdict = madang::audit::verify(&db, None).await.unwrap();
            assert!(matches!(verdict, madang::audit::Verdict::Sound(_)), "the audit log is broken");
        }
        drop(db);
        self.server.stop(false).await;
    }
}

fn plain_config(database: &Lease, data_dir: PathBuf, clock: Clock) -> Config {
    Config {
        database: database.location.clone(),
        read_database: None,
        listen: ([127, 0, 0, 1], 0).into(),
        store: StoreSettings::Folder,
        data_dir,
        public_url: "http://madang.test".to_owned(),
        admin: Some(FirstAdmin { email: ADMIN_EMAIL.to_owned(), password: Secret::new(ADMIN_PASSWORD) }),
        sso: Some(Sso { keys: SsoKeys::Secret(Secret::new(SSO_SECRET)), issuer: None, audience: None }),
        signing_keys: None,
        address_keys: None,
        rates: Rates::OFF,
        log: LogForm::Pretty,
        cors_origins: vec!["https://front.example".to_owned()],
        trusted_proxies: Vec::new(),
        workers: 2,
        connections: 4,
        queue: 1_024,
        body_limit: 1_048_576,
        page_cache: Duration::ZERO,
        jobs: false,
        promise: Default::default(),
        mail: mail::settings(),
        clock,
    }
}
