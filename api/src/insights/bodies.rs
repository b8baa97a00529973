//! The numbers of the loop as they are shown.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    BoardId, IdeaId,
    insights::{Numbers, Period, Waiting, Week, share},
};
use persistence::insights::Named;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ideas::BoardRefBody;

/// How the ideas of a period fared until now. Shares are from 0 to 1, and null where there is nothing to share.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopBody {
    /// Null when it is about every board the caller may view.
    pub board: Option<BoardRefBody>,
    /// The first day, in Seoul.
    #[schema(example = "2026-10-01")]
    pub from: NaiveDate,
    /// The day after the last, in Seoul.
    #[schema(example = "2027-01-01")]
    pub to: NaiveDate,
    /// The ideas made in the period.
    #[schema(minimum = 0, example = 40)]
    pub ideas: i64,
    /// Those with an official response.
    #[schema(minimum = 0, example = 30)]
    pub answered: i64,
    #[schema(minimum = 0, maximum = 1, example = 0.75)]
    pub answered_share: Option<f64>,
    /// How long the first response took, of the ideas that have one; null when none has.
    pub response_hours: Option<ResponseHoursBody>,
    /// Within how many working days an answer is promised.
    #[schema(minimum = 1, example = 5)]
    pub promised_days: u16,
    /// Of the ideas as old as the promise: how many were answered within it.
    #[schema(minimum = 0, maximum = 1, example = 0.8)]
    pub answered_in_time_share: Option<f64>,
    /// The ideas that are younger than the promise, answered or not.
    #[schema(minimum = 0, example = 5)]
    pub too_young: i64,
    /// Those the brand has decided about: their status is neither open nor under review.
    #[schema(minimum = 0, example = 10)]
    pub decided: i64,
    #[schema(minimum = 0, maximum = 1, example = 0.25)]
    pub decided_share: Option<f64>,
    /// The supporters of ideas that there was news of in the period, once for each piece of news.
    #[schema(minimum = 0, example = 500)]
    pub supporters: i64,
    /// How many of them were told.
    #[schema(minimum = 0, example = 490)]
    pub told: i64,
    #[schema(minimum = 0, maximum = 1, example = 0.98)]
    pub told_rate: Option<f64>,
    pub rating: RatingBody,
    /// Up to ten ideas that are neither answered nor decided, the one that has waited longest first.
    pub waiting: Vec<WaitingBody>,
    /// The weeks of the period.
    pub weeks: Vec<WeekBody>,
}

/// Working hours between an idea and its first response, as percentiles by nearest rank.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseHoursBody {
    /// Half of the responses came within this.
    #[schema(minimum = 0, example = 6.5)]
    pub p50: f64,
    /// Nine in ten came within this.
    #[schema(minimum = 0, example = 31.25)]
    pub p90: f64,
}

/// What supporters think of the present responses.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingBody {
    #[schema(minimum = 0, example = 18)]
    pub helpful: i64,
    #[schema(minimum = 0, example = 6)]
    pub not_helpful: i64,
    /// The helpful ones of all.
    #[schema(minimum = 0, maximum = 1, example = 0.75)]
    pub share: Option<f64>,
}

/// An idea that nobody has answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingBody {
    pub idea: WaitingIdeaBody,
    pub board: BoardRefBody,
    pub created_at: DateTime<Utc>,
    /// For how long, in working days.
    #[schema(minimum = 0, example = 12.4)]
    pub business_days: f64,
    #[schema(minimum = 0, example = 87)]
    pub vote_count: i64,
}

/// Which idea it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingIdeaBody {
    pub id: Uuid,
    #[schema(example = "다크 모드를 넣어 주세요")]
    pub title: String,
}

/// The ideas made in a week, and how many of them are answered and decided by now.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeekBody {
    /// Its Monday, in Seoul; the first week may begin before the period, and the last one end after it.
    #[schema(example = "2026-09-28")]
    pub week: NaiveDate,
    #[schema(minimum = 0, example = 8)]
    pub ideas: i64,
    #[schema(minimum = 0, example = 6)]
    pub answered: i64,
    #[schema(minimum = 0, example = 2)]
    pub decided: i64,
}

/// What the rows gave.
pub(super) struct Counted {
    pub period: Period,
    pub promised_days: u16,
    pub numbers: Numbers,
    /// Supporters, and how many of them were told.
    pub reach: (i64, i64),
    /// Helpful, and not helpful.
    pub ratings: (i64, i64),
    pub names: HashMap<IdeaId, Named>,
    pub boards: HashMap<BoardId, BoardRefBody>,
}

impl LoopBody {
    pub(super) fn new(board: Option<BoardRefBody>, counted: Counted) -> Self {
        let Counted { period, promised_days, numbers, reach, ratings, names, boards } = counted;
        let ((supporters, told), (helpful, not_helpful)) = (reach, ratings);
        let of = |part, whole| share(part, whole).map(|share| rounded(share, 4));
        let waiting = numbers.waiting.iter().filter_map(|waiting| {
            let named = names.get(&waiting.idea)?;
            Some(WaitingBody::new(waiting, named, boards.get(&named.board)?.clone()))
        });
        Self {
            board,
            from: period.from(),
            to: period.to(),
            ideas: numbers.ideas,
            answered: numbers.answered,
            answered_share: of(numbers.answered, numbers.ideas),
            response_hours: numbers
                .response_hours
                .map(|hours| ResponseHoursBody { p50: rounded(hours.p50, 2), p90: rounded(hours.p90, 2) }),
            promised_days,
            answered_in_time_share: of(numbers.in_time, numbers.due),
            too_young: numbers.too_young,
            decided: numbers.decided,
            decided_share: of(numbers.decided, numbers.ideas),
            supporters,
            told,
            told_rate: of(told, supporters),
            rating: RatingBody { helpful, not_helpful, share: of(helpful, helpful + not_helpful) },
            waiting: waiting.collect(),
            weeks: numbers.weeks.iter().map(WeekBody::from).collect(),
        }
    }
}

impl WaitingBody {
    fn new(waiting: &Waiting, named: &Named, board: BoardRefBody) -> Self {
        Self {
            idea: WaitingIdeaBody { id: named.idea.uuid(), title: named.title.clone() },
            board,
            created_at: waiting.created_at,
            business_days: rounded(waiting.days, 2),
            vote_count: named.vote_count,
        }
    }
}

impl From<&Week> for WeekBody {
    fn from(week: &Week) -> Self {
        let Week { monday, ideas, answered, decided } = *week;
        Self { week: monday, ideas, answered, decided }
    }
}

fn rounded(number: f64, digits: i32) -> f64 {
    let by = 10f64.powi(digits);
    (number * by).round() / by
}
