//! The orders of lists, and the place a page ended at.

use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _};
use domain::{
    page::{Place, Sort},
    ranking,
};

use super::{Boxed, Listed};
use crate::{key::KeyValue, schema::ideas};

/// The place of an idea in a lap of a list.
pub(super) fn place_of(sort: &Sort, lap: u8, listed: &Listed) -> Place {
    let idea = &listed.idea;
    let id = idea.id.uuid();
    let key = match sort {
        Sort::Top | Sort::Relevance => idea.vote_count,
        Sort::New => 0,
        Sort::Discussed => idea.comment_count,
        Sort::Random { .. } => ranking::shuffled(idea.id),
        Sort::Trending => return Place::of_fraction(lap, idea.trending, id),
    };
    Place { lap, key, id }
}

/// The order, and the condition of being after a place in it. `key <= k AND (key < k OR id < i)` rather than its
/// shorter equivalents: both databases then begin reading the index right there.
pub(crate) fn ordered<'a>(query: Boxed<'a>, sort: &Sort, lap: u8, after: Option<Place>) -> Boxed<'a> {
    let id = after.map(|place| KeyValue::from(place.id));
    match sort {
        Sort::Top | Sort::Relevance => {
            let query = query.order((ideas::vote_count.desc(), ideas::id.desc()));
            let Some((place, id)) = after.zip(id) else { return query };
            let past = ideas::vote_count.lt(place.key).or(ideas::id.lt(id));
            query.filter(ideas::vote_count.le(place.key)).filter(past)
        }
        Sort::Discussed => {
            let query = query.order((ideas::comment_count.desc(), ideas::id.desc()));
            let Some((place, id)) = after.zip(id) else { return query };
            let past = ideas::comment_count.lt(place.key).or(ideas::id.lt(id));
            query.filter(ideas::comment_count.le(place.key)).filter(past)
        }
        Sort::Trending => {
            let query = query.order((ideas::trending.desc(), ideas::id.desc()));
            let Some((place, id)) = after.zip(id) else { return query };
            let past = ideas::trending.lt(place.fraction()).or(ideas::id.lt(id));
            query.filter(ideas::trending.le(place.fraction())).filter(past)
        }
        Sort::New => {
            // Ids are made from the time of creation, so their order is that of age.
            let query = query.order(ideas::id.desc());
            let Some(id) = id else { return query };
            query.filter(ideas::id.lt(id))
        }
        Sort::Random { seed } => {
            let entry = ranking::entry(seed);
            let query = query.order((ideas::shuffled, ideas::id));
            let query = match lap {
                0 => query.filter(ideas::shuffled.ge(entry)),
                _ => query.filter(ideas::shuffled.lt(entry)),
            };
            let Some((place, id)) = after.zip(id) else { return query };
            let past = ideas::shuffled.gt(place.key).or(ideas::id.gt(id));
            query.filter(ideas::shuffled.ge(place.key)).filter(past)
        }
    }
}
