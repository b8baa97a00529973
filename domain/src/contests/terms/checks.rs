//! Whether terms are terms, and where not.

use chrono::{DateTime, Utc};

use super::{Ballot, Criterion, Judging, Prize, RightsKind, Schedule, Source, Team, Terms};
use crate::{
    Refusal,
    attachments::MOST_AT_A_PLACE,
    judging::{
        ENTRIES_MOST,
        assignment::REVIEWS_MOST,
        ballots::STARS_MOST,
        hybrid::is_jury_weight,
        is_plain,
        prizes::PRIZE_MOST,
        score::{CRITERIA_MOST, Unfit},
        ties::{PRIZES_MOST, Rule},
    },
    members::MOST_ATTRIBUTE_NAME,
    terms::{Wrong, clean_consents, each_once, ensure_ahead, key, measured, within},
    text::{Fault, Lines, clean},
};

const HOURS_MOST: u32 = 720;

fn wrong<T>(pointer: impl Into<String>, wanted: &'static str) -> Result<T, Wrong> {
    Err((pointer.into(), Fault::NotA(wanted)))
}

fn ordered(order: &[(&str, DateTime<Utc>, DateTime<Utc>)]) -> Result<(), Wrong> {
    match order.iter().find(|(_, earlier, later)| earlier >= later) {
        Some((pointer, ..)) => wrong(*pointer, "time after the one before it"),
        None => Ok(()),
    }
}

impl Schedule {
    fn check(&self) -> Result<(), Wrong> {
        ordered(&[
            ("/schedule/closes_at", self.opens_at, self.closes_at),
            ("/schedule/judging_until", self.closes_at, self.judging_until),
            ("/schedule/provisional_at", self.judging_until, self.provisional_at),
        ])
    }

    /// Whether there is still time to enter.
    ///
    /// # Errors
    /// [`Refusal::UnfitAt`].
    pub fn ensure_ahead(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        ensure_ahead(self.closes_at, now)
    }
}

impl Terms {
    /// The most of whatever stands in a list.
    pub const LISTED_MOST: usize = 30;
    /// In how many entries one may be at most.
    pub const ENTRIES_MOST: u32 = 20;
    /// The most members of a team.
    pub const TEAM_MOST: u32 = 20;

    /// The terms in the form they are kept in.
    ///
    /// # Errors
    /// Where and why they are no terms.
    pub fn checked(mut self) -> Result<Self, Wrong> {
        self.clean_texts()?;
        self.clean_parts()?;
        self.schedule.check()?;
        measured("/audience/segments", self.audience.segments.len(), 0, Self::LISTED_MOST)?;
        within("/entries_per_person", self.entries_per_person, 1, Self::ENTRIES_MOST)?;
        within("/retention_days", self.retention_days, 1, 1_095)?;
        within("/objection_hours", self.objection_hours, 0, HOURS_MOST)?;
        within("/appeal_hours", self.appeal_hours, 0, HOURS_MOST)?;
        within("/resubmit_hours", self.resubmit_hours, 0, HOURS_MOST)?;
        let most = u32::try_from(MOST_AT_A_PLACE).unwrap_or(u32::MAX);
        within("/files/most", self.files.most, self.files.least, most)?;
        self.team.map_or(Ok(()), |team| team.check(&self.schedule))?;
        self.check_form()?;
        self.check_rubric()?;
        self.judging.check()?;
        self.check_ballot()?;
        self.check_prizes()?;
        Ok(self)
    }

    fn clean_texts(&mut self) -> Result<(), Wrong> {
        let texts = [
            ("/title", &mut self.title, 1, 200, Lines::One),
            ("/brief", &mut self.brief, 1, 20_000, Lines::Many),
            ("/contact", &mut self.contact, 1, 300, Lines::One),
            ("/originality_statement", &mut self.originality_statement, 1, 2_000, Lines::Many),
            ("/ai_policy", &mut self.ai_policy, 1, 5_000, Lines::Many),
            ("/rules", &mut self.rules, 1, 20_000, Lines::Many),
            ("/rights/scope", &mut self.rights.scope, 0, 2_000, Lines::Many),
        ];
        for (pointer, text, least, most, lines) in texts {
            *text = clean(text, least, most, lines).map_err(|fault| (pointer.to_owned(), fault))?;
        }
        clean_consents(&mut self.consents)?;
        measured("/consents", self.consents.len(), 0, Self::LISTED_MOST)
    }

    fn clean_parts(&mut self) -> Result<(), Wrong> {
        let one_line = |pointer: String, text: &mut String, most| {
            *text = clean(text, 1, most, Lines::One).map_err(|fault| (pointer, fault))?;
            Ok::<(), Wrong>(())
        };
        for (nth, question) in self.form.iter_mut().enumerate() {
            one_line(format!("/form/{nth}/label"), &mut question.label, 500)?;
        }
        for (nth, criterion) in self.rubric.iter_mut().enumerate() {
            one_line(format!("/rubric/{nth}/title"), &mut criterion.title, 200)?;
            for (place, anchor) in criterion.anchors.iter_mut().enumerate() {
                one_line(format!("/rubric/{nth}/anchors/{place}/text"), &mut anchor.text, 500)?;
            }
        }
        for (nth, round) in self.judging.rounds.iter_mut().enumerate() {
            one_line(format!("/judging/rounds/{nth}/name"), &mut round.name, 100)?;
        }
        for (nth, prize) in self.prizes.iter_mut().enumerate() {
            one_line(format!("/prizes/{nth}/name"), &mut prize.name, 100)?;
        }
        if let Source::ManualSources { sources } = &mut self.lot {
            for (nth, source) in sources.iter_mut().enumerate() {
                one_line(format!("/lot/sources/{nth}"), source, 200)?;
            }
            measured("/lot/sources", sources.len(), 1, 5)?;
        }
        Ok(())
    }

    fn check_form(&self) -> Result<(), Wrong> {
        measured("/form", self.form.len(), 0, Self::LISTED_MOST)?;
        each_once("/form", self.form.iter().map(|question| question.key.as_str()))?;
        for (nth, question) in self.form.iter().enumerate() {
            let at = format!("/form/{nth}");
            key(&format!("{at}/key"), &question.key)?;
            question.check().map_err(|(name, fault)| (format!("{at}/{name}"), fault))?;
        }
        Ok(())
    }

    fn check_rubric(&self) -> Result<(), Wrong> {
        measured("/rubric", self.rubric.len(), 1, CRITERIA_MOST)?;
        each_once("/rubric", self.rubric.iter().map(|criterion| criterion.key.as_str()))?;
        for (nth, criterion) in self.rubric.iter().enumerate() {
            key(&format!("/rubric/{nth}/key"), &criterion.key)?;
        }
        self.rubric().and_then(|rubric| rubric.ensure_adds_up()).or_else(|unfit| match unfit {
            Unfit::Count => wrong("/rubric", "list of 1 to 20 criteria"),
            Unfit::Key(nth) => wrong(format!("/rubric/{nth}/key"), "key of its own"),
            Unfit::Weight(nth) => wrong(format!("/rubric/{nth}/weight"), "weight with up to four decimals"),
            Unfit::Scale(nth) => {
                wrong(format!("/rubric/{nth}/scale"), "scale from the worst to the best mark")
            }
            Unfit::Sum => wrong("/rubric", "rubric whose weights add up to 1 or 100"),
        })?;
        self.rubric.iter().enumerate().try_for_each(|(nth, criterion)| criterion.check(nth))
    }

    fn check_ballot(&self) -> Result<(), Wrong> {
        match &self.ballot {
            Some(ballot) => ballot.check(&self.schedule)?,
            None if self.jury_weight != 1.0 => return wrong("/jury_weight", "weight of 1 without a ballot"),
            None => {}
        }
        match is_jury_weight(self.jury_weight) {
            true => Ok(()),
            false => wrong("/jury_weight", "weight from 0.5 to 1 with up to four decimals"),
        }
    }

    fn check_prizes(&self) -> Result<(), Wrong> {
        let again =
            (1..self.tie_order.len()).find(|&nth| self.tie_order[..nth].contains(&self.tie_order[nth]));
        if let Some(nth) = again {
            return wrong(format!("/tie_order/{nth}"), "rule that is not there yet");
        }
        // Else nobody could ever say who gets a prize.
        let ends = self.tie_order.iter().any(|rule| matches!(rule, Rule::JointPrize | Rule::Lot));
        if !ends && !self.prizes.is_empty() {
            return wrong("/tie_order", "order with a joint prize or a lot, which always decide");
        }
        measured("/prizes", self.prizes.len(), 0, PRIZES_MOST)?;
        self.prizes.iter().zip(0..).try_for_each(|(prize, nth)| prize.check(nth))?;
        if self.least_score.is_some_and(|least| !is_plain(least) || !(0.0..=100.0).contains(&least)) {
            return wrong("/least_score", "score from 0 to 100 with up to four decimals");
        }
        let rights = &self.rights;
        if rights.kind != RightsKind::LicenceOnAward && rights.scope.is_empty() {
            return Err(("/rights/scope".to_owned(), Fault::Required));
        }
        within("/rights/term_months", rights.term_months.unwrap_or(1), 1, 1_200)?;
        match rights.fee_krw <= PRIZE_MOST {
            true => Ok(()),
            false => wrong("/rights/fee_krw", "number in its range"),
        }
    }
}

impl Team {
    fn check(&self, schedule: &Schedule) -> Result<(), Wrong> {
        within("/team/least", self.least, 1, Terms::TEAM_MOST)?;
        within("/team/most", self.most, self.least.max(2), Terms::TEAM_MOST)?;
        let fits = |until| schedule.opens_at < until && until <= schedule.closes_at;
        match self.merge_deadline.is_none_or(fits) {
            true => Ok(()),
            false => wrong("/team/merge_deadline", "time while entries are taken"),
        }
    }
}

impl Criterion {
    fn check(&self, nth: usize) -> Result<(), Wrong> {
        let at = |name: &str| format!("/rubric/{nth}/{name}");
        let is_mark = |mark: f64| is_plain(mark) && (self.scale.0..=self.scale.1).contains(&mark);
        let bounds = [
            ("comment_required_below", self.comment_required_below),
            ("comment_required_above", self.comment_required_above),
        ];
        for (name, bound) in bounds {
            if bound.is_some_and(|bound| !is_mark(bound)) {
                return wrong(at(name), "mark of the scale");
            }
        }
        measured(&at("anchors"), self.anchors.len(), 0, Terms::LISTED_MOST)?;
        match self.anchors.iter().position(|anchor| !is_mark(anchor.mark)) {
            Some(place) => wrong(at(&format!("anchors/{place}/mark")), "mark of the scale"),
            None => Ok(()),
        }
    }
}

impl Judging {
    fn check(&self) -> Result<(), Wrong> {
        let most = u32::try_from(REVIEWS_MOST).unwrap_or(u32::MAX);
        within("/judging/reviews_per_entry", self.reviews_per_entry, 1, most)?;
        measured("/judging/rounds", self.rounds.len(), 0, 10)?;
        if self
            .household
            .as_ref()
            .is_some_and(|name| name.is_empty() || name.chars().count() > MOST_ATTRIBUTE_NAME)
        {
            return wrong("/judging/household", "name of an attribute");
        }
        let mut most = u32::try_from(ENTRIES_MOST).unwrap_or(u32::MAX);
        for (nth, round) in self.rounds.iter().enumerate() {
            let is_last = nth + 1 == self.rounds.len();
            match round.cut_to {
                None if is_last => {}
                Some(cut) if !is_last && (1..=most).contains(&cut) => most = cut - 1,
                Some(_) | None => {
                    return wrong(
                        format!("/judging/rounds/{nth}/cut_to"),
                        "number of each round but the last, each smaller than the one before",
                    );
                }
            }
        }
        Ok(())
    }
}

impl Ballot {
    fn check(&self, schedule: &Schedule) -> Result<(), Wrong> {
        within("/ballot/stars", self.stars, 1, u32::try_from(STARS_MOST).unwrap_or(u32::MAX))?;
        if self.members_before.is_some_and(|before| before > self.closes_at) {
            return wrong("/ballot/members_before", "time before the ballot closes");
        }
        match (self.opens_at < schedule.closes_at, self.closes_at > schedule.provisional_at) {
            (true, _) => wrong("/ballot/opens_at", "time after entries are closed"),
            (_, true) => wrong("/ballot/closes_at", "time before the provisional result"),
            (false, false) => ordered(&[("/ballot/closes_at", self.opens_at, self.closes_at)]),
        }
    }
}

impl Prize {
    fn check(&self, nth: u32) -> Result<(), Wrong> {
        let at = |name: &str| format!("/prizes/{nth}/{name}");
        within(&at("rank"), self.rank, nth + 1, nth + 1)?;
        within(&at("places"), self.places, 1, 10_000)?;
        within(&at("alternates"), self.alternates, 0, 100)?;
        match self.value_krw <= PRIZE_MOST {
            true => Ok(()),
            false => wrong(at("value_krw"), "number in its range"),
        }
    }
}
