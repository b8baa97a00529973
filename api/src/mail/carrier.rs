//! How a mail leaves: by SMTP, or into a folder where none is set up.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::web;
use domain::mail::Mail;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::Error as SmtpError,
};

use crate::config::{BadSetting, Config};

/// Takes mails away.
pub struct Carrier {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Folder(PathBuf),
}

/// Why a mail was not taken. The words are for the log: they name nobody.
#[derive(Debug)]
pub enum Undelivered {
    /// It is worth trying again.
    Later(String),
    Never(String),
}

/// How long a whole mail may take; then it counts as not taken.
pub const PATIENCE: Duration = Duration::from_secs(60);

impl Carrier {
    /// The way that is set up; where there is none, a folder that is made, and said.
    ///
    /// # Errors
    /// [`BadSetting`] when the folder cannot be made, or TLS cannot be set up.
    pub fn of(config: &Config) -> Result<Self, BadSetting> {
        let from = config.mail.from.clone();
        let bad = |name: &'static str, why: String| BadSetting::Value { name, why };
        let way = match &config.mail.smtp {
            Some(url) => {
                let builder = url.builder().map_err(|error| bad("MADANG_SMTP_URL", error.to_string()))?;
                Way::Smtp(Box::new(builder.timeout(Some(PATIENCE / 2)).build()))
            }
            None => {
                let folder = config.data_dir.join("mail");
                fs::create_dir_all(&folder).map_err(|error| {
                    bad("MADANG_DATA_DIR", format!("cannot make {}: {error}", folder.display()))
                })?;
                tracing::info!(folder = %folder.display(), "MADANG_SMTP_URL is not set: mails are written to a folder");
                Way::Folder(folder)
            }
        };
        Ok(Self { from, way })
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// [`Undelivered`].
    pub async fn carry(&self, mail: &Mail) -> Result<(), Undelivered> {
        let message = message(&self.from, mail)?;
        match &self.way {
            Way::Smtp(transport) => match tokio::time::timeout(PATIENCE, transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(undelivered(&error)),
                Err(_) => Err(Undelivered::Later(format!("took more than {} s", PATIENCE.as_secs()))),
            },
            Way::Folder(folder) => {
                let (folder, name) = (folder.clone(), mail.id.to_string());
                let written = web::block(move || write(&folder, &name, &message.formatted())).await;
                let later = |error: &dyn std::fmt::Display| Undelivered::Later(error.to_string());
                let file = written.map_err(|error| later(&error))?.map_err(|error| later(&error))?;
                tracing::info!(file = %file.display(), "a mail was written");
                Ok(())
            }
        }
    }
}

/// What a server says with a refusal may name the address, so of that only the code is told.
fn undelivered(error: &SmtpError) -> Undelivered {
    match error.status() {
        // The server does not know us, which is for whoever runs Madang to mend: 530, 534, 535, 538 (RFC 4954).
        Some(code) if matches!(u16::from(code), 530 | 534 | 535 | 538) => {
            Undelivered::Later(format!("the server asks for other credentials: {code}"))
        }
        Some(code) if error.is_permanent() => Undelivered::Never(format!("the server refused it: {code}")),
        Some(code) => Undelivered::Later(format!("the server asks to try later: {code}")),
        None => Undelivered::Later(error.to_string()),
    }
}

/// The mail as it is sent. Every header is made of a typed value, so that none can hold another.
fn message(from: &Mailbox, mail: &Mail) -> Result<Message, Undelivered> {
    let never = |what: &str| Undelivered::Never(what.to_owned());
    let to: Address =
        mail.to.as_str().parse().map_err(|_| never("the address is none that mail can go to"))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(&mail.subject)
        .date(mail.created_at.into())
        // The same whenever it is sent, so that a mail that came twice is known to be one.
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        // Nobody's absence note answers it (RFC 3834).
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|error| never(&error.to_string()))
}

/// Written beside and moved into place, readable by the owner alone: nobody ever reads half a mail. The same mail is the
/// same file.
fn write(folder: &Path, name: &str, message: &[u8]) -> std::io::Result<PathBuf> {
    let (beside, path) = (folder.join(format!(".{name}.new")), folder.join(format!("{name}.eml")));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(message)?;
    file.sync_all()?;
    fs::rename(&beside, &path)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use domain::{MailId, mail::Kind, members::Email};

    use super::*;

    #[test]
    fn words_with_line_breaks_make_no_headers() {
        let hostile = "아나\r\nBcc: all@example.com\r\n\r\nBuy!";
        let at = chrono::DateTime::UNIX_EPOCH;
        let mail = Mail {
            id: MailId::new(at, [0; 10]),
            kind: Kind::Invitation,
            member: None,
            to: Email::try_from("ana@example.com").unwrap(),
            subject: format!("[{hostile}] 초대합니다"),
            body: hostile.to_owned(),
            created_at: at,
            expires_at: at,
            attempts: 0,
            due_at: at,
        };
        let from = "마당 <no-reply@example.com>".parse().unwrap();
        let message = message(&from, &mail).unwrap();
        assert_eq!(message.envelope().to().len(), 1);
        let text = String::from_utf8(message.formatted()).unwrap();
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = headers
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| line.split(':').next())
            .collect();
        let expected = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Type",
            "Content-Transfer-Encoding",
        ];
        assert!(expected.iter().all(|name| names.contains(name)), "{headers}");
        assert!(names.iter().all(|name| expected.contains(name) || *name == "MIME-Version"), "{headers}");
    }

    #[test]
    fn an_address_that_mail_cannot_go_to_is_given_up_at_once() {
        let at = chrono::DateTime::UNIX_EPOCH;
        let mail = Mail {
            id: MailId::new(at, [0; 10]),
            kind: Kind::Reset,
            member: None,
            to: Email::try_from("a..b,c@example.com").unwrap(),
            subject: String::new(),
            body: String::new(),
            created_at: at,
            expires_at: at,
            attempts: 0,
            due_at: at,
        };
        let from = "no-reply@example.com".parse().unwrap();
        assert!(matches!(message(&from, &mail), Err(Undelivered::Never(_))));
    }
}
