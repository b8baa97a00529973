//! Mail: the server it is handed to, whom it comes from, and where its links lead.

use std::fmt;

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError},
};

use super::{BadSetting, Variables, not};

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Without one, mails are written to a folder.
    pub smtp: Option<SmtpUrl>,
    pub from: Mailbox,
    /// What the links in mails begin with: the frontend that opens them.
    pub link_url: String,
}

/// A mail server: `smtp://` or `smtps://`, with user and password if it wants them. It can be used.
#[derive(Clone)]
pub struct SmtpUrl(String);

impl SmtpUrl {
    /// # Errors
    /// When it is no such URL.
    pub fn new(text: &str) -> Result<Self, SmtpError> {
        let url = Self(match text.split_once("://") {
            // A password is not sent in the clear; without one, encrypted where the server offers that.
            Some(("smtp", rest)) if !rest.contains("tls=") => {
                let sign = if rest.contains('?') { '&' } else { '?' };
                let tls = if rest.contains('@') { "required" } else { "opportunistic" };
                format!("{text}{sign}tls={tls}")
            }
            _ => text.to_owned(),
        });
        url.builder().map(|_| url)
    }

    /// A client of the server.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn builder(&self) -> Result<AsyncSmtpTransportBuilder, SmtpError> {
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.0)
    }
}

impl fmt::Debug for SmtpUrl {
    /// As a URL, with the password hidden.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("smtp", ""));
        match rest.rsplit_once('@') {
            Some((user, host)) => {
                write!(f, "{scheme}://{}:***@{host}", user.split(':').next().unwrap_or(""))
            }
            None => write!(f, "{scheme}://{rest}"),
        }
    }
}

impl Variables<'_> {
    pub(super) fn mail(&self, public_url: &str) -> Result<Mail, BadSetting> {
        let smtp = self.text("MADANG_SMTP_URL").map(|text| {
            // What is wrong with it is not told: it may hold the password.
            let why = || "must be a URL like smtps://user:password@host:port".to_owned();
            SmtpUrl::new(text).map_err(|_| BadSetting::Value { name: "MADANG_SMTP_URL", why: why() })
        });
        let smtp = smtp.transpose()?;
        let from = match self.text("MADANG_MAIL_FROM") {
            None if smtp.is_some() => {
                let why = "is missing, though MADANG_SMTP_URL is set".to_owned();
                return Err(BadSetting::Value { name: "MADANG_MAIL_FROM", why });
            }
            from => from.unwrap_or("Madang <no-reply@localhost>"),
        };
        let link_url = self.text("MADANG_LINK_URL").unwrap_or(public_url).trim_end_matches('/');
        if !(link_url.starts_with("https://") || link_url.starts_with("http://")) {
            return Err(not("MADANG_LINK_URL", "an address like https://feedback.example.com", link_url));
        }
        let odd = || not("MADANG_MAIL_FROM", "an address like 마당 <no-reply@example.com>", from);
        // lettre panics at a name with a line break, rather than write it into a header.
        let one_line = Some(from).filter(|from| !from.contains(char::is_control)).ok_or_else(odd)?;
        Ok(Mail { smtp, from: one_line.parse().map_err(|_| odd())?, link_url: link_url.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_prints_without_its_password_and_gets_none_in_the_clear() {
        for (given, shown) in [
            ("smtps://ana:se%40cret@mail.example.com", "smtps://ana:***@mail.example.com"),
            ("smtp://ana:secret@mail.example.com:587", "smtp://ana:***@mail.example.com:587?tls=required"),
            ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25?tls=opportunistic"),
            ("smtp://a:b@h?tls=opportunistic", "smtp://a:***@h?tls=opportunistic"),
        ] {
            assert_eq!(format!("{:?}", SmtpUrl::new(given).unwrap()), shown);
        }
        for odd in ["", "mail.example.com", "http://h", "smtp://h?tls=perhaps", "smtps://"] {
            assert!(SmtpUrl::new(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_sender_has_a_name_on_one_line() {
        let set = |from: &str| {
            let variables = [("MADANG_MAIL_FROM".to_owned(), from.to_owned())].into();
            crate::Config::of(&variables).map(|config| config.mail.from)
        };
        assert_eq!(set("마당 <no-reply@example.com>").unwrap().name.as_deref(), Some("마당"));
        for odd in ["마당\r\nBcc: a@b.kr <a@b.kr>", "\"마\n당\" <a@b.kr>", "마\0당 <a@b.kr>"] {
            assert!(set(odd).is_err(), "{odd:?}");
        }
    }
}
