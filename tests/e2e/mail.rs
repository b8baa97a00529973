//! Mail: on its way from a change to whoever it is for, by a mail server or into a folder.

mod post_office;
mod turns;

use std::{fs, io::Write as _, net::TcpListener, os::unix::fs::PermissionsExt as _};

use chrono::TimeDelta;
use kit::{
    TestApp, databases::Kind, logs::Log, mail::Letter, on_each_database, on_each_database_with,
    people::Person,
};
use madang::{
    Config,
    config::{self, SmtpUrl},
};
use serde_json::json;

use self::post_office::{PostOffice, Verdict};

/// With a mail server at a port of this machine.
fn by_smtp(port: u16) -> impl Fn(Config) -> Config {
    move |config| {
        let smtp = Some(SmtpUrl::new(&format!("smtp://127.0.0.1:{port}")).unwrap());
        Config { mail: config::Mail { smtp, ..config.mail }, ..config }
    }
}

#[actix_web::test]
async fn without_a_server_mails_are_files_that_only_the_owner_reads() {
    on_each_database(async |app| {
        let log = Log::start();
        Person::registered(app, "ana").await;
        app.seed_send_mails().await;
        let files =
            || fs::read_dir(app.mail_folder()).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
        let [file] = &files()[..] else { panic!("{:?}", files()) };
        assert_eq!(file.extension().unwrap(), "eml");
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let letter = Letter::read(&fs::read(file).unwrap());
        assert_eq!(letter.message_id, format!("{}@madang.test", file.file_stem().unwrap().to_str().unwrap()));
        // The log says where, when it starts and of each mail, and no more.
        let log = log.text();
        let secret = letter.secret("confirm-email");
        assert!(log.contains(&format!("folder={}", app.mail_folder().display())), "{log}");
        assert!(log.contains(&format!("file={}", file.display())), "{log}");
        assert!(!log.contains(&secret) && !log.contains("ana@example.com"), "{log}");
        // Of a mail that was sent nothing is left to read, and it is not sent again.
        assert_eq!(app.seed_count_waiting_mails(), 0);
        app.advance(TimeDelta::hours(1));
        app.seed_send_mails().await;
        assert_eq!(files().len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_mail_server_gets_each_mail_once_as_it_was_written() {
    for kind in kit::databases::kinds() {
        let office = PostOffice::open();
        let app = TestApp::start(kind, &by_smtp(office.port)).await;
        Person::registered(&app, "ana").await;
        app.visitor()
            .post("/v1/auth/password-reset", &json!({ "email": "ana@example.com" }))
            .await
            .expect(202);
        // Two nodes at once.
        futures_util::future::join(app.seed_send_mails(), app.seed_send_mails()).await;
        app.seed_send_mails().await;
        let received = office.received();
        assert_eq!(received.len(), 2, "{received:?}");
        for mail in &received {
            assert_eq!(
                (mail.from.as_str(), &mail.to[..]),
                ("no-reply@madang.test", &["ana@example.com".to_owned()][..])
            );
        }
        let mut letters: Vec<Letter> = received.iter().map(|mail| Letter::read(&mail.message)).collect();
        letters.sort_by(|a, b| a.message_id.cmp(&b.message_id));
        let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
        assert_eq!(subjects, ["[마당] 이메일 주소를 확인해 주세요", "[마당] 비밀번호를 다시 정해 주세요"]);
        let [verification, reset] = &letters[..] else { panic!("{letters:?}") };
        assert_eq!(
            (verification.from.as_str(), verification.to.as_str(), verification.auto_submitted.as_str()),
            ("마당 <no-reply@madang.test>", "ana@example.com", "auto-generated")
        );
        assert!(verification.body.starts_with("안녕하세요.\n\n마당 계정에"), "{}", verification.body);
        let body = json!({ "secret": verification.secret("confirm-email") });
        app.visitor().post("/v1/auth/email/confirm", &body).await.expect(204);
        let body =
            json!({ "secret": reset.secret("reset-password"), "password": "another long enough password" });
        app.visitor().post("/v1/auth/password-reset/confirm", &body).await.expect(204);
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_mail_waits_while_the_server_is_away_and_is_sent_when_it_is_back() {
    for kind in kit::databases::kinds() {
        // A port where nobody listens, for now.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let app = TestApp::start(kind, &by_smtp(port)).await;
        Person::registered(&app, "ana").await;
        app.seed_send_mails().await;
        assert_eq!(app.seed_count_waiting_mails(), 1);
        let office = PostOffice::open_at(port);
        // Not before half a minute has passed; and a server that is busy is asked again later still.
        office.answer(Verdict::Busy);
        app.seed_send_mails().await;
        assert_eq!(office.asked(), 0);
        app.advance(TimeDelta::seconds(31));
        app.seed_send_mails().await;
        assert_eq!((office.asked(), app.seed_count_waiting_mails()), (1, 1));
        office.answer(Verdict::Takes);
        app.advance(TimeDelta::seconds(31));
        app.seed_send_mails().await;
        assert_eq!(office.asked(), 1);
        app.advance(TimeDelta::seconds(30));
        app.seed_send_mails().await;
        assert_eq!((office.received().len(), app.seed_count_waiting_mails()), (1, 0));
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_mail_that_is_refused_for_good_or_comes_too_late_is_given_up_with_one_line() {
    for kind in kit::databases::kinds() {
        let office = PostOffice::open();
        let app = TestApp::start(kind, &by_smtp(office.port)).await;
        let log = Log::start();
        let given_up = || log.text().lines().filter(|line| line.contains("a mail was given up")).count();
        office.answer(Verdict::Refuses);
        Person::registered(&app, "ana").await;
        app.seed_send_mails().await;
        assert_eq!((office.asked(), app.seed_count_waiting_mails(), given_up()), (1, 0, 1), "{}", log.text());
        app.advance(TimeDelta::hours(2));
        app.seed_send_mails().await;
        assert_eq!((office.asked(), given_up()), (1, 1));

        // A link to a new password is of no use after half an hour.
        office.answer(Verdict::Busy);
        app.visitor()
            .post("/v1/auth/password-reset", &json!({ "email": "ana@example.com" }))
            .await
            .expect(202);
        app.seed_send_mails().await;
        assert_eq!((office.asked(), app.seed_count_waiting_mails()), (2, 1));
        app.advance(TimeDelta::minutes(31));
        office.answer(Verdict::Takes);
        app.seed_send_mails().await;
        assert_eq!((office.received().len(), app.seed_count_waiting_mails(), given_up()), (0, 0, 2));
        let log = log.text();
        // The server names the address in what it says; the log does not.
        assert!(log.contains("550") && !log.contains("ana@example.com") && !log.contains('#'), "{log}");
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_slow_server_keeps_no_request_waiting() {
    for kind in kit::databases::kinds() {
        // It takes the call and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let app = TestApp::start(kind, &by_smtp(silent.local_addr().unwrap().port())).await;
        let ana = Person::registered(&app, "ana").await;
        {
            let mut sending = std::pin::pin!(app.seed_send_mails());
            let requests = async {
                let called = actix_web::web::block(move || silent.accept().unwrap()).await.unwrap();
                for _ in 0..3 {
                    ana.get("/v1/me").await.expect(200);
                    ana.patch("/v1/me", &json!({ "display_name": "아나" })).await.expect(200);
                }
                called
            };
            let mut called = tokio::select! {
                () = &mut sending => panic!("it was sent by a server that says nothing"),
                called = requests => called,
            };
            assert_eq!(app.seed_count_waiting_mails(), 1);
            // It hangs up; the mail waits.
            called.0.flush().unwrap();
            drop(called);
            sending.await;
        }
        assert_eq!(app.seed_count_waiting_mails(), 1);
        app.finish().await;
    }
}

#[actix_web::test]
async fn what_a_dead_node_was_sending_is_sent_by_another() {
    let office = PostOffice::open();
    on_each_database_with(by_smtp(office.port), async |app| {
        Person::registered(app, "ana").await;
        let before = office.received().len();
        let db = madang::open_database(app.config()).unwrap();
        let now = app.clock().stamp().at;
        let claimed = db.write(persistence::AloneWith::Nobody, move |tx| {
            let due = persistence::mails::due(tx, now, 1)?;
            persistence::mails::claim(tx, &due[0], now + TimeDelta::minutes(2))
        });
        assert_eq!(claimed.await.unwrap().unwrap().attempts, 1);
        app.seed_send_mails().await;
        assert_eq!(office.received().len(), before);
        app.advance(TimeDelta::minutes(2));
        app.seed_send_mails().await;
        assert_eq!(office.received().len(), before + 1);
    })
    .await;
}

#[actix_web::test]
async fn what_has_had_its_time_is_swept_and_a_member_can_be_forgotten() {
    on_each_database(async |app| {
        let sweep = async || {
            let db = madang::open_database(app.config()).unwrap();
            madang::jobs::expire(&db, app.clock().now()).await.unwrap()
        };
        let ana = Person::registered(app, "ana").await;
        let admin = app.admin().await;
        let invitation = json!({ "email": "jisu@example.com", "role": "member" });
        admin.post("/v1/invitations", &invitation).await.expect(201);
        app.visitor()
            .post("/v1/auth/password-reset", &json!({ "email": "ana@example.com" }))
            .await
            .expect(202);
        app.visitor()
            .post("/v1/auth/password-reset", &json!({ "email": "nobody@example.com" }))
            .await
            .expect(202);
        app.seed_send_mails().await;
        assert_eq!(sweep().await, 0);
        // The link and the mail to a new password, and the two requests.
        app.advance(TimeDelta::minutes(61));
        assert_eq!(sweep().await, 4);
        // The link and the mail of the registration, and the mail of the invitation.
        app.advance(TimeDelta::hours(23));
        assert_eq!(sweep().await, 3);
        // The invitation.
        app.advance(TimeDelta::days(6));
        assert_eq!(sweep().await, 1);
        assert_eq!(sweep().await, 0);

        let ana_again = Person::login(app, "ana", kit::people::PASSWORD).await.expect(200);
        let asking = Person::signed_in(app, &ana_again);
        asking.post("/v1/me/email/verification", &json!({})).await.expect(202);
        let secret = app.last_letter_to("ana@example.com").await.secret("confirm-email");
        asking.post("/v1/me/email/verification", &json!({})).await.expect(202);
        let (db, id) = (madang::open_database(app.config()).unwrap(), ana.id.parse::<uuid::Uuid>().unwrap());
        app.visitor()
            .post("/v1/auth/password-reset", &json!({ "email": "ana@example.com" }))
            .await
            .expect(202);
        let forget = db.write(persistence::AloneWith::Nobody, move |tx| {
            let member = persistence::members::find(tx, id.into())?;
            persistence::mails::forget(tx, &member)
        });
        forget.await.unwrap();
        app.seed_send_mails().await;
        assert_eq!(app.letters_to("ana@example.com").await.len(), 3);
        let confirmed = app.visitor().post("/v1/auth/email/confirm", &json!({ "secret": secret })).await;
        confirmed.expect_problem(409, "link_not_good");
    })
    .await;
}

#[actix_web::test]
async fn a_folder_that_cannot_be_written_loses_no_mail() {
    let app = TestApp::start(Kind::Sqlite, &|config| config).await;
    Person::registered(&app, "ana").await;
    // Where the file would be written there is a folder: as good as a full disk, also for root.
    let db = madang::open_database(app.config()).unwrap();
    let now = app.clock().now();
    let mail = db.read(move |tx| persistence::mails::due(tx, now, 1)).await.unwrap().remove(0);
    let in_the_way = app.mail_folder().join(format!(".{}.new", mail.id));
    fs::create_dir_all(&in_the_way).unwrap();
    app.seed_send_mails().await;
    assert_eq!(app.seed_count_waiting_mails(), 1);
    fs::remove_dir(&in_the_way).unwrap();
    app.advance(TimeDelta::seconds(31));
    assert_eq!(app.letters_to("ana@example.com").await.len(), 1);
    app.finish().await;
}
