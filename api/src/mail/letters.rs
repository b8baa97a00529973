//! The words of every mail, in Korean and in English.
//!
//! A mail goes to addresses that nobody has proven yet, so it holds nothing that whoever caused it could have written, names
//! least of all: else it would carry their advertising. An invitation names the member of staff who sends it; what is said of
//! panels is in [`panels`].

mod panels;

use domain::{
    mail::Kind,
    members::{Email, Locale, Role},
};

pub use self::panels::{PanelWords, Said};
use super::Secret;
use crate::config;

/// What a mail says.
pub struct Letter {
    pub kind: Kind,
    pub subject: String,
    pub body: String,
}

/// What there is to be said.
pub enum Words<'a> {
    Verification(&'a Secret),
    Reset(&'a Secret),
    ResetBySignOn,
    Change(&'a Secret),
    ChangeNotice { to: &'a Email },
    Invitation { secret: &'a Secret, by: &'a str, role: Role, days: u16 },
}

/// A mail in a language.
#[must_use]
pub fn write(settings: &config::Mail, locale: Locale, words: &Words<'_>) -> Letter {
    let service = service(settings);
    // In the fragment: browsers send it to no server, so it stands in no log and in no `Referer`.
    let link = |page: &str, secret: &Secret| format!("{}/{page}#{}", settings.link_url, secret.as_str());
    let said = match locale {
        Locale::Ko => korean(words, service, link),
        Locale::En => english(words, service, link),
    };
    letter(service, said)
}

/// A mail about a panel.
#[must_use]
pub fn of_panel(settings: &config::Mail, locale: Locale, words: &PanelWords<'_>) -> Letter {
    letter(service(settings), panels::write(locale, words))
}

/// What the brand's service is called.
fn service(settings: &config::Mail) -> &str {
    settings.from.name.as_deref().unwrap_or(settings.from.email.domain())
}

fn letter(service: &str, (kind, subject, body): (Kind, &str, String)) -> Letter {
    Letter { kind, subject: format!("[{service}] {subject}"), body }
}

fn korean(
    words: &Words<'_>,
    service: &str,
    link: impl Fn(&str, &Secret) -> String,
) -> (Kind, &'static str, String) {
    match words {
        Words::Verification(secret) => (
            Kind::Verification,
            "이메일 주소를 확인해 주세요",
            format!(
                "안녕하세요.\n\n{service} 계정에 이 이메일 주소가 등록되었습니다. 아래 링크를 열어 본인의 주소임을 확인해 주세요.\n\n\
                 {}\n\n링크는 24시간 동안 한 번 쓸 수 있습니다. 가입하신 적이 없다면 이 메일을 무시하셔도 됩니다.\n",
                link("confirm-email", secret)
            ),
        ),
        Words::Reset(secret) => (
            Kind::Reset,
            "비밀번호를 다시 정해 주세요",
            format!(
                "안녕하세요.\n\n{service} 계정의 비밀번호를 다시 정하려면 아래 링크를 열어 주세요.\n\n{}\n\n\
                 링크는 30분 동안 한 번 쓸 수 있고, 새 비밀번호를 정하면 모든 기기에서 로그아웃됩니다. \
                 요청하신 적이 없다면 이 메일을 무시하셔도 됩니다. 비밀번호는 그대로입니다.\n",
                link("reset-password", secret)
            ),
        ),
        Words::ResetBySignOn => (
            Kind::ResetBySignOn,
            "로그인 방법을 알려 드립니다",
            format!(
                "안녕하세요.\n\n이 주소로 {service} 비밀번호를 다시 정해 달라는 요청이 있었습니다. 이 계정은 비밀번호 없이 \
                 브랜드의 통합 로그인으로 들어오는 계정입니다. 평소처럼 브랜드 계정으로 로그인해 주세요.\n\n\
                 요청하신 적이 없다면 이 메일을 무시하셔도 됩니다.\n"
            ),
        ),
        Words::Change(secret) => (
            Kind::Change,
            "새 이메일 주소를 확인해 주세요",
            format!(
                "안녕하세요.\n\n{service} 계정의 주소를 이 이메일로 바꾸려면 아래 링크를 열어 주세요.\n\n{}\n\n\
                 링크는 24시간 동안 한 번 쓸 수 있습니다. 열기 전에는 아무것도 바뀌지 않습니다. \
                 요청하신 적이 없다면 이 메일을 무시하셔도 됩니다.\n",
                link("confirm-email", secret)
            ),
        ),
        Words::ChangeNotice { to } => (
            Kind::ChangeNotice,
            "이메일 주소 변경이 요청되었습니다",
            format!(
                "안녕하세요.\n\n{service} 계정의 이메일 주소를 다음으로 바꾸어 달라는 요청이 있었습니다.\n\n{}\n\n\
                 그 주소에서 확인하면 바뀝니다. 본인이 요청하지 않았다면 지금 비밀번호를 다시 정해 주세요. \
                 그러면 요청이 취소되고 모든 기기에서 로그아웃됩니다.\n",
                to.as_str()
            ),
        ),
        Words::Invitation { secret, by, role, days } => (
            Kind::Invitation,
            "초대합니다",
            format!(
                "안녕하세요.\n\n{by} 님이 {service}에 {}(으)로 초대했습니다. 아래 링크를 열어 가입해 주세요.\n\n{}\n\n\
                 링크는 {days}일 동안 한 번 쓸 수 있습니다.\n",
                role_in_korean(*role),
                link("accept-invitation", secret)
            ),
        ),
    }
}

fn english(
    words: &Words<'_>,
    service: &str,
    link: impl Fn(&str, &Secret) -> String,
) -> (Kind, &'static str, String) {
    match words {
        Words::Verification(secret) => (
            Kind::Verification,
            "Please confirm your e-mail address",
            format!(
                "Hello,\n\nthis address was given for an account at {service}. Open the link to confirm that it is yours.\n\n\
                 {}\n\nThe link is good once, for 24 hours. If you did not register, you can ignore this mail.\n",
                link("confirm-email", secret)
            ),
        ),
        Words::Reset(secret) => (
            Kind::Reset,
            "Set a new password",
            format!(
                "Hello,\n\nopen the link to set a new password for your account at {service}.\n\n{}\n\n\
                 The link is good once, for 30 minutes. A new password signs you out on every device. If you did not ask for \
                 this, you can ignore this mail: your password stays as it is.\n",
                link("reset-password", secret)
            ),
        ),
        Words::ResetBySignOn => (
            Kind::ResetBySignOn,
            "How you sign in",
            format!(
                "Hello,\n\nsomebody asked for a new password for this address at {service}. Your account there has no password: \
                 you come by the brand's own sign-on. Please sign in with your account at the brand, as you usually do.\n\n\
                 If you did not ask for this, you can ignore this mail.\n"
            ),
        ),
        Words::Change(secret) => (
            Kind::Change,
            "Please confirm your new e-mail address",
            format!(
                "Hello,\n\nopen the link to make this the address of your account at {service}.\n\n{}\n\n\
                 The link is good once, for 24 hours, and nothing changes until then. If you did not ask for this, you can ignore \
                 this mail.\n",
                link("confirm-email", secret)
            ),
        ),
        Words::ChangeNotice { to } => (
            Kind::ChangeNotice,
            "Your e-mail address is about to change",
            format!(
                "Hello,\n\nsomebody who is signed in to your account at {service} asked to change its address to\n\n{}\n\n\
                 It changes once that is confirmed there. If it was not you, set a new password now: that withdraws the request \
                 and signs every device out.\n",
                to.as_str()
            ),
        ),
        Words::Invitation { secret, by, role, days } => (
            Kind::Invitation,
            "You are invited",
            format!(
                "Hello,\n\n{by} invites you to {service} as {}. Open the link to join.\n\n{}\n\n\
                 The link is good once, for {days} days.\n",
                role_in_english(*role),
                link("accept-invitation", secret)
            ),
        ),
    }
}

fn role_in_korean(role: Role) -> &'static str {
    match role {
        Role::Member => "회원",
        Role::Moderator => "중재자",
        Role::Marketer => "마케터",
        Role::ProductManager => "제품 관리자",
        Role::Admin => "관리자",
    }
}

fn role_in_english(role: Role) -> &'static str {
    match role {
        Role::Member => "a member",
        Role::Moderator => "a moderator",
        Role::Marketer => "a marketer",
        Role::ProductManager => "a product manager",
        Role::Admin => "an administrator",
    }
}
