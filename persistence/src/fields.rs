//! The rows of fields: what a board asks with an idea, and the choices it offers.

pub mod answers;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _, dsl::max,
};
use domain::{
    BoardId, FieldId, Refusal, Stamp,
    events::Event,
    fields::{Choice, ChoiceKey, Field, FieldKey, Kind, MOST_FIELDS, Visible},
    names::Bilingual,
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, Unique, dangling, taken},
    key::{KeyValue, key},
    outbox,
    schema::{boards, field_choices, fields, idea_answers},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = fields, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    board_id: KeyValue,
    key: String,
    label_ko: String,
    label_en: String,
    help_ko: Option<String>,
    help_en: Option<String>,
    kind: String,
    required: bool,
    position: i32,
    for_staff: bool,
    archived_at: Option<NaiveDateTime>,
    version: i32,
}

impl Row {
    fn with(self, choices: Vec<Choice>) -> Result<Field> {
        let odd = |what: &str| Error::Broken(format!("field {}: odd {what}", self.id.uuid()));
        Ok(Field {
            id: self.id.into(),
            board_id: self.board_id.into(),
            key: FieldKey::try_from(&*self.key).map_err(|_| odd("key"))?,
            kind: Kind::named(&self.kind).ok_or_else(|| odd("kind"))?,
            label: Bilingual { ko: self.label_ko, en: self.label_en },
            help: self.help_ko.zip(self.help_en).map(|(ko, en)| Bilingual { ko, en }),
            required: self.required,
            choices,
            position: self.position,
            visible: if self.for_staff { Visible::Staff } else { Visible::Public },
            archived_at: self.archived_at.map(|at| at.and_utc()),
            version: self.version,
        })
    }
}

/// Which fields of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those it asks.
    Asked,
    /// And those it asked before.
    Ever,
}

/// The fields of a board, in its order.
///
/// # Errors
/// Only when the database fails.
pub fn of_board(conn: &mut AnyConnection, board: BoardId, which: Which) -> Result<Vec<Field>> {
    let mut query = fields::table
        .filter(fields::board_id.eq(key(board)))
        .order((fields::position, fields::id))
        .select(Row::as_select())
        .into_boxed();
    if which == Which::Asked {
        query = query.filter(fields::archived_at.is_null());
    }
    let rows: Vec<Row> = query.load(conn)?;
    with_choices(conn, rows)
}

fn with_choices(conn: &mut AnyConnection, rows: Vec<Row>) -> Result<Vec<Field>> {
    let offers = |row: &&Row| Kind::named(&row.kind).is_some_and(Kind::has_choices);
    let ids: Vec<KeyValue> = rows.iter().filter(offers).map(|row| row.id).collect();
    let mut choices: HashMap<KeyValue, Vec<Choice>> = HashMap::new();
    if !ids.is_empty() {
        let found: Vec<(KeyValue, String, String, String)> = field_choices::table
            .filter(field_choices::field_id.eq_any(ids))
            .order((field_choices::field_id, field_choices::position, field_choices::key))
            .select((
                field_choices::field_id,
                field_choices::key,
                field_choices::name_ko,
                field_choices::name_en,
            ))
            .load(conn)?;
        for (field, key, ko, en) in found {
            let key = ChoiceKey::try_from(&*key)
                .map_err(|_| Error::Broken(format!("field {}: odd choice", field.uuid())))?;
            choices.entry(field).or_default().push(Choice { key, name: Bilingual { ko, en } });
        }
    }
    rows.into_iter()
        .map(|row| {
            let offered = choices.remove(&row.id).unwrap_or_default();
            row.with(offered)
        })
        .collect()
}

/// A field that its board asks.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: FieldId) -> Result<Field> {
    let row: Row = fields::table
        .find(key(id))
        .filter(fields::archived_at.is_null())
        .select(Row::as_select())
        .first(conn)?;
    with_choices(conn, vec![row])?.pop().ok_or(Error::Missing)
}

/// Stores a new field at the end of its board's order.
///
/// # Errors
/// [`Error::Taken`] when the board has, or had, the key; [`Refusal::TooManyFields`].
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, field: &Field) -> Result<()> {
    // Changes nothing but takes a lock: of two that come at once, only one may take the last place.
    diesel::update(boards::table.find(key(field.board_id)))
        .set(boards::version.eq(boards::version))
        .execute(conn)?;
    let board = fields::table.filter(fields::board_id.eq(key(field.board_id)));
    let count: i64 = board.filter(fields::archived_at.is_null()).count().get_result(conn)?;
    let last: Option<i32> = board.select(max(fields::position)).first(conn)?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST_FIELDS {
        return Err(Refusal::TooManyFields { most: MOST_FIELDS }.into());
    }
    let placed = Field { position: last.map_or(0, |last| last.saturating_add(1)), ..field.clone() };
    diesel::insert_into(fields::table)
        .values((
            fields::id.eq(key(field.id)),
            fields::board_id.eq(key(field.board_id)),
            fields::key.eq(field.key.as_str()),
            fields::kind.eq(field.kind.name()),
            changes(&placed),
        ))
        .execute(conn)
        .map_err(taken(Unique::FieldKey))?;
    put_choices(conn, &[], field)?;
    outbox::write(conn, stamp, &[Event::BoardFieldsChanged { board: field.board_id }])
}

/// Stores a field as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile, [`Refusal::ChoiceInUse`] when a choice would go that answers use,
/// [`Refusal::AnsweredInConfidence`] when what was answered for staff would be shown to everybody.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, before: &Field, after: &Field) -> Result<()> {
    let opened = (before.visible, after.visible) == (Visible::Staff, Visible::Public);
    if opened && has_answers(conn, before.id)? {
        return Err(Refusal::AnsweredInConfidence.into());
    }
    let rows = diesel::update(fields::table.find(key(after.id)))
        .filter(fields::version.eq(before.version))
        .set(changes(after))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    if before.choices != after.choices {
        put_choices(conn, &before.choices, after)?;
    }
    outbox::write(conn, stamp, &[Event::BoardFieldsChanged { board: after.board_id }])
}

/// Makes the choices of a field those it has now.
fn put_choices(conn: &mut AnyConnection, before: &[Choice], field: &Field) -> Result<()> {
    let row = |choice: &Choice| field_choices::table.find((key(field.id), choice.key.as_str().to_owned()));
    let among = |choices: &[Choice], wanted: &Choice| choices.iter().any(|choice| choice.key == wanted.key);
    for gone in before.iter().filter(|choice| !among(&field.choices, choice)) {
        diesel::delete(row(gone)).execute(conn).map_err(dangling(Refusal::ChoiceInUse))?;
    }
    for (position, choice) in (0i32..).zip(&field.choices) {
        let named = (
            field_choices::name_ko.eq(&choice.name.ko),
            field_choices::name_en.eq(&choice.name.en),
            field_choices::position.eq(position),
        );
        if among(before, choice) {
            diesel::update(row(choice)).set(named).execute(conn)?;
        } else {
            let new = (field_choices::field_id.eq(key(field.id)), field_choices::key.eq(choice.key.as_str()));
            diesel::insert_into(field_choices::table).values((new, named)).execute(conn)?;
        }
    }
    Ok(())
}

/// Asks a field no more. With answers it is archived, so that they stay; without, it goes for good.
///
/// # Errors
/// [`Error::Contended`] when it was changed or answered meanwhile.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, field: &Field) -> Result<()> {
    let rows = if has_answers(conn, field.id)? {
        let archived = Field { archived_at: Some(stamp.at), version: field.version + 1, ..field.clone() };
        diesel::update(fields::table.find(key(field.id)))
            .filter(fields::version.eq(field.version))
            .set(changes(&archived))
            .execute(conn)?
    } else {
        diesel::delete(fields::table.find(key(field.id)))
            .filter(fields::version.eq(field.version))
            .execute(conn)
            .map_err(dangling(Error::Contended))?
    };
    if rows == 0 {
        return Err(Error::Contended);
    }
    outbox::write(conn, stamp, &[Event::BoardFieldsChanged { board: field.board_id }])
}

fn has_answers(conn: &mut AnyConnection, id: FieldId) -> Result<bool> {
    let idea: Option<KeyValue> = idea_answers::table
        .filter(idea_answers::field_id.eq(key(id)))
        .select(idea_answers::idea_id)
        .first(conn)
        .optional()?;
    Ok(idea.is_some())
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = fields, treat_none_as_null = true)]
struct Changes<'a> {
    label_ko: &'a str,
    label_en: &'a str,
    help_ko: Option<&'a str>,
    help_en: Option<&'a str>,
    required: bool,
    position: i32,
    for_staff: bool,
    archived_at: Option<NaiveDateTime>,
    version: i32,
}

fn changes(field: &Field) -> Changes<'_> {
    Changes {
        label_ko: &field.label.ko,
        label_en: &field.label.en,
        help_ko: field.help.as_ref().map(|help| help.ko.as_str()),
        help_en: field.help.as_ref().map(|help| help.en.as_str()),
        required: field.required,
        position: field.position,
        for_staff: field.visible == Visible::Staff,
        archived_at: field.archived_at.map(|at| at.naive_utc()),
        version: field.version,
    }
}
