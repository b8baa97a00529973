//! Missions: what is asked of whoever tries the product, and within which days of its delivery.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Barred, Panel, Phase,
    applications::{Application, Outcome},
    posts::{Page, Post},
    screening::{Answers, Question},
    terms::Terms,
    trials::{Stage, Trial},
};
use crate::{
    ApplicationId, Refusal, WorkId,
    text::{Fault, Lines, clean},
};

/// What is asked, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mission {
    pub key: String,
    pub title: String,
    pub kind: MissionKind,
    /// Markdown.
    #[serde(default)]
    pub text: String,
    /// Whether a report is taken only once it is done.
    #[serde(default)]
    pub required: bool,
    /// Days since the delivery.
    pub from_day: u32,
    pub until_day: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissionKind {
    Questions,
    Photo,
    /// The address of one.
    Video,
    Diary,
    /// Written elsewhere.
    Post,
}

/// What somebody did for a mission.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    pub id: WorkId,
    pub application_id: ApplicationId,
    /// The key of the mission.
    pub mission: String,
    pub done: Done,
    /// By which it is judged whether it came in time: a mistake that is mended later makes nobody late.
    pub first_done_at: DateTime<Utc>,
    pub done_at: DateTime<Utc>,
}

/// What was handed in; pictures stand with the work.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Done {
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub answers: Answers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Page>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
}

/// What was sent for a mission, before it is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sent {
    pub answers: Option<Answers>,
    pub pictures: usize,
    pub url: Option<Page>,
    pub text: Option<String>,
    pub post: Option<Post>,
}

/// The most characters of what is said beside, and of a diary.
pub const MOST_TEXT: usize = 10_000;

impl Mission {
    #[must_use]
    pub fn opens_at(&self, delivered_at: DateTime<Utc>) -> DateTime<Utc> {
        delivered_at + TimeDelta::days(self.from_day.into())
    }

    #[must_use]
    pub fn closes_at(&self, delivered_at: DateTime<Utc>) -> DateTime<Utc> {
        delivered_at + TimeDelta::days(self.until_day.into())
    }

    /// What was sent, as something that fits the mission. What comes late is taken, and says so.
    ///
    /// # Errors
    /// [`Barred::MissionNotOpen`], or [`Refusal::UnfitAt`] where something is missing, odd, or of another kind.
    pub fn take(&self, sent: Sent, delivered_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Done, Refusal> {
        let from = self.opens_at(delivered_at);
        if now < from {
            return Err(Barred::MissionNotOpen { from }.into());
        }
        self.ensure_of_kind(&sent)?;
        let text = sent.text.filter(|text| !text.trim().is_empty());
        let text = text.map(|text| clean(&text, 1, MOST_TEXT, Lines::Many)).transpose();
        let text = text.map_err(|fault| unfit("/text", fault))?;
        let answers = sent.answers.unwrap_or_default();
        self.ensure_answered(&answers)?;
        let done = Done { answers, url: sent.url, text, post: sent.post };
        let lacks = match self.kind {
            MissionKind::Photo if sent.pictures == 0 => Some("/attachment_ids"),
            MissionKind::Video if done.url.is_none() => Some("/url"),
            MissionKind::Diary if done.text.is_none() => Some("/text"),
            MissionKind::Post if done.post.is_none() => Some("/post"),
            _ => None,
        };
        lacks.map_or(Ok(done), |pointer| Err(unfit(pointer, Fault::Required)))
    }

    fn ensure_of_kind(&self, sent: &Sent) -> Result<(), Refusal> {
        let odd = [
            ("/answers", sent.answers.is_some() && self.kind != MissionKind::Questions),
            ("/attachment_ids", sent.pictures > 0 && !self.kind.takes_pictures()),
            ("/url", sent.url.is_some() && self.kind != MissionKind::Video),
            ("/post", sent.post.is_some() && self.kind != MissionKind::Post),
        ];
        let odd = odd.into_iter().find(|(_, is_odd)| *is_odd);
        odd.map_or(Ok(()), |(pointer, _)| Err(unfit(pointer, Fault::NotA("part of a mission of this kind"))))
    }

    fn ensure_answered(&self, answers: &Answers) -> Result<(), Refusal> {
        let at = |key: &str, fault| unfit(&format!("/answers/{key}"), fault);
        let is_asked = |key: &&String| self.questions.iter().any(|question| question.key == **key);
        if let Some(key) = answers.keys().find(|key| !is_asked(key)) {
            return Err(at(key, Fault::NotA("question of this mission")));
        }
        for question in &self.questions {
            match answers.get(&question.key).map(|answer| question.weigh(answer)) {
                None if question.required => return Err(at(&question.key, Fault::Required)),
                Some(Ok(false)) => return Err(at(&question.key, Fault::NotA("number in its range"))),
                Some(Err(fault)) => return Err(at(&question.key, fault)),
                None | Some(Ok(true)) => {}
            }
        }
        Ok(())
    }
}

impl MissionKind {
    #[must_use]
    pub fn takes_pictures(self) -> bool {
        matches!(self, Self::Photo | Self::Diary)
    }
}

impl Work {
    /// Whether it came within its days.
    #[must_use]
    pub fn is_on_time(&self, mission: &Mission, delivered_at: DateTime<Utc>) -> bool {
        self.first_done_at <= mission.closes_at(delivered_at)
    }
}

/// The required missions that are not done, by their keys.
///
/// # Errors
/// [`Barred::MissionsMissing`].
pub fn ensure_done(terms: &Terms, works: &[Work]) -> Result<(), Refusal> {
    let is_done = |mission: &&Mission| works.iter().any(|work| work.mission == mission.key);
    let required = terms.missions.iter().filter(|mission| mission.required);
    let missing: Vec<String> =
        required.filter(|mission| !is_done(mission)).map(|mission| mission.key.clone()).collect();
    if missing.is_empty() { Ok(()) } else { Err(Barred::MissionsMissing(missing).into()) }
}

/// When the product came to whoever is to tell of it now. What staff asked for before they closed the panel is still taken.
///
/// # Errors
/// [`Barred::NoSeat`], [`Barred::NotDelivered`], [`Barred::ReportAccepted`] when all is done, or [`Barred::Phase`] when the panel is
/// over.
pub fn ensure_trying(
    panel: &Panel,
    application: &Application,
    trial: &Trial,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Refusal> {
    if application.outcome != Outcome::Confirmed {
        return Err(Barred::NoSeat.into());
    }
    let is_asked = panel.phase(now) == Phase::Closed && trial.stage() == Stage::RevisionRequested;
    if !panel.takes_replies(now) && !is_asked {
        return Err(Barred::Phase(panel.phase(now)).into());
    }
    if trial.stage() == Stage::Completed {
        return Err(Barred::ReportAccepted.into());
    }
    Ok(trial.delivered_at.ok_or(Barred::NotDelivered)?)
}

fn unfit(pointer: &str, fault: Fault) -> Refusal {
    Refusal::UnfitAt { pointer: pointer.to_owned(), fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::screening::{Answer, QuestionKind};

    fn mission(kind: MissionKind) -> Mission {
        let question = Question {
            key: "hours".to_owned(),
            label: "하루 몇 시간 쓰셨나요?".to_owned(),
            required: true,
            kind: QuestionKind::Number,
            choices: Vec::new(),
            at_least: Some(0.0),
            at_most: Some(24.0),
        };
        Mission {
            key: "first".to_owned(),
            title: "첫인상".to_owned(),
            kind,
            text: String::new(),
            required: true,
            from_day: 1,
            until_day: 3,
            questions: if kind == MissionKind::Questions { vec![question] } else { Vec::new() },
        }
    }

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    #[test]
    fn each_kind_takes_its_own_and_nothing_else() {
        let page = || Page::try_from("https://youtu.be/1").unwrap();
        let post = || Post::new("https://a.kr", "", "[협찬]").unwrap();
        let text = || Some("이틀째 잘 쓰고 있어요".to_owned());
        let hours = |n| Some(Answers::from([("hours".to_owned(), Answer::Number(n))]));
        let nothing = Sent::default;
        let table = [
            (MissionKind::Questions, Sent { answers: hours(5.0), ..nothing() }, ""),
            (MissionKind::Questions, nothing(), "/answers/hours"),
            (MissionKind::Questions, Sent { answers: hours(25.0), ..nothing() }, "/answers/hours"),
            (
                MissionKind::Questions,
                Sent { answers: hours(5.0), pictures: 1, ..nothing() },
                "/attachment_ids",
            ),
            (MissionKind::Photo, Sent { pictures: 2, text: text(), ..nothing() }, ""),
            (MissionKind::Photo, Sent { text: text(), ..nothing() }, "/attachment_ids"),
            (MissionKind::Photo, Sent { pictures: 2, answers: hours(1.0), ..nothing() }, "/answers"),
            (MissionKind::Video, Sent { url: Some(page()), ..nothing() }, ""),
            (MissionKind::Video, Sent { text: text(), ..nothing() }, "/url"),
            (MissionKind::Diary, Sent { text: text(), pictures: 1, ..nothing() }, ""),
            (MissionKind::Diary, Sent { text: Some(" ".to_owned()), ..nothing() }, "/text"),
            (MissionKind::Diary, Sent { text: text(), url: Some(page()), ..nothing() }, "/url"),
            (MissionKind::Post, Sent { post: Some(post()), ..nothing() }, ""),
            (MissionKind::Post, Sent { url: Some(page()), ..nothing() }, "/url"),
            (MissionKind::Post, nothing(), "/post"),
        ];
        for (kind, sent, wrong) in table {
            let said = match mission(kind).take(sent.clone(), day(0), day(2)) {
                Ok(_) => String::new(),
                Err(Refusal::UnfitAt { pointer, .. }) => pointer,
                Err(other) => panic!("{other}"),
            };
            assert_eq!(said, wrong, "{kind:?} {sent:?}");
        }
    }

    #[test]
    fn terms_without_missions_are_hashed_as_before_there_were_any() {
        let terms = serde_json::json!({
            "title": "이어폰", "product": "이어폰", "contact": "a@b.c", "seats": 1, "method": "lottery", "rules": "-",
            "schedule": {
                "opens_at": day(1), "closes_at": day(2), "announce_at": day(3), "confirm_by": day(4),
                "trial_days": 14, "report_days": 7,
            },
            "disclosure": "[협찬]",
        });
        let mut terms: Terms = serde_json::from_value(terms).unwrap();
        let hashed = serde_json::to_value(&terms).unwrap();
        assert_eq!(hashed.get("missions"), None);
        let before = terms.hash("salt");
        terms.missions.push(mission(MissionKind::Diary));
        assert_ne!(terms.hash("salt"), before);
        assert!(terms.clone().checked().is_ok());
        for (change, pointer) in [
            ((|mission| mission.until_day = 22) as fn(&mut Mission), "/missions/0/until_day"),
            (|mission| mission.until_day = 1, "/missions/0/until_day"),
            (|mission| mission.from_day = 21, "/missions/0/from_day"),
            (|mission| mission.key = "Diary".to_owned(), "/missions/0/key"),
            (|mission| mission.title = " ".to_owned(), "/missions/0/title"),
            (|mission| mission.kind = MissionKind::Questions, "/missions/0/questions"),
        ] {
            let mut odd = terms.clone();
            change(&mut odd.missions[0]);
            assert_eq!(odd.checked().unwrap_err().0, pointer);
        }
        terms.missions.push(terms.missions[0].clone());
        assert_eq!(terms.checked().unwrap_err().0, "/missions/1/key");
    }

    #[test]
    fn a_mission_begins_on_its_day_and_what_comes_late_says_so() {
        let diary = mission(MissionKind::Diary);
        let sent = || Sent { text: Some("일기".to_owned()), ..Sent::default() };
        let early = diary.take(sent(), day(0), day(1) - TimeDelta::microseconds(1));
        assert_eq!(early, Err(Barred::MissionNotOpen { from: day(1) }.into()));
        assert!(diary.take(sent(), day(0), day(1)).is_ok() && diary.take(sent(), day(0), day(9)).is_ok());
        let work = |first: i64| Work {
            id: uuid::Uuid::nil().into(),
            application_id: uuid::Uuid::nil().into(),
            mission: diary.key.clone(),
            done: Done::default(),
            first_done_at: day(first),
            done_at: day(20),
        };
        assert!(work(3).is_on_time(&diary, day(0)) && !work(4).is_on_time(&diary, day(0)));
    }
}
