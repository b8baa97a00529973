//! The rows of banned words.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Refusal, Stamp,
    members::Locale,
    moderation::words::{Banned, Word},
};
use uuid::Uuid;

use crate::{
    connection::AnyConnection,
    error::{Error, Result, Unique, taken},
    key::KeyValue,
    schema::banned_words,
};

/// How many words there may be: each post is looked through for all of them.
pub const MOST: usize = 1_000;

/// A banned word as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: Uuid,
    pub language: Locale,
    pub banned: Banned,
    pub created_at: DateTime<Utc>,
}

/// Every banned word, by language and word.
///
/// # Errors
/// Only when the database fails.
pub fn all(conn: &mut AnyConnection) -> Result<Vec<Kept>> {
    let rows: Vec<(KeyValue, String, String, String, NaiveDateTime)> = banned_words::table
        .order((banned_words::language, banned_words::word))
        .select((
            banned_words::id,
            banned_words::language,
            banned_words::word,
            banned_words::except_in,
            banned_words::created_at,
        ))
        .load(conn)?;
    let kept = rows.into_iter().map(|(id, language, text, except, at)| {
        let odd = |what: &str| Error::Broken(format!("banned word {}: odd {what}", id.uuid()));
        let word = |text: &str| Word::try_from(text).map_err(|_| odd("word"));
        let except: Vec<String> = serde_json::from_str(&except).map_err(|_| odd("exceptions"))?;
        Ok(Kept {
            id: id.uuid(),
            language: Locale::named(&language).ok_or_else(|| odd("language"))?,
            banned: Banned {
                word: word(&text)?,
                except: except.iter().map(|text| word(text)).collect::<Result<_>>()?,
            },
            created_at: at.and_utc(),
        })
    });
    kept.collect()
}

/// # Errors
/// [`Refusal::TooManyWords`], or [`Error::Taken`] when the language has the word.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, kept: &Kept) -> Result<()> {
    let there: i64 = banned_words::table.count().get_result(conn)?;
    if usize::try_from(there).unwrap_or(usize::MAX) >= MOST {
        return Err(Refusal::TooManyWords { most: MOST }.into());
    }
    let except: Vec<&str> = kept.banned.except.iter().map(Word::as_str).collect();
    diesel::insert_into(banned_words::table)
        .values((
            banned_words::id.eq(KeyValue::from(kept.id)),
            banned_words::language.eq(kept.language.name()),
            banned_words::word.eq(kept.banned.word.as_str()),
            banned_words::except_in.eq(serde_json::json!(except).to_string()),
            banned_words::created_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)
        .map_err(taken(Unique::Word))?;
    Ok(())
}

/// # Errors
/// [`Error::Missing`].
pub fn delete(conn: &mut AnyConnection, id: Uuid) -> Result<()> {
    match diesel::delete(banned_words::table.find(KeyValue::from(id))).execute(conn)? {
        0 => Err(Error::Missing),
        _ => Ok(()),
    }
}
