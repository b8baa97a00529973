//! Reports: what those who tried the product say of it. Staff accept them, or ask once for a better one; that somebody does not like
//! the product is no reason for either.

use chrono::{DateTime, Utc};

use super::{
    Barred, Panel,
    disclosure::{Finding, Rules},
    posts::Post,
};
use crate::{
    Actor, ApplicationId, MemberId, PanelId, Refusal, ReportId,
    access::Permission,
    calendar::Calendar,
    markdown,
    text::{Fault, Lines, clean},
};

/// What somebody reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub id: ReportId,
    pub application_id: ApplicationId,
    pub panel_id: PanelId,
    pub words: Words,
    pub rating: Rating,
    /// Whether the last look found the interest stated wherever it has to be.
    pub disclosed: bool,
    pub asked: Option<Asked>,
    pub first_sent_at: DateTime<Utc>,
    pub sent_at: DateTime<Utc>,
    pub accepted: Option<Accepted>,
    /// Counts changes, from 1.
    pub version: i32,
}

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    /// Markdown.
    pub body: String,
    pub pros: Vec<String>,
    pub cons: Vec<String>,
    /// What its author wrote of the product elsewhere.
    pub posts: Vec<Post>,
}

/// The experience, each part from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    pub useful: i32,
    pub usable: i32,
    pub enjoyable: i32,
}

/// The one revision that staff asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub reason: Reason,
    pub note: String,
    pub at: DateTime<Utc>,
    /// When its author has been silent for too long.
    pub due_at: DateTime<Utc>,
}

/// Why a revision may be asked for. There is none for an opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It does not say who paid for it, where it has to.
    Disclosure,
    MissingMission,
    Unreadable,
    OffTopic,
    /// It tells of somebody what is theirs to tell.
    PersonalData,
    Unlawful,
}

impl Reason {
    pub const ALL: [Self; 6] = [
        Self::Disclosure,
        Self::MissingMission,
        Self::Unreadable,
        Self::OffTopic,
        Self::PersonalData,
        Self::Unlawful,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Disclosure => "disclosure",
            Self::MissingMission => "missing_mission",
            Self::Unreadable => "unreadable",
            Self::OffTopic => "off_topic",
            Self::PersonalData => "personal_data",
            Self::Unlawful => "unlawful",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// That it was accepted, and by whom; by nobody when staff were silent for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    pub at: DateTime<Utc>,
    pub by: Option<MemberId>,
}

/// How far a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Sent,
    RevisionRequested,
    Accepted,
}

/// After so many working days without a word from staff, or from its author whom they asked for a revision, a report is accepted.
pub const SILENT_DAYS: u16 = 7;
/// The most pros, cons and posts.
pub const MOST_LISTED: usize = 10;
pub const MOST_TITLE: usize = 200;
pub const MOST_BODY: usize = 20_000;
/// The most characters of a pro or a con.
pub const MOST_POINT: usize = 300;
/// The most characters of the note with a request for a revision.
pub const MOST_NOTE: usize = 2_000;

impl Words {
    /// The words in the form they are kept in.
    ///
    /// # Errors
    /// Where and why they are none.
    pub fn checked(mut self) -> Result<Self, (String, Fault)> {
        let at = |pointer: &str| {
            let pointer = pointer.to_owned();
            move |fault| (pointer, fault)
        };
        self.title = clean(&self.title, 1, MOST_TITLE, Lines::One).map_err(at("/title"))?;
        self.body = clean(&self.body, 1, MOST_BODY, Lines::Many).map_err(at("/body"))?;
        for (name, points) in [("pros", &mut self.pros), ("cons", &mut self.cons)] {
            for (nth, point) in points.iter_mut().enumerate() {
                *point = clean(point, 1, MOST_POINT, Lines::One).map_err(at(&format!("/{name}/{nth}")))?;
            }
        }
        let counts =
            [("pros", self.pros.len()), ("cons", self.cons.len()), ("external_posts", self.posts.len())];
        match counts.into_iter().find(|(_, count)| *count > MOST_LISTED) {
            Some((name, _)) => Err((format!("/{name}"), Fault::TooMany { most: MOST_LISTED })),
            None => Ok(self),
        }
    }

    /// Whether a passage stands in what the report says, however it was wrapped.
    ///
    /// # Errors
    /// [`Refusal::Unfit`]: nobody is quoted with what they did not say.
    pub fn ensure_says(&self, quote: &str) -> Result<(), Refusal> {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = [&self.title, &self.body].into_iter().chain(&self.pros).chain(&self.cons);
        let shown = markdown::plain(&self.body);
        let quote = plain(quote);
        match said.chain([&shown]).any(|text| plain(text).contains(&quote)) {
            true => Ok(()),
            false => Err(Refusal::Unfit { field: "quote", fault: Fault::NotA("passage of the report") }),
        }
    }
}

impl Rating {
    /// # Errors
    /// The name of the part that is out of range.
    pub fn new([useful, usable, enjoyable]: [i32; 3]) -> Result<Self, (&'static str, Fault)> {
        let parts = [("useful", useful), ("usable", usable), ("enjoyable", enjoyable)];
        match parts.into_iter().find(|(_, points)| !(1..=5).contains(points)) {
            Some((name, _)) => Err((name, Fault::NotA("number from 1 to 5"))),
            None => Ok(Self { useful, usable, enjoyable }),
        }
    }
}

impl Report {
    #[must_use]
    pub fn state(&self) -> State {
        match (&self.accepted, &self.asked) {
            (Some(_), _) => State::Accepted,
            (None, Some(asked)) if self.sent_at < asked.at => State::RevisionRequested,
            (None, _) => State::Sent,
        }
    }

    /// Whether everybody who may see the panel may read it: never without a word of who paid for it.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.accepted.is_some() && self.disclosed
    }

    /// Whether an actor may read it, who may see its panel; `author` is none once the person is forgotten.
    #[must_use]
    pub fn may_be_read_by(&self, actor: &Actor, author: Option<MemberId>) -> bool {
        self.is_published() || concerns(actor, author)
    }

    /// The report as it is sent anew: as often as its author likes until staff ask for something, and then once.
    ///
    /// # Errors
    /// [`Barred::ReportAccepted`] or [`Barred::RevisionSent`].
    pub fn sent_anew(self, words: Words, rating: Rating, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match (self.state(), &self.asked) {
            (State::Accepted, _) => Err(Barred::ReportAccepted.into()),
            (State::Sent, Some(_)) => Err(Barred::RevisionSent.into()),
            _ => Ok(Self { words, rating, sent_at: now, version: self.version + 1, ..self }),
        }
    }

    /// The report as staff ask for a better one, while its author could still send it.
    ///
    /// # Errors
    /// [`Barred::ReportAccepted`], [`Barred::RevisionAsked`] the second time, or [`Barred::Phase`] when the panel is over.
    pub fn asked(self, asked: Asked, panel: &Panel) -> Result<Self, Refusal> {
        match (self.state(), &self.asked) {
            (State::Accepted, _) => Err(Barred::ReportAccepted.into()),
            (_, Some(_)) => Err(Barred::RevisionAsked.into()),
            (_, None) if !panel.takes_replies(asked.at) => Err(Barred::Phase(panel.phase(asked.at)).into()),
            (_, None) => Ok(Self { asked: Some(asked), version: self.version + 1, ..self }),
        }
    }

    /// The report as staff accept it. One that does not say who paid for it is sent back first; where that has been done, what its
    /// author promised is done, and nobody else is shown it.
    ///
    /// # Errors
    /// [`Barred::Undisclosed`].
    pub fn accepted(self, accepted: Accepted) -> Result<Self, Refusal> {
        match (self.state(), self.disclosed || self.asked.is_some()) {
            (State::Accepted, _) => Ok(self),
            (_, false) if accepted.by.is_some() => Err(Barred::Undisclosed.into()),
            _ => Ok(Self { accepted: Some(accepted), version: self.version + 1, ..self }),
        }
    }

    /// The report as silence accepts it now, if it does: what belongs to a cancelled panel is published no more.
    #[must_use]
    pub fn accepted_by_silence(self, panel: &Panel, calendar: &Calendar, now: DateTime<Utc>) -> Option<Self> {
        let ends = panel.marks.cancelled_at.is_none() && self.is_left_alone(calendar, now);
        ends.then(|| self.accepted(Accepted { at: now, by: None }).ok()).flatten()
    }

    /// Whether somebody has been silent about it for too long: staff, or its author whom they asked for a revision.
    #[must_use]
    pub fn is_left_alone(&self, calendar: &Calendar, now: DateTime<Utc>) -> bool {
        match (self.state(), &self.asked) {
            (State::Sent, _) => calendar.time_between(self.sent_at, now) >= calendar.days(SILENT_DAYS),
            (State::RevisionRequested, Some(asked)) => now >= asked.due_at,
            (State::RevisionRequested, None) | (State::Accepted, _) => false,
        }
    }
}

/// Whether a report is an actor's to work on: of its author, and of those who run panels.
#[must_use]
pub fn concerns(actor: &Actor, author: Option<MemberId>) -> bool {
    let is_own = actor.member_id().is_some_and(|member| author == Some(member));
    is_own || actor.ensure(Permission::ManagePanels).is_ok()
}

/// A text that was looked through for its disclosure: the report itself, or a post elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub post: Option<Post>,
    pub findings: Vec<Finding>,
}

/// Looks through a report, the posts it names, and those of missions.
#[must_use]
pub fn look_through<'a>(
    rules: &Rules,
    words: &'a Words,
    of_missions: impl IntoIterator<Item = &'a Post>,
) -> Vec<Looked> {
    let own = Looked { post: None, findings: rules.check(&words.title, &markdown::plain(&words.body)) };
    let posts = words.posts.iter().chain(of_missions);
    let elsewhere = posts
        .map(|post| Looked { findings: rules.check(&post.title, &post.beginning), post: Some(post.clone()) });
    [own].into_iter().chain(elsewhere).collect()
}

#[cfg(test)]
mod tests;
