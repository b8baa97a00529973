//! Mail: sent when a test says so, and read as whoever gets it reads it.

use std::{fs, path::PathBuf};

use madang::{
    config,
    mail::{carrier::Carrier, sending},
};
use mail_parser::MessageParser;

use crate::TestApp;

/// Where the links of an instance lead.
pub const LINK_URL: &str = "https://front.example";

/// The settings of an instance without a mail server.
pub(crate) fn settings() -> config::Mail {
    config::Mail {
        smtp: None,
        from: "마당 <no-reply@madang.test>".parse().unwrap(),
        link_url: LINK_URL.to_owned(),
    }
}

/// A mail as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub body: String,
    pub message_id: String,
    pub auto_submitted: String,
}

impl Letter {
    /// The letter in a message as it is sent.
    pub fn read(message: &[u8]) -> Self {
        let message = MessageParser::default().parse(message).unwrap();
        let address = |address: Option<&mail_parser::Address<'_>>| {
            let one = address.and_then(mail_parser::Address::first).unwrap();
            let (name, address) = (one.name().unwrap_or(""), one.address().unwrap());
            if name.is_empty() { address.to_owned() } else { format!("{name} <{address}>") }
        };
        let header = |name: &str| message.header_raw(name).unwrap_or("").trim().to_owned();
        Self {
            from: address(message.from()),
            to: address(message.to()),
            subject: message.subject().unwrap().to_owned(),
            body: message.body_text(0).unwrap().replace("\r\n", "\n"),
            message_id: message.message_id().unwrap().to_owned(),
            auto_submitted: header("Auto-Submitted"),
        }
    }

    /// The secret of the link, which leads to `page`.
    #[track_caller]
    pub fn secret(&self, page: &str) -> String {
        let link = format!("{LINK_URL}/{page}#");
        let (_, rest) = self.body.split_once(&link).unwrap_or_else(|| panic!("no {link} in {}", self.body));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

impl TestApp {
    /// Sends every mail that is due, which a job does every few seconds.
    pub async fn seed_send_mails(&self) {
        let db = madang::open_database(self.config()).unwrap();
        let carrier = Carrier::of(self.config()).unwrap();
        sending::send_due(&db, self.config(), &carrier).await.unwrap();
    }

    /// How many mails wait to be sent, now or later.
    pub fn seed_count_waiting_mails(&self) -> usize {
        let mut connection = self.config().database.connect().unwrap();
        let far = self.clock().now() + chrono::TimeDelta::days(365);
        persistence::mails::due(&mut connection, far, 1_000).unwrap().len()
    }

    pub fn mail_folder(&self) -> PathBuf {
        self.config().data_dir.join("mail")
    }

    /// The letters in the mail folder to an address, oldest first, after what is due was sent.
    pub async fn letters_to(&self, address: &str) -> Vec<Letter> {
        self.seed_send_mails().await;
        let files = fs::read_dir(self.mail_folder()).unwrap();
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        let letters = files.iter().map(|file| Letter::read(&fs::read(file).unwrap()));
        letters.filter(|letter| letter.to == address).collect()
    }

    /// The last of them.
    pub async fn last_letter_to(&self, address: &str) -> Letter {
        self.letters_to(address).await.pop().unwrap()
    }
}
