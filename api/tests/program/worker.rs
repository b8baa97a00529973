//! The background work apart from the servers.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use kit::{TestApp, databases::Kind, people::Person};
use persistence::Location;

use crate::{Running, madang};

#[actix_web::test]
async fn a_worker_sends_the_mails_of_servers_and_says_where_they_are() {
    let app = TestApp::start(Kind::Sqlite, &|config| config).await;
    let Location::Sqlite(file) = &app.config().database else { unreachable!() };
    let mut command = madang(&app.config().data_dir);
    command.arg("worker").env("RUST_LOG", "info").env("MADANG_DATA_DIR", &app.config().data_dir);
    command.env("DATABASE_URL", format!("sqlite://{}", file.display())).stderr(Stdio::piped());
    let mut worker = Running::start(&mut command, |line| line.contains("works in the background"));
    let mut log = BufReader::new(worker.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said = log.find(|line| line.contains("mails are written to a folder")).unwrap();
    assert!(said.contains(app.mail_folder().to_str().unwrap()), "{said}");
    Person::registered(&app, "ana").await;
    let said = log.find(|line| line.contains("a mail was written")).unwrap();
    let files: Vec<_> = fs::read_dir(app.mail_folder()).unwrap().map(Result::unwrap).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    assert!(said.contains(file.file_name().to_str().unwrap()), "{said}");
    app.finish().await;
}
