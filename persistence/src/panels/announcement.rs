//! What is announced: who was chosen, who waits, and who took a seat that was left since.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    RunQueryDsl as _,
};
use domain::{
    draws::{Ticket, proof::Replacement},
    panels::{
        Panel,
        applications::{Outcome, masked},
        terms::Method,
    },
};

use super::draws;
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::key,
    schema::{applications, members},
};

/// Somebody who was chosen or waits: their name, of which most is hidden, unless they are forgotten.
#[derive(Debug, Clone)]
pub struct Named {
    pub name: Option<String>,
    pub ticket: Ticket,
}

/// Who is announced.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// In the order in which they were drawn, came, or were scored.
    pub chosen: Vec<Named>,
    /// Those who were told of their place.
    pub waitlist: Vec<Named>,
    pub replacements: Vec<Replacement>,
}

struct Seen {
    ticket: Ticket,
    outcome: String,
    place: Option<i32>,
    name: Option<String>,
}

/// What is announced of a panel.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, panel: &Panel) -> Result<Announcement> {
    let seen = seen(conn, panel)?;
    let (chosen, waitlist, replacements) = match panel.is_drawn() {
        true => drawn(conn, panel)?,
        false => {
            let replacements = draws::replaced(conn, panel.id)?;
            let (chosen, waitlist) = by_rows(&seen, &replacements);
            (chosen, waitlist, replacements)
        }
    };
    let names: HashMap<Ticket, Option<String>> =
        seen.into_iter().map(|seen| (seen.ticket, seen.name.as_deref().map(masked))).collect();
    let named = |tickets: Vec<Ticket>| {
        tickets
            .into_iter()
            .map(|ticket| Named { name: names.get(&ticket).cloned().flatten(), ticket })
            .collect()
    };
    Ok(Announcement { chosen: named(chosen), waitlist: named(waitlist), replacements })
}

/// Those who have, had or wait for a seat, in the order that decides without a draw.
fn seen(conn: &mut AnyConnection, panel: &Panel) -> Result<Vec<Seen>> {
    type Found = (String, String, Option<i32>, Option<String>);
    let ever = [
        Outcome::Confirmed.name(),
        Outcome::Declined.name(),
        Outcome::Lapsed.name(),
        "selected",
        "waitlisted",
    ];
    let mut query = applications::table
        .left_join(members::table)
        .filter(applications::panel_id.eq(key(panel.id)).and(applications::outcome.eq_any(ever)))
        .select((
            applications::ticket,
            applications::outcome,
            applications::place,
            members::display_name.nullable(),
        ))
        .into_boxed();
    if panel.terms.method == Method::Manual {
        query = query.order(applications::score.desc());
    }
    let rows: Vec<Found> = query.then_order_by(applications::id).load(conn)?;
    let seen = |(ticket, outcome, place, name): Found| {
        let ticket = Ticket::try_from(&*ticket).map_err(|odd| Error::Broken(odd.to_owned()))?;
        Ok(Seen { ticket, outcome, place, name })
    };
    rows.into_iter().map(seen).collect()
}

type Tickets = (Vec<Ticket>, Vec<Ticket>, Vec<Replacement>);

fn drawn(conn: &mut AnyConnection, panel: &Panel) -> Result<Tickets> {
    let draw = draws::find(conn, panel.id)?;
    let result = draw.result()?.ok_or_else(|| Error::Broken("announced before the draw".to_owned()))?;
    let told = result.waitlist.into_iter().take(panel.terms.waitlist as usize).collect();
    Ok((result.selected, told, draw.replacements))
}

/// Without a draw: the seats as they were given first. Whoever took one later waited, and before those who still do.
fn by_rows(seen: &[Seen], replacements: &[Replacement]) -> (Vec<Ticket>, Vec<Ticket>) {
    let later: Vec<Ticket> = replacements.iter().filter_map(|made| made.taken_by).collect();
    let had_a_seat = |seen: &&Seen| seen.outcome != "waitlisted";
    let chosen = seen.iter().filter(had_a_seat).map(|seen| seen.ticket);
    let chosen = chosen.filter(|ticket| !later.contains(ticket)).collect();
    let mut waiting: Vec<(i32, Ticket)> =
        seen.iter().filter_map(|seen| Some((seen.place?, seen.ticket))).collect();
    waiting.sort_unstable_by_key(|(place, _)| *place);
    (chosen, later.into_iter().chain(waiting.into_iter().map(|(_, ticket)| ticket)).collect())
}
