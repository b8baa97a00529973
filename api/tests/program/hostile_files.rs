//! A hundred hostile files and more, sent to a server of its own: none is stored as what it is not, none brings it down,
//! and its memory stays under 200 MB throughout.

use std::{fs, io::Cursor};

use futures_util::StreamExt as _;
use image::ImageFormat;
use kit::files::{
    self,
    hostile::{self, Hostile, PAYLOAD},
};
use reqwest::{Client, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{Running, madang};

/// A server, and somebody who sends files to it.
struct Square {
    server: Running,
    client: Client,
    token: String,
}

impl Square {
    async fn open(folder: &std::path::Path) -> Self {
        let server = Running::server(madang(folder).env("MADANG_RATE_LIMITS", "off"));
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let account =
            json!({ "email": "m@example.com", "password": "a long enough password", "display_name": "m" });
        let made =
            client.post(format!("{}/v1/auth/register", server.url)).json(&account).send().await.unwrap();
        let made: Value = made.json().await.unwrap();
        let token = made["access_token"].as_str().unwrap().to_owned();
        Self { server, client, token }
    }

    async fn send(&self, file: &Hostile) -> (u16, Value) {
        let request =
            self.client.post(format!("{}/v1/attachments", self.server.url)).bearer_auth(&self.token);
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=here");
        let sent = request.body(hostile::form_of(file)).send().await;
        let answer = sent.unwrap_or_else(|error| panic!("{}: {error:?}", file.about));
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Of all the memory it ever held at once, in kB.
    /// The most memory it ever held, in kB, without the part of the program's own file that is mapped: a debug build of a program that
    /// grows maps more of it, whatever it is sent.
    fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.child.id())).unwrap();
        let read = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        read("VmHWM:") - read("RssFile:")
    }

    /// That what was stored of a file is of its type, holds nothing of the payload, and has a name that is one.
    async fn check(&self, file: &Hostile, made: &Value) {
        let about = &file.about;
        let address = format!("{}{}", self.server.url, made["url"].as_str().unwrap());
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
        let address = format!("{}/v1/attachments/{}", self.server.url, made["id"].as_str().unwrap());
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
    let square = Square::open(folder.path()).await;
    for file in &files {
        square.weigh(file).await;
    }
    // And again, several at once: some may be asked to come later, when memory is taken.
    futures_util::stream::iter(&files).for_each_concurrent(12, |file| square.weigh(file)).await;

    let stored = fs::read_dir(folder.path().join("data/attachments")).unwrap();
    assert!(stored.count() > 0, "what may be kept was kept");
    let plain = Hostile {
        name: b"a.png".to_vec(),
        bytes: files::png(640, 480),
        about: "a good picture".to_owned(),
        may_be_kept: true,
    };
    let (status, made) = square.send(&plain).await;
    assert_eq!(status, 201, "it goes on serving: {made}");
    square.check(&plain, &made).await;
    let most = square.most_memory();
    eprintln!("{} files, {most} kB at most", files.len());
    assert!(most < 150_000, "{most} kB");
}
