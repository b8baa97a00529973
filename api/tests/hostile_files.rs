//! A hundred hostile files and more, sent to a server of its own: none is stored as what it is not, none brings it down,
//! and its memory stays under 200 MB throughout.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Cursor},
    process::{Child, ChildStdout, Command, Stdio},
};

use futures_util::StreamExt as _;
use image::ImageFormat;
use kit::files::{
    self,
    hostile::{self, Hostile, PAYLOAD},
};
use reqwest::{Client, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// The server, ended with the test.
struct Running {
    child: Child,
    // Open for as long as it may say something.
    _said: BufReader<ChildStdout>,
    url: String,
    client: Client,
    token: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    async fn start(folder: &std::path::Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madang"));
        command.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
        command.env("RUST_LOG", "warn").env("MADANG_LISTEN", "127.0.0.1:0").env("MADANG_RATE_LIMITS", "off");
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let account =
            json!({ "email": "m@example.com", "password": "a long enough password", "display_name": "m" });
        let made = client.post(format!("{url}/v1/auth/register")).json(&account).send().await.unwrap();
        let made: Value = made.json().await.unwrap();
        let token = made["access_token"].as_str().unwrap().to_owned();
        Self { child, _said: said, url, client, token }
    }

    async fn send(&self, file: &Hostile) -> (u16, Value) {
        let request = self.client.post(format!("{}/v1/attachments", self.url)).bearer_auth(&self.token);
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=here");
        let sent = request.body(hostile::form_of(file)).send().await;
        let answer = sent.unwrap_or_else(|error| panic!("{}: {error:?}", file.about));
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Of all the memory it ever held at once, in kB.
    fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// That what was stored of a file is of its type, holds nothing of the payload, and has a name that is one.
    async fn check(&self, file: &Hostile, made: &Value) {
        let about = &file.about;
        let address = format!("{}{}", self.url, made["url"].as_str().unwrap());
        let answer = self.client.get(address).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{about}");
        let media = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        assert_eq!(made["type"], media, "{about}");
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(made["bytes"], bytes.len(), "{about}");
        assert!(!bytes.windows(PAYLOAD.len()).any(|part| part == PAYLOAD), "{about}: it is still in there");
        assert!(!bytes.windows(4).any(|part| part == b"PK\x05\x06"), "{about}: an archive");
        match &*media {
            "image/gif" => {
                let mut decoder = gif::DecodeOptions::new().read_info(&bytes[..]).unwrap();
                while decoder.read_next_frame().unwrap().is_some() {}
            }
            media => {
                let format = ImageFormat::from_mime_type(media).unwrap();
                let image = image::load(Cursor::new(&bytes), format).unwrap();
                assert_eq!(
                    (made["width"].clone(), made["height"].clone()),
                    (json!(image.width()), json!(image.height()))
                );
            }
        }
        let name = made["name"].as_str().unwrap();
        let fit = |c: char| !c.is_control() && c != '/' && c != '\\' && c != '\u{202e}';
        assert!(name.chars().count() <= 200 && name.chars().all(fit), "{about}: {name}");
        assert!([".png", ".jpg", ".jpeg", ".gif", ".webp"].iter().any(|end| name.ends_with(end)), "{name}");
        self.delete(made).await;
    }

    async fn delete(&self, made: &Value) {
        let address = format!("{}/v1/attachments/{}", self.url, made["id"].as_str().unwrap());
        let gone = self.client.delete(address).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(gone.status(), 204);
    }

    async fn weigh(&self, file: &Hostile) {
        let (status, answer) = self.send(file).await;
        match status {
            201 if file.may_be_kept => self.check(file, &answer).await,
            400 | 413 | 422 => assert!(answer["code"].is_string(), "{}: {answer}", file.about),
            status => panic!("{}: {status}: {answer}", file.about),
        }
    }
}

#[actix_web::test]
async fn hostile_files_are_refused_or_made_harmless_in_little_memory() {
    let files = hostile::all();
    assert!(files.len() >= 100, "only {} files", files.len());
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path()).await;
    for file in &files {
        server.weigh(file).await;
    }
    // And again, several at once: some may be asked to come later, when memory is taken.
    futures_util::stream::iter(&files).for_each_concurrent(12, |file| server.weigh(file)).await;

    let stored = fs::read_dir(folder.path().join("data/attachments")).unwrap();
    assert!(stored.count() > 0, "what may be kept was kept");
    let plain = Hostile {
        name: b"a.png".to_vec(),
        bytes: files::png(640, 480),
        about: "a good picture".to_owned(),
        may_be_kept: true,
    };
    let (status, made) = server.send(&plain).await;
    assert_eq!(status, 201, "it goes on serving: {made}");
    server.check(&plain, &made).await;
    let most = server.most_memory();
    eprintln!("{} files, {most} kB at most", files.len());
    assert!(most < 200_000, "{most} kB");
}
