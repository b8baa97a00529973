//! The words of mails about panels. They go to proven addresses alone, so they may hold the title that staff gave the panel.

use chrono::{DateTime, Utc};
use domain::{calendar::seoul, mail::Kind, members::Locale};

/// What is said of a panel, and where it is read.
pub struct PanelWords<'a> {
    pub said: Said,
    pub title: &'a str,
    pub page: &'a str,
}

/// What there is to be said.
#[derive(Debug, Clone, Copy)]
pub enum Said {
    /// The result is out.
    Result,
    /// A seat that somebody left is theirs.
    Seat { confirm_by: DateTime<Utc> },
    /// A report is due, or was.
    Due { due_at: DateTime<Utc> },
}

pub(super) fn write(locale: Locale, words: &PanelWords<'_>) -> (Kind, &'static str, String) {
    let PanelWords { said, title, page } = words;
    let time = |at: DateTime<Utc>| match locale {
        Locale::Ko => seoul(at).format("%Y년 %-m월 %-d일 %H:%M").to_string(),
        Locale::En => format!("{} (Seoul)", seoul(at).format("%Y-%m-%d %H:%M")),
    };
    match (said, locale) {
        (Said::Result, Locale::Ko) => (
            Kind::PanelResult,
            "체험단 결과가 나왔습니다",
            format!(
                "안녕하세요.\n\n신청하신 체험단 “{title}”의 결과가 나왔습니다. 아래에서 확인해 주세요. 선정되셨다면 기한 안에 확정해야 \
                 자리가 유지됩니다.\n\n{page}\n"
            ),
        ),
        (Said::Result, Locale::En) => (
            Kind::PanelResult,
            "The result of the panel is out",
            format!(
                "Hello,\n\nthe result of the panel “{title}”, for which you applied, is out. Read it here; if you have a seat, \
                 confirm it in time to keep it.\n\n{page}\n"
            ),
        ),
        (Said::Seat { confirm_by }, Locale::Ko) => (
            Kind::PanelSeat,
            "체험단 자리가 났습니다",
            format!(
                "안녕하세요.\n\n기다리시던 체험단 “{title}”에 자리가 났습니다. {}까지 확정해 주세요. 확정하지 않으면 다음 분께 \
                 넘어갑니다.\n\n{page}\n",
                time(*confirm_by)
            ),
        ),
        (Said::Seat { confirm_by }, Locale::En) => (
            Kind::PanelSeat,
            "You have a seat in the panel",
            format!(
                "Hello,\n\na seat in the panel “{title}”, for which you were waiting, is yours. Confirm it by {}, or it goes to \
                 the next.\n\n{page}\n",
                time(*confirm_by)
            ),
        ),
        (Said::Due { due_at }, Locale::Ko) => (
            Kind::PanelReminder,
            "체험 보고서 기한을 알려 드립니다",
            format!(
                "안녕하세요.\n\n체험단 “{title}”의 보고서 기한은 {}입니다. 아직 보고서를 받지 못했습니다. 쓰기 어려운 사정이 있다면 \
                 사유를 알려 주세요. 기한이 7일 지나도록 소식이 없으면 벌점이 생깁니다.\n\n{page}\n",
                time(*due_at)
            ),
        ),
        (Said::Due { due_at }, Locale::En) => (
            Kind::PanelReminder,
            "Your trial report is waited for",
            format!(
                "Hello,\n\nyour report for the panel “{title}” is due on {}, and has not come yet. If you cannot write it, excuse \
                 yourself there: seven days after that, silence becomes a strike.\n\n{page}\n",
                time(*due_at)
            ),
        ),
    }
}
