//! Pages of lists, as the API shows them.

use domain::page::{Limit, Page, Place};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    digest,
    error::{Code, Failure, Field, Wrong},
    tokens::Keys,
};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// How many there are in all; only with `include_total=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub total: Option<i64>,
}

/// The limit in a query.
///
/// # Errors
/// 422 that names `limit`.
pub fn limit(asked: Option<i64>) -> Result<Limit, Failure> {
    asked.map_or(Ok(Limit::default()), |items| {
        Limit::of(items).ok_or_else(|| {
            let wrong = Wrong::Type(format!("expected a number from 1 to {}", Limit::MOST));
            Failure::fields(vec![Field { pointer: "?limit".to_owned(), wrong }])
        })
    })
}

/// What a cursor holds: the place, and a digest of the list it belongs to.
#[derive(Serialize, Deserialize)]
struct Cursor(u8, i64, Uuid, u64);

/// The list a cursor belongs to: which it is, and everything that filters and orders it.
#[derive(Debug, Clone, Copy)]
pub struct ListName(u64);

impl ListName {
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        let digest = digest::of(&parts);
        Self(digest[..8].iter().fold(0, |name, byte| name << 8 | u64::from(*byte)))
    }

    /// The place in a cursor of this list.
    ///
    /// # Errors
    /// 400 when it was changed, or belongs to another list.
    pub fn place(self, keys: &Keys, cursor: Option<&str>) -> Result<Option<Place>, Failure> {
        let Some(cursor) = cursor else { return Ok(None) };
        let message = keys.open("cursor", cursor).ok_or(Code::InvalidCursor)?;
        let Cursor(lap, key, id, list) = serde_json::from_slice(&message).map_err(|_| Code::InvalidCursor)?;
        if list != self.0 {
            return Err(Code::InvalidCursor.into());
        }
        Ok(Some(Place { lap, key, id }))
    }

    /// The page as it is shown.
    #[must_use]
    pub fn listing<T, U>(
        self,
        keys: &Keys,
        page: Page<T>,
        total: Option<i64>,
        show: impl FnMut(T) -> U,
    ) -> Listing<U> {
        let next_cursor = page.next.map(|place| {
            let cursor = Cursor(place.lap, place.key, place.id, self.0);
            keys.seal("cursor", &serde_json::to_vec(&cursor).unwrap_or_default())
        });
        Listing { items: page.items.into_iter().map(show).collect(), next_cursor, total }
    }
}
