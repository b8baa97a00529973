//! The background work apart from the servers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use kit::{TestApp, databases::Kind, people::Person};
use persistence::Location;

/// A worker, ended with the test.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[actix_web::test]
async fn a_worker_sends_the_mails_of_servers_and_says_where_they_are() {
    let app = TestApp::start(Kind::Sqlite, &|config| config).await;
    let Location::Sqlite(file) = &app.config().database else { unreachable!() };
    let mut worker = Command::new(env!("CARGO_BIN_EXE_madang"));
    worker.arg("worker").current_dir(&app.config().data_dir).env_clear();
    worker.env("RUST_LOG", "info").env("MADANG_DATA_DIR", &app.config().data_dir);
    worker.env("DATABASE_URL", format!("sqlite://{}", file.display()));
    let mut worker = Worker(worker.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut log = BufReader::new(worker.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said = log.find(|line| line.contains("mails are written to a folder")).unwrap();
    assert!(said.contains(app.mail_folder().to_str().unwrap()), "{said}");
    Person::registered(&app, "ana").await;
    let said = log.find(|line| line.contains("a mail was written")).unwrap();
    let files: Vec<_> = fs::read_dir(app.mail_folder()).unwrap().map(Result::unwrap).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    assert!(said.contains(file.file_name().to_str().unwrap()), "{said}");
    app.finish().await;
}
