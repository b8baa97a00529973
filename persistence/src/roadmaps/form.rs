//! Columns as the JSON they are kept in.

use domain::{
    names::{Bilingual, Key},
    roadmaps::{Columns, Period, Time},
    statuses::StatusKey,
};
use serde_json::{Value, json};

pub(super) const BY_STATUS: &str = "status";
pub(super) const BY_TIME: &str = "time";

pub(super) fn text(columns: &Columns) -> String {
    let list: Vec<Value> = match columns {
        Columns::Statuses(keys) => keys.iter().map(|key| json!(key.as_str())).collect(),
        Columns::Times(times) => times.iter().map(of_time).collect(),
    };
    Value::Array(list).to_string()
}

fn of_time(time: &Time) -> Value {
    match time {
        Time::Period(period) => json!(period.key()),
        Time::Label { key, names } => json!({ "key": key.as_str(), "ko": names.ko, "en": names.en }),
    }
}

pub(super) fn columns(kind: &str, text: &str) -> Option<Columns> {
    let list: Vec<Value> = serde_json::from_str(text).ok()?;
    match kind {
        BY_STATUS => list.iter().map(|key| StatusKey::try_from(key.as_str()?).ok()).collect::<Option<_>>(),
        BY_TIME => return list.iter().map(time).collect::<Option<_>>().map(Columns::Times),
        _ => None,
    }
    .map(Columns::Statuses)
}

fn time(value: &Value) -> Option<Time> {
    if let Some(period) = value.as_str() {
        return Period::try_from(period).ok().map(Time::Period);
    }
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    let key = Key::try_from(&*text("key")?).ok()?;
    Some(Time::Label { key, names: Bilingual { ko: text("ko")?, en: text("en")? } })
}
