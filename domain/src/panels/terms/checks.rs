//! Whether terms are terms, and where not.

use chrono::{DateTime, Utc};

use super::{Method, Schedule, Source, Terms};
use crate::{
    Refusal,
    draws::ATTRIBUTES_MOST,
    panels::{
        missions::MissionKind,
        screening::{Question, QuestionKind},
    },
    terms::{Wrong, clean_consents, each_once, ensure_ahead, escaped, key, measured, within},
    text::{Fault, Lines, clean},
};

impl Schedule {
    fn check(&self) -> Result<(), Wrong> {
        let order = [
            ("closes_at", self.opens_at, self.closes_at),
            ("announce_at", self.closes_at, self.announce_at),
            ("confirm_by", self.announce_at, self.confirm_by),
        ];
        match order.into_iter().find(|(_, earlier, later)| earlier >= later) {
            Some((name, ..)) => {
                Err((format!("/schedule/{name}"), Fault::NotA("time after the one before it")))
            }
            None => within("/schedule/trial_days", self.trial_days, 1, 365).and(within(
                "/schedule/report_days",
                self.report_days,
                1,
                90,
            )),
        }
    }

    /// Whether there is still time to recruit.
    ///
    /// # Errors
    /// [`Refusal::UnfitAt`].
    pub fn ensure_ahead(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        ensure_ahead(self.closes_at, now)
    }
}

impl Terms {
    /// The most seats, questions, requirements and consents.
    pub const SEATS_MOST: u32 = 10_000;
    pub const LISTED_MOST: usize = 30;
    pub const MISSIONS_MOST: usize = 20;

    /// The terms in the form they are kept in.
    ///
    /// # Errors
    /// Where and why they are no terms.
    pub fn checked(mut self) -> Result<Self, Wrong> {
        self.clean_texts()?;
        within("/seats", self.seats, 1, Self::SEATS_MOST)?;
        within("/waitlist", self.waitlist, 0, Self::SEATS_MOST)?;
        within("/merit_seats", self.merit_seats, 0, self.seats)?;
        within("/weight_per_lost_draw", self.weight_per_lost_draw, 0, 10)?;
        within("/cooling_off_days", self.cooling_off_days, 0, 1_000)?;
        within("/retention_days", self.retention_days, 1, 1_095)?;
        within("/objection_hours", self.objection_hours, 0, 720)?;
        self.schedule.check()?;
        self.check_lists()?;
        self.check_quotas()?;
        self.check_missions()?;
        Ok(self)
    }

    fn clean_texts(&mut self) -> Result<(), Wrong> {
        let texts = [
            ("/title", &mut self.title, 1, 200, Lines::One),
            ("/product", &mut self.product, 1, 200, Lines::One),
            ("/description", &mut self.description, 0, 20_000, Lines::Many),
            ("/contact", &mut self.contact, 1, 300, Lines::One),
            ("/rules", &mut self.rules, 1, 20_000, Lines::Many),
            ("/disclosure", &mut self.disclosure, 1, 500, Lines::One),
            ("/reward", &mut self.reward, 0, 1_000, Lines::Many),
        ];
        for (pointer, text, least, most, lines) in texts {
            *text = clean(text, least, most, lines).map_err(|fault| (pointer.to_owned(), fault))?;
        }
        clean_consents(&mut self.consents)?;
        for (nth, mission) in self.missions.iter_mut().enumerate() {
            let at = |name: &str| format!("/missions/{nth}/{name}");
            mission.title =
                clean(&mission.title, 1, 200, Lines::One).map_err(|fault| (at("title"), fault))?;
            mission.text =
                clean(&mission.text, 0, 5_000, Lines::Many).map_err(|fault| (at("text"), fault))?;
        }
        if let Source::ManualSources { sources } = &mut self.beacon {
            for (nth, source) in sources.iter_mut().enumerate() {
                let at = |fault| (format!("/beacon/sources/{nth}"), fault);
                *source = clean(source, 1, 200, Lines::One).map_err(at)?;
            }
            measured("/beacon/sources", sources.len(), 1, 5)?;
        }
        Ok(())
    }

    fn check_lists(&self) -> Result<(), Wrong> {
        measured("/consents", self.consents.len(), 0, Self::LISTED_MOST)?;
        measured("/eligibility", self.eligibility.len(), 0, Self::LISTED_MOST)?;
        measured("/questions", self.questions.len(), 0, Self::LISTED_MOST)?;
        measured("/audience/segments", self.audience.segments.len(), 0, Self::LISTED_MOST)?;
        for (nth, requirement) in self.eligibility.iter().enumerate() {
            requirement.check().map_err(|fault| (format!("/eligibility/{nth}"), fault))?;
        }
        check_questions("/questions", &self.questions)
    }

    fn check_missions(&self) -> Result<(), Wrong> {
        measured("/missions", self.missions.len(), 0, Self::MISSIONS_MOST)?;
        each_once("/missions", self.missions.iter().map(|mission| mission.key.as_str()))?;
        // What is required is asked for before the report is due.
        let last_day = self.schedule.trial_days + self.schedule.report_days;
        for (nth, mission) in self.missions.iter().enumerate() {
            let at = |name: &str| format!("/missions/{nth}/{name}");
            key(&at("key"), &mission.key)?;
            within(&at("from_day"), mission.from_day, 0, last_day.saturating_sub(1))?;
            within(&at("until_day"), mission.until_day, mission.from_day + 1, last_day)?;
            let least = usize::from(mission.kind == MissionKind::Questions);
            let most = if least == 0 { 0 } else { Self::LISTED_MOST };
            measured(&at("questions"), mission.questions.len(), least, most)?;
            check_questions(&at("questions"), &mission.questions)?;
            let qualifies =
                |question: &Question| question.choices.iter().any(|choice| choice.qualifies.is_some());
            if let Some(odd) = mission.questions.iter().position(qualifies) {
                return Err((
                    format!("{}/{odd}", at("questions")),
                    Fault::NotA("question that keeps nobody out"),
                ));
            }
        }
        Ok(())
    }

    fn check_quotas(&self) -> Result<(), Wrong> {
        measured("/quotas", self.quotas.len(), 0, ATTRIBUTES_MOST)?;
        for (attribute, values) in &self.quotas {
            let at = format!("/quotas/{}", escaped(attribute));
            measured(&at, values.len(), 1, 100)?;
            for (value, (least, most)) in values {
                if least > most {
                    return Err((
                        format!("{at}/{}", escaped(value)),
                        Fault::NotA("least that is no more than its most"),
                    ));
                }
            }
            let least: u32 = values.values().fold(0, |sum, (least, _)| sum.saturating_add(*least));
            if least > self.seats {
                return Err((at, Fault::NotA("set of quotas whose minima fit into the seats")));
            }
        }
        self.check_asked()?;
        self.check_bands()?;
        for (nth, attribute) in self.relax.iter().enumerate() {
            if !self.quotas.contains_key(attribute) || self.relax[..nth].contains(attribute) {
                return Err((format!("/relax/{nth}"), Fault::NotA("attribute with quotas, each once")));
            }
        }
        let drawn = matches!(self.method, Method::Lottery | Method::MeritThenLottery);
        match (drawn, self.quotas.is_empty(), &self.household) {
            (false, false, _) => Err(("/quotas".to_owned(), Fault::NotA("way to choose without a draw"))),
            (false, true, Some(_)) => {
                Err(("/household".to_owned(), Fault::NotA("rule that is kept without a draw")))
            }
            _ => Ok(()),
        }
    }

    /// Whether bands are of attributes with quotas, and those quotas on bands.
    fn check_bands(&self) -> Result<(), Wrong> {
        for (name, bands) in &self.bands {
            let at = format!("/bands/{}", escaped(name));
            let Some(values) = self.quotas.get(name).filter(|_| self.question(name).is_none()) else {
                return Err((at, Fault::NotA("attribute with quotas")));
            };
            measured(&at, bands.len(), 1, 100)?;
            for (nth, band) in bands.iter().enumerate() {
                key(&format!("{at}/{nth}/key"), &band.key)?;
                band.check().map_err(|fault| (format!("{at}/{nth}"), fault))?;
            }
            each_once(&at, bands.iter().map(|band| band.key.as_str()))?;
            if let Some(odd) = values.keys().find(|value| !bands.iter().any(|band| band.key == **value)) {
                let at = format!("/quotas/{}/{}", escaped(name), escaped(odd));
                return Err((at, Fault::NotA("band of this attribute")));
            }
        }
        Ok(())
    }

    /// Whether quotas on a question are on its choices.
    fn check_asked(&self) -> Result<(), Wrong> {
        for (name, values) in &self.quotas {
            let Some(question) = self.question(name) else { continue };
            let at = format!("/quotas/{}", escaped(name));
            if question.kind != QuestionKind::Single {
                return Err((at, Fault::NotA("question of which one choice is taken")));
            }
            let is_choice = |value: &&String| question.choices.iter().any(|choice| choice.key == **value);
            if let Some(odd) = values.keys().find(|value| !is_choice(value)) {
                return Err((format!("{at}/{}", escaped(odd)), Fault::NotA("choice of this question")));
            }
        }
        Ok(())
    }
}

fn check_questions(under: &str, questions: &[Question]) -> Result<(), Wrong> {
    each_once(under, questions.iter().map(|question| question.key.as_str()))?;
    for (nth, question) in questions.iter().enumerate() {
        let at = format!("{under}/{nth}");
        key(&format!("{at}/key"), &question.key)?;
        clean(&question.label, 1, 500, Lines::One).map_err(|fault| (format!("{at}/label"), fault))?;
        question.check().map_err(|fault| (at, fault))?;
    }
    Ok(())
}
