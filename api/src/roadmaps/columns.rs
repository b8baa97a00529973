//! The columns of roadmaps as they are written in requests and answers.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Refusal,
    names::{Bilingual, Key},
    roadmaps::{Columns, Period, Time, is_on_the_way},
    statuses::{Category, StatusKey},
    text::Fault,
};
use persistence::statuses::Step;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::bodies::RoadmapKindName;
use crate::{body::present, language::Language, names::NamesBody, statuses::StatusRefBody};

/// A column of a roadmap.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadmapColumnBody {
    #[schema(example = "2027-Q1")]
    pub(super) key: String,
    /// In the caller's language.
    #[schema(example = "2027년 1분기")]
    name: String,
    /// On a roadmap by status.
    status: Option<StatusRefBody>,
    /// The first day of the period.
    #[schema(example = "2027-01-01")]
    from: Option<NaiveDate>,
    /// The day after its last.
    #[schema(example = "2027-04-01")]
    to: Option<NaiveDate>,
    /// Whether today in Seoul lies in the period.
    current: bool,
}

/// The columns as they are shown. One whose status has gone is not there.
pub(super) fn shown(
    columns: &Columns,
    steps: &[Step],
    language: Language,
    now: DateTime<Utc>,
) -> Vec<RoadmapColumnBody> {
    let of_status = |key: &StatusKey| {
        let step = steps.iter().find(|step| step.status.key == *key)?;
        let name = language.pick(&step.status.name.ko, &step.status.name.en).clone();
        let status = Some(StatusRefBody::new(&step.status, language));
        Some(RoadmapColumnBody { key: key.to_string(), name, status, from: None, to: None, current: false })
    };
    let of_time = |time: &Time| {
        let (Bilingual { ko, en }, period) = match time {
            Time::Period(period) => (period.names(), Some(*period)),
            Time::Label { names, .. } => (names.clone(), None),
        };
        let days = period.map(Period::days);
        RoadmapColumnBody {
            key: time.key(),
            name: language.pick(ko, en),
            status: None,
            from: days.map(|(from, _)| from),
            to: days.map(|(_, to)| to),
            current: period.is_some_and(|period| period.holds(now)),
        }
    };
    match columns {
        Columns::Statuses(keys) => keys.iter().filter_map(of_status).collect(),
        Columns::Times(times) => times.iter().map(of_time).collect(),
    }
}

/// A column: a `status` on a roadmap by status; else a `period`, or `names` with a `key`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoadmapColumnBody {
    /// The key of a status of the board.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, example = "planned")]
    status: Option<String>,
    /// A month, quarter, half or year: `2027-03`, `2027-Q1`, `2027-H1` or `2027`.
    #[serde(default, deserialize_with = "present")]
    #[schema(
        required = false,
        nullable = false,
        pattern = "^[2-9][0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$",
        example = "2027-Q1"
    )]
    period: Option<String>,
    /// Made from the English name unless given.
    #[serde(default, deserialize_with = "present")]
    #[schema(
        required = false,
        nullable = false,
        pattern = "^[a-z0-9]+(_[a-z0-9]+)*$",
        max_length = 40,
        example = "later"
    )]
    key: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(required = false, nullable = false, value_type = NamesBody)]
    names: Option<NamesBody>,
}

impl NewRoadmapColumnBody {
    fn status(&self) -> Result<StatusKey, (&'static str, Fault)> {
        match (&self.status, &self.period, &self.key, &self.names) {
            (Some(key), None, None, None) => StatusKey::try_from(&**key).map_err(|fault| ("/status", fault)),
            (None, ..) => Err(("/status", Fault::Required)),
            _ => Err(("", Fault::NotA("column by status, which has a status alone"))),
        }
    }

    fn time(&self) -> Result<Time, (&'static str, Fault)> {
        let of_names = |(part, fault)| match part {
            "/ko" => ("/names/ko", fault),
            _ => ("/names/en", fault),
        };
        match (&self.status, &self.period, &self.key, &self.names) {
            (None, Some(period), None, None) => {
                Period::try_from(&**period).map(Time::Period).map_err(|fault| ("/period", fault))
            }
            (None, None, key, Some(names)) => {
                let made = || Key::from_name(names.english());
                let key = key.as_deref().map_or_else(made, Key::try_from).map_err(|fault| ("/key", fault))?;
                Ok(Time::Label { key, names: names.texts().map_err(of_names)? })
            }
            (None, None, ..) => Err(("/period", Fault::Required)),
            _ => Err(("", Fault::NotA("column by time, which has a period, or names and a key"))),
        }
    }
}

/// The columns that are meant, if the board has what they name.
pub(super) fn columns(
    kind: RoadmapKindName,
    sent: &[NewRoadmapColumnBody],
    steps: &[Step],
) -> Result<Columns, Refusal> {
    let unfit = |place: String, fault| Refusal::UnfitAt { pointer: format!("/columns{place}"), fault };
    let columns = match kind {
        RoadmapKindName::Status => {
            let mut keys = Vec::with_capacity(sent.len());
            for (nth, column) in sent.iter().enumerate() {
                let key = column.status().map_err(|(part, fault)| unfit(format!("/{nth}{part}"), fault))?;
                // Merged ideas stand in no list.
                let known = |step: &Step| step.status.key == key && step.status.category != Category::Merged;
                if !steps.iter().any(known) {
                    return Err(unfit(format!("/{nth}/status"), Fault::NotA("status of the board")));
                }
                keys.push(key);
            }
            Columns::Statuses(keys)
        }
        RoadmapKindName::Time => {
            let time = |(nth, column): (usize, &NewRoadmapColumnBody)| {
                column.time().map_err(|(part, fault)| unfit(format!("/{nth}{part}"), fault))
            };
            Columns::Times(sent.iter().enumerate().map(time).collect::<Result<_, _>>()?)
        }
    };
    distinct(columns)
}

/// The columns, if each is there once.
pub(super) fn distinct(columns: Columns) -> Result<Columns, Refusal> {
    let unfit = |(nth, fault): (Option<usize>, Fault)| Refusal::UnfitAt {
        pointer: nth.map_or_else(|| "/columns".to_owned(), |nth| format!("/columns/{nth}")),
        fault,
    };
    columns.ensure_distinct().map_err(unfit)?;
    Ok(columns)
}

/// The columns where nobody has chosen any.
pub(super) fn plain(steps: &[Step]) -> Columns {
    let on_the_way = |step: &&Step| is_on_the_way(step.status.category);
    Columns::Statuses(steps.iter().filter(on_the_way).map(|step| step.status.key.clone()).collect())
}
