//! The rows of answers: stored with an idea, read with it, and asked for in lists.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Actor, BoardId, FieldId, IdeaId,
    fields::{Answer, ChoiceKey, Field, Kind, Wanted},
    ideas::Idea,
};
use serde_json::{Map, Value, json};

use super::{Which, of_board};
use crate::{
    connection::AnyConnection,
    error::{Error, Result, dangling},
    ideas::list::Boxed,
    key::{KeyValue, key},
    schema::{idea_answers, ideas},
};

/// An answer, and what it answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub field: Field,
    pub answer: Answer,
}

/// An answer to be stored in place of that before; none only takes it back.
pub type NewAnswer = (FieldId, Option<Answer>);

/// What a list asks of the answers to one field.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerFilter {
    pub field: FieldId,
    pub wanted: Wanted,
}

/// The columns of an answer, of which one is filled.
type Columns = (Option<String>, Option<String>, Option<f64>, Option<NaiveDate>);

/// The answers of an idea that the actor sees, in the order of the fields.
///
/// # Errors
/// Only when the database fails.
pub fn seen(conn: &mut AnyConnection, actor: &Actor, idea: &Idea) -> Result<Vec<Answered>> {
    let mut answers = of_idea(conn, idea)?;
    answers.retain(|answered| answered.field.shows_answers_to(actor, idea.author_id));
    Ok(answers)
}

/// Every answer of an idea, in the order of the fields.
///
/// # Errors
/// Only when the database fails.
pub fn of_idea(conn: &mut AnyConnection, idea: &Idea) -> Result<Vec<Answered>> {
    let rows: Vec<(KeyValue, Columns)> = idea_answers::table
        .filter(idea_answers::idea_id.eq(key(idea.id)))
        .order((idea_answers::field_id, idea_answers::nth))
        .select((
            idea_answers::field_id,
            (idea_answers::text, idea_answers::choice, idea_answers::number, idea_answers::day),
        ))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    put_together(&of_board(conn, idea.board_id, Which::Ever)?, &rows, idea.id)
}

/// Every answer of these ideas of a board, in the order of the fields.
pub(crate) fn of_ideas(
    conn: &mut AnyConnection,
    board: BoardId,
    ideas: &[KeyValue],
) -> Result<HashMap<KeyValue, Vec<Answered>>> {
    let rows: Vec<(KeyValue, (KeyValue, Columns))> = idea_answers::table
        .filter(idea_answers::idea_id.eq_any(ideas.to_vec()))
        .order((idea_answers::idea_id, idea_answers::field_id, idea_answers::nth))
        .select((
            idea_answers::idea_id,
            (
                idea_answers::field_id,
                (idea_answers::text, idea_answers::choice, idea_answers::number, idea_answers::day),
            ),
        ))
        .load(conn)?;
    let fields = if rows.is_empty() { Vec::new() } else { of_board(conn, board, Which::Ever)? };
    let mut by_idea = HashMap::<KeyValue, Vec<(KeyValue, Columns)>>::new();
    for (idea, row) in rows {
        by_idea.entry(idea).or_default().push(row);
    }
    by_idea.into_iter().map(|(idea, rows)| Ok((idea, put_together(&fields, &rows, idea.into())?))).collect()
}

fn put_together(fields: &[Field], rows: &[(KeyValue, Columns)], idea: IdeaId) -> Result<Vec<Answered>> {
    let mut answers = Vec::new();
    for field in fields {
        let own = rows.iter().filter(|(id, _)| *id == key(field.id)).map(|(_, columns)| columns);
        let own: Vec<&Columns> = own.collect();
        if !own.is_empty() {
            let answer = answer(field.kind, &own);
            let answer = answer.ok_or_else(|| Error::Broken(format!("idea {idea}: odd answer")))?;
            answers.push(Answered { field: field.clone(), answer });
        }
    }
    Ok(answers)
}

fn answer(kind: Kind, rows: &[&Columns]) -> Option<Answer> {
    let choice = |(_, choice, ..): &&Columns| ChoiceKey::try_from(choice.as_deref()?).ok();
    let first = rows.first()?;
    let (text, _, number, day) = first;
    match kind {
        Kind::Text => text.clone().map(Answer::Text),
        Kind::Number => number.map(Answer::Number),
        Kind::Choice => choice(first).map(Answer::Choice),
        Kind::Choices => rows.iter().map(choice).collect::<Option<Vec<_>>>().map(Answer::Choices),
        Kind::Date => day.map(Answer::Date),
        Kind::YesNo => number.map(|number| Answer::YesNo(number != 0.0)),
    }
}

/// Stores answers in place of those an idea had to the same fields.
///
/// # Errors
/// [`Error::Contended`] when a field or a choice has gone since it was read.
pub(crate) fn put(conn: &mut AnyConnection, idea: IdeaId, answers: &[NewAnswer]) -> Result<()> {
    for (field, _) in answers {
        let present = idea_answers::table
            .filter(idea_answers::idea_id.eq(key(idea)))
            .filter(idea_answers::field_id.eq(key(*field)));
        diesel::delete(present).execute(conn)?;
    }
    insert(conn, idea, answers)
}

/// Stores the first answers of an idea.
///
/// # Errors
/// [`Error::Contended`] when a field or a choice has gone since it was read.
pub fn insert(conn: &mut AnyConnection, idea: IdeaId, answers: &[NewAnswer]) -> Result<()> {
    for (field, answer) in answers {
        for (nth, columns) in (0i32..).zip(answer.iter().flat_map(columns)) {
            insert_row(conn, idea, *field, nth, columns)?;
        }
    }
    Ok(())
}

fn insert_row(
    conn: &mut AnyConnection,
    idea: IdeaId,
    field: FieldId,
    nth: i32,
    (text, choice, number, day): Columns,
) -> Result<()> {
    diesel::insert_into(idea_answers::table)
        .values((
            idea_answers::idea_id.eq(key(idea)),
            idea_answers::field_id.eq(key(field)),
            idea_answers::nth.eq(nth),
            idea_answers::text.eq(text),
            idea_answers::choice.eq(choice),
            idea_answers::number.eq(number),
            idea_answers::day.eq(day),
        ))
        .execute(conn)
        .map_err(dangling(Error::Contended))?;
    Ok(())
}

fn columns(answer: &Answer) -> Vec<Columns> {
    let choice = |key: &ChoiceKey| (None, Some(key.to_string()), None, None);
    match answer {
        Answer::Text(text) => vec![(Some(text.clone()), None, None, None)],
        Answer::Number(number) => vec![(None, None, Some(*number), None)],
        Answer::Choice(key) => vec![choice(key)],
        Answer::Choices(keys) => keys.iter().map(choice).collect(),
        Answer::Date(day) => vec![(None, None, None, Some(*day))],
        Answer::YesNo(yes) => vec![(None, None, Some(f64::from(u8::from(*yes))), None)],
    }
}

/// The answers as a revision keeps them: by key, as JSON text; none where there are none.
pub(crate) fn in_short(answers: &[Answered]) -> Option<String> {
    let value = |answer: &Answer| match answer {
        Answer::Text(text) => json!(text),
        Answer::Number(number) => json!(number),
        Answer::Choice(key) => json!(key.as_str()),
        Answer::Choices(keys) => keys.iter().map(ChoiceKey::as_str).collect(),
        Answer::Date(day) => json!(day.to_string()),
        Answer::YesNo(yes) => json!(yes),
    };
    let by_key = |answered: &Answered| (answered.field.key.to_string(), value(&answered.answer));
    let object: Map<String, Value> = answers.iter().map(by_key).collect();
    (!object.is_empty()).then(|| Value::Object(object).to_string())
}

/// The list without the ideas whose answers are not the ones asked for.
pub(crate) fn answered<'a>(list: Boxed<'a>, filters: &[AnswerFilter]) -> Boxed<'a> {
    filters.iter().fold(list, |list, AnswerFilter { field, wanted }| {
        let answers = idea_answers::table.filter(idea_answers::field_id.eq(key(*field)));
        let ids = idea_answers::idea_id;
        match wanted {
            Wanted::Answered => list.filter(ideas::id.eq_any(answers.select(ids))),
            Wanted::Choice(choice) => {
                let those = answers.filter(idea_answers::choice.eq(choice.to_string()));
                list.filter(ideas::id.eq_any(those.select(ids)))
            }
            Wanted::Number { least, most } => {
                let (least, most) = (least.unwrap_or(f64::MIN), most.unwrap_or(f64::MAX));
                let those = answers.filter(idea_answers::number.between(least, most));
                list.filter(ideas::id.eq_any(those.select(ids)))
            }
            Wanted::Day { first, last } => {
                let (first, last) = (first.unwrap_or(FIRST_DAY), last.unwrap_or(LAST_DAY));
                let those = answers.filter(idea_answers::day.between(first, last));
                list.filter(ideas::id.eq_any(those.select(ids)))
            }
        }
    })
}

/// The ends of what a date can be: beyond them the databases write years in ways of their own.
const FIRST_DAY: NaiveDate = day(1, 1, 1);
const LAST_DAY: NaiveDate = day(9_999, 12, 31);

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}
